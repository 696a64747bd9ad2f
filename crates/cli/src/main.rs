//! The binary: arguments in, exit code out.

mod accept;
mod args;
mod backend;
mod builtin;
mod compare;
mod doctor;
mod emulator;
mod failure;
mod list;
mod machine;
mod output;
mod page;
mod plan;
mod progress;
mod report;
mod run;
mod select;
mod signals;
mod source;
mod token;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use failure::Failure;
use machine::Machine;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let machine = || Machine::detect(&cli);
    let done = match &cli.command {
        Command::Run(args) => machine().and_then(|machine| run::run(&machine, args)),
        Command::List(selection) => machine().and_then(|machine| list::list(&machine, selection)),
        Command::Doctor(args) => machine().and_then(|machine| doctor::doctor(&machine, args)),
        Command::Report(args) => report::report(args),
        Command::Compare(args) => compare::compare(args),
        Command::Accept(args) => accept::accept(args),
        Command::Emulator(args) => emulator::emulator(args),
    };
    done.unwrap_or_else(Failure::report).into()
}
