//! The rules of the services, one test each, and the emulator as its clients meet it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod backups;
mod cases;
mod databases;
mod filters;
mod grpc;
mod operations;
mod properties;
mod rest;
mod support;
