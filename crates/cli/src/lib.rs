//! What the binary does: arguments in, exit code out.
//!
//! It is a library so that the end-to-end tests, a package of their own, can have it as a binary of that package: Cargo
//! builds a package's binaries before it runs the package's tests, and no other's.

mod accept;
mod args;
mod backend;
mod builtin;
mod changed;
mod compare;
mod config;
mod coverage;
mod doctor;
mod emulator;
mod execution;
mod explain;
mod explore;
mod failure;
mod files;
mod init;
mod list;
mod machine;
mod output;
mod plan;
mod progress;
mod promises;
mod proposals;
mod replay;
mod report;
mod run;
mod runtime;
mod signals;
mod token;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, CliCommand};
use machine::Machine;

/// The program, from its arguments to its exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let machine = || Machine::detect(&cli);
    let done = match &cli.command {
        CliCommand::Init(args) => machine().and_then(|machine| init::init(&machine, args)),
        CliCommand::Promises(args) => machine().and_then(|machine| promises::promises(&machine, args)),
        CliCommand::Config(args) => machine().and_then(|machine| config::config(&machine, args)),
        CliCommand::Run(args) => machine().and_then(|machine| run::run(&machine, args)),
        CliCommand::Explore(args) => machine().and_then(|machine| explore::explore(&machine, args)),
        CliCommand::Replay(args) => machine().and_then(|machine| replay::replay(&machine, args)),
        CliCommand::List(args) => machine().and_then(|machine| list::list(&machine, args)),
        CliCommand::Doctor(args) => machine().and_then(|machine| doctor::doctor(&machine, args)),
        CliCommand::Report(args) => report::report(args),
        CliCommand::Compare(args) => compare::compare(args),
        CliCommand::Accept(args) => accept::accept(args),
        CliCommand::Explain(args) => explain::explain(args),
        CliCommand::Emulator(args) => emulator::emulator(args),
    };
    done.unwrap_or_else(|failure| {
        output::say(failure.to_string());
        failure.code()
    })
    .into()
}
