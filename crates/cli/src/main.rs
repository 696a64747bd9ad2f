//! The binary: arguments in, exit code out.

mod args;
mod doctor;
mod failure;
mod list;
mod machine;
mod plan;
mod progress;
mod run;
mod select;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use failure::Failure;
use machine::Machine;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = Machine::detect(&cli).and_then(|machine| match &cli.command {
        Command::Run(args) => run::run(&machine, args),
        Command::List(selection) => list::list(&machine, selection),
        Command::Doctor(args) => doctor::doctor(&machine, args),
    });
    done.unwrap_or_else(Failure::report).into()
}
