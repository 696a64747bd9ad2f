//! The one word for a case, and how many cases have each.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exit;

/// The one word for a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It ran, and nothing is wrong.
    Pass,
    /// It ran, and there is at least one finding.
    Fail,
    /// It fails as the list of known failures says.
    KnownFailure,
    /// It passes, although the list of known failures says that it fails.
    UnexpectedPass,
    /// It cannot run: a toolchain or a dependency is missing here.
    Unsupported,
    /// It still waited at its deadline, where time is real: what would have come of it, nobody knows.
    Undecided,
    /// Nothing is wrong, but a term of its schedule was never asked for: what the scenario is about did not happen.
    NotPlayed,
    /// It was not run: interrupted before its turn.
    Skipped,
    /// It could not be set up, or the emulator failed: nothing is known about the sample.
    SetupError,
    /// It does not do the same thing each time.
    Flaky,
    /// What its schedule says was not legal when it was asked for: what the schedule is about cannot happen with this sample.
    Diverged,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 11] = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::KnownFailure,
        Verdict::UnexpectedPass,
        Verdict::Unsupported,
        Verdict::Undecided,
        Verdict::NotPlayed,
        Verdict::Skipped,
        Verdict::SetupError,
        Verdict::Flaky,
        Verdict::Diverged,
    ];

    /// The exit code that a run with such a case deserves.
    pub const fn exit_code(self) -> u8 {
        match self {
            Verdict::Pass
            | Verdict::KnownFailure
            | Verdict::Unsupported
            | Verdict::Undecided
            | Verdict::NotPlayed
            | Verdict::Skipped => exit::OK,
            Verdict::Fail | Verdict::UnexpectedPass | Verdict::Flaky => exit::FINDINGS,
            Verdict::SetupError | Verdict::Diverged => exit::SETUP,
        }
    }

    /// True if the verdict tells something about the sample, which can then be accepted and compared.
    pub const fn tells_of_the_sample(self) -> bool {
        match self {
            Verdict::Pass
            | Verdict::Fail
            | Verdict::KnownFailure
            | Verdict::UnexpectedPass
            | Verdict::Flaky => true,
            Verdict::Unsupported
            | Verdict::Undecided
            | Verdict::NotPlayed
            | Verdict::Skipped
            | Verdict::SetupError
            | Verdict::Diverged => false,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::KnownFailure => "known-failure",
            Verdict::UnexpectedPass => "unexpected-pass",
            Verdict::Unsupported => "unsupported",
            Verdict::Undecided => "undecided",
            Verdict::NotPlayed => "not-played",
            Verdict::Skipped => "skipped",
            Verdict::SetupError => "setup-error",
            Verdict::Flaky => "flaky",
            Verdict::Diverged => "diverged",
        })
    }
}

/// How many cases have each verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary(pub BTreeMap<Verdict, usize>);

impl Summary {
    /// How many cases have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.0.get(&verdict).copied().unwrap_or(0)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.0.values().sum();
        write!(f, "{total} case{}", if total == 1 { "" } else { "s" })?;
        for (index, (verdict, count)) in self.0.iter().enumerate() {
            write!(f, "{} {count} {verdict}", if index == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undecided_and_not_played_count_as_unsupported_does() {
        for (verdict, word) in [(Verdict::Undecided, "undecided"), (Verdict::NotPlayed, "not-played")] {
            assert_eq!(verdict.exit_code(), Verdict::Unsupported.exit_code());
            assert!(!verdict.tells_of_the_sample());
            assert_eq!(verdict.to_string(), word);
        }
    }
}
