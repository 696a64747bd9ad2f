//! The program under test: `rescind` itself, as a binary of the tests' own package.

use std::process::ExitCode;

fn main() -> ExitCode {
    rescind::main()
}
