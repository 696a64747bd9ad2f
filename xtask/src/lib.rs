//! What a maintainer of rescind runs by `cargo xtask`. A library, so that a test can make an archive as a release does.

mod bench;
mod dist;
mod protos;
mod schemas;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
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
    Bench(bench::Args),
    /// Make the archive of a release, with its checksum beside it
    Dist(dist::Args),
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

/// The root of the repository that this program was built in.
fn repository() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().with_context(|| root.display().to_string())
}

/// Cargo, as it would be started in the root of the repository.
fn cargo(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new("cargo");
    command.current_dir(repository()?).args(arguments);
    Ok(command)
}

/// Runs a command, which must succeed; what it prints is shown.
fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}

/// Runs a command, which must succeed, and returns what it prints.
fn printed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}: {}", output.status, said.trim_end());
    String::from_utf8(output.stdout).with_context(|| format!("{command:?} prints no UTF-8"))
}
