//! The server: gRPC, and HTTP with JSON, on one port and in plain text.

mod grpc;
mod rest;
mod server;

pub use server::{ServeError, Server};
