//! The rules of the services, one test each, and the emulator as its clients meet it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod access;
mod alloydb;
mod backup_changes;
mod backups;
mod bystanders;
mod cases;
mod choices;
mod configs;
mod control;
mod copies;
mod databases;
mod filters;
mod fourth;
mod free_running;
mod fuzz;
mod geminidb;
mod given_names;
mod grpc;
mod instances;
mod introspection;
mod moves;
mod operation_types;
mod operations;
mod partitions;
mod properties;
mod recordings;
mod references;
mod rest;
mod rest_refusals;
mod restores;
mod schedules;
mod schema;
mod semantics;
mod support;
