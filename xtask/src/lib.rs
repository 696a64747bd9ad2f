//! What a maintainer of rescind runs by `cargo xtask`. A library, so that a test can make an archive as a release does.

mod bench;
mod commands;
mod dist;
mod protos;
mod schemas;

use std::ffi::OsString;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// What a maintainer of rescind runs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Bring the committed JSON Schemas up to date with the types that are read and written
    Schemas,
    /// Tell which official protos the engine is generated from, and where they come from
    Protos,
    /// Run the benches, all or those that are named
    Bench(bench::BenchArgs),
    /// Make the archive of a release, with its checksum beside it
    Dist(dist::DistArgs),
}

/// Runs a task, as typed; the first argument is the program.
///
/// # Errors
/// Arguments that are none, and whatever the task cannot do.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<()> {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => match cli.task {
            Task::Schemas => schemas::write(),
            Task::Protos => protos::print(),
            Task::Bench(args) => bench::run(&args),
            Task::Dist(args) => dist::make(&args),
        },
        // Help is printed, and is no error.
        Err(asked) if !asked.use_stderr() => Ok(asked.print()?),
        Err(error) => Err(error.into()),
    }
}
