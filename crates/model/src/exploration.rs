//! What an exploration of a sample has shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Due, Finding, Location, Outcome, Rule, SampleId, Schedule, Term, fingerprint};

/// An exploration of a sample: every legal schedule up to a bound. Its histories are cases of the results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exploration {
    /// The sample.
    pub sample: SampleId,
    /// How many faults befell one case, at most.
    pub faults: u32,
    /// How many looks at a running operation in a row found it still running, at most.
    pub polls: u32,
    /// How many schedules were played.
    pub schedules: usize,
    /// How many histories there are: what the sample can be told, in how many ways.
    pub histories: usize,
    /// How often the sample was run for it.
    pub processes: usize,
    /// How many schedules are known of and were not played: time was up, or the sample could not be run. 0 if the
    /// exploration is complete.
    pub left: usize,
    /// The faults, those that the shortest schedules show first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<DistinctFault>,
    /// The decisions that were taken, each once and without its count: `cancel:pending`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covered: Vec<Term>,
    /// The decisions that could have been taken at a request of the service and never were, for no case came there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_reached: Vec<Term>,
}

impl Exploration {
    /// True if no schedule within its bounds was left out.
    pub fn is_complete(&self) -> bool {
        self.left == 0
    }
}

/// A fault of a sample: everything that is wrong for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DistinctFault {
    /// By what it is known again in another exploration: `wrong-exit-refused-1f0e9c3a5b`. What is said counts, but for
    /// numbers, and but for the request from which it follows.
    pub id: String,
    /// The rule that is broken.
    pub rule: Rule,
    /// How the case came out.
    pub outcome: Outcome,
    /// What is wrong in the case that the shortest schedule makes.
    pub message: String,
    /// The line that made it there, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Location>,
    /// How many histories show it.
    pub histories: usize,
    /// The shortest schedule that shows it.
    pub schedule: Schedule,
    /// That schedule in words.
    pub in_words: String,
    /// The command that plays it.
    pub replay: String,
}

impl DistinctFault {
    /// The [id](DistinctFault::id) of the fault that a finding is about, in a case in which this was due.
    pub fn id_of(finding: &Finding, due: &Due) -> String {
        // All cases of an exploration have one project.
        let digest = fingerprint([finding.evidence("", &due.because)]);
        format!("{}-{}-{}", finding.rule, due.outcome, digest.get(..10).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_numbers_nor_the_request_that_it_follows_from_tell_faults_apart() {
        let due = |because: &str| Due {
            outcome: Outcome::Refused,
            exit: None,
            claims: Vec::new(),
            excuse: None,
            because: because.to_owned(),
        };
        let id = |said: &str, because: &str| {
            DistinctFault::id_of(&Finding::new(Rule::WrongExit, format!("{said}: {because}")), &due(because))
        };
        let known = id("exited with 3", "request 1 was answered NOT_FOUND");
        assert!(known.starts_with("wrong-exit-refused-"), "{known}");
        assert_eq!(known, id("exited with 70", "nothing was asked"));
        assert_ne!(known, id("exited with 3 in the end", "nothing was asked"));
    }
}
