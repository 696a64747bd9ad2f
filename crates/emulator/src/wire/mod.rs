//! The server: gRPC and HTTP on one port, in plain text.

mod grpc;
mod server;

pub use server::{ServeError, Server};
