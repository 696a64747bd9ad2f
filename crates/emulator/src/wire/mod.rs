//! The server: gRPC, and HTTP with JSON, on one port and in plain text. Its parts serve a listener of somebody else's
//! as well: [`Connection`] and [`answer`].

mod answer;
pub(crate) mod body;
mod connection;
mod grpc;
mod introspection;
mod rest;
mod server;

pub use answer::{PROJECT, STRANGER, answer, answer_within};
pub use connection::{Connection, ResettableStream, Tasks};
pub(crate) use introspection::Introspection;
pub use introspection::SERVER;
pub(crate) use rest::Router;
pub use server::{ServeError, Server};
