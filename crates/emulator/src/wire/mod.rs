//! The server: gRPC, and HTTP with JSON, on one port and in plain text.

pub(crate) mod body;
mod connection;
mod geminidb;
mod grpc;
mod introspection;
mod rest;
mod server;

pub use server::{ServeError, Server};
