//! Why a command could not do its work, with the exit code that says which kind of reason it is.

use std::fmt;

use rescind_catalog::{Diagnostics, PlanError};
use rescind_model::exit;
use rescind_report::text::visible;

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

    /// The user has had enough.
    pub fn interrupted() -> Failure {
        Failure { code: exit::INTERRUPTED, error: anyhow::anyhow!("interrupted") }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.code
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Failure {
        match error {
            PlanError::NothingSelected(why) => Failure::nothing_selected(why),
            PlanError::Diagnostics(diagnostics) => Failure::usage(diagnostics),
            error => Failure::usage(error),
        }
    }
}

/// The reason, for people.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.error.downcast_ref::<Diagnostics>() {
            // Each of them says for itself that it is an error.
            Some(diagnostics) => f.write_str(&visible(diagnostics.to_string().trim_end())),
            None => f.write_str(&visible(&format!("error: {}", chain(&self.error)))),
        }
    }
}

/// The messages of an error and of its causes, but for a cause that the message before it spells out already.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn each_cause_is_told_once() {
        assert_eq!(chain(&anyhow!("no such file").context("page.md")), "page.md: no such file");
        assert_eq!(chain(&anyhow!("no such file").context("page.md: no such file")), "page.md: no such file");
    }
}
