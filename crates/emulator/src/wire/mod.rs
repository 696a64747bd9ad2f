//! The server: gRPC, and HTTP with JSON, on one port and in plain text.

mod body;
mod geminidb;
mod grpc;
mod introspection;
mod rest;
mod server;

pub use server::{ServeError, Server};
