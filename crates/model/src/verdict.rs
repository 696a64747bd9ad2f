//! The one word for a case, and how many cases have each.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Finding, KnownFailure, Observation, exit, known};

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
    /// It was not run: interrupted before its turn.
    Skipped,
    /// It could not be set up, or the emulator failed: nothing is known about the sample.
    SetupError,
    /// It does not do the same thing each time.
    Flaky,
    /// A replay did not follow the decisions that it was to repeat.
    Diverged,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 10] = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::KnownFailure,
        Verdict::UnexpectedPass,
        Verdict::Unsupported,
        Verdict::Undecided,
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
            | Verdict::Skipped
            | Verdict::SetupError
            | Verdict::Diverged => false,
        }
    }

    /// The verdict on one run of a case, given the list of known failures; and, where the findings do not tell it, why.
    ///
    /// This is the one place where a case that [decides nothing](Observation::is_undecided) gets its verdict.
    pub fn of_run(
        list: &[KnownFailure],
        id: &crate::CaseId,
        observation: &Observation,
        findings: &[Finding],
    ) -> (Verdict, Option<String>) {
        if observation.is_undecided() {
            let reason = format!("still waited at its deadline, {}", observation.limits.deadline());
            return (Verdict::Undecided, Some(reason));
        }
        known::verdict(list, id, findings)
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
    use crate::results::testing::observation;
    use crate::{ClockKind, Ended, Rule};

    #[test]
    fn only_a_wait_beyond_a_real_deadline_is_undecided_whatever_was_found() {
        let id = "spanner/go/cancel-wins".parse().unwrap();
        let findings = [Finding::new(Rule::TimedOut, "it did"), Finding::new(Rule::LeakedBackup, "it did")];
        let mut seen = observation();
        let mut verdict = |ended, clock| {
            (seen.ended, seen.limits.clock) = (ended, clock);
            Verdict::of_run(&[], &id, &seen, &findings)
        };
        let reason = "still waited at its deadline, 60 s of real time".to_owned();
        assert_eq!(verdict(Ended::Deadline, ClockKind::Real), (Verdict::Undecided, Some(reason)));
        assert_eq!(verdict(Ended::Deadline, ClockKind::Virtual), (Verdict::Fail, None));
        for ended in [Ended::Code(0), Ended::Signal(9), Ended::ProcessorTime, Ended::Stuck] {
            assert_eq!(verdict(ended, ClockKind::Real), (Verdict::Fail, None), "{ended}");
        }
    }

    #[test]
    fn undecided_counts_as_unsupported_does() {
        let same = |of: fn(Verdict) -> u8| of(Verdict::Undecided) == of(Verdict::Unsupported);
        assert!(same(Verdict::exit_code) && same(|verdict| verdict.tells_of_the_sample().into()));
        assert_eq!(Verdict::Undecided.to_string(), "undecided");
    }
}
