//! Why a command could not do its work, with the exit code that says which kind of reason it is.

use std::fmt;

use rescind_model::exit;

/// A failure of the command itself. (Findings are no failure: they are its result.)
#[derive(Debug)]
pub struct Failure {
    code: u8,
    error: anyhow::Error,
}

impl Failure {
    /// What was typed, or a file that it names, is wrong.
    pub fn usage(error: impl Into<anyhow::Error>) -> Failure {
        Failure { code: exit::USAGE, error: error.into() }
    }

    /// The machine or the emulator does not do what it should.
    pub fn setup(error: impl Into<anyhow::Error>) -> Failure {
        Failure { code: exit::SETUP, error: error.into() }
    }

    /// No case is selected.
    pub fn nothing_selected(message: impl fmt::Display) -> Failure {
        Failure { code: exit::NOTHING_SELECTED, error: anyhow::anyhow!("{message}") }
    }

    /// Prints the reason and gives the exit code.
    pub fn report(self) -> u8 {
        anstream::eprintln!("error: {:#}", self.error);
        self.code
    }
}
