//! Tries: a case that failed is run anew, to tell a sample that fails from one that fails now and then.
//!
//! Whether a failure comes back is all that tries ask: what a case is by rights, the first one says.

use std::time::Duration;

use rescind_model::{Rule, Try, Verdict};

use super::attempt::Attempted;

/// The tries at one case, of which the first has failed.
pub(super) struct Tries {
    first: Attempted,
    others: Vec<Attempted>,
}

/// What came of them.
pub(super) struct Tried {
    pub(super) first: Attempted,
    pub(super) others: Vec<Try>,
    /// Fail or flaky.
    pub(super) verdict: Verdict,
    /// In what the tries differ.
    pub(super) reason: Option<String>,
}

impl Tries {
    pub(super) fn new(first: Attempted) -> Tries {
        Tries { first, others: Vec::new() }
    }

    /// The number of the next try, from 2.
    pub(super) fn next(&self) -> usize {
        self.others.len() + 2
    }

    /// Takes another try. True if it differs from the first: more of them can tell nothing new.
    pub(super) fn push(&mut self, attempted: Attempted) -> bool {
        let differs = outcome(&self.first) != outcome(&attempted);
        self.others.push(attempted);
        differs
    }

    pub(super) fn end(self) -> Tried {
        let first = outcome(&self.first);
        let other = self.others.iter().map(outcome).enumerate().find(|(_, other)| *other != first);
        let reason = other.map(|(index, other)| {
            format!("the first try {}, and try {} {}", words(&first), index + 2, words(&other))
        });
        Tried {
            verdict: if reason.is_some() { Verdict::Flaky } else { Verdict::Fail },
            reason,
            others: self.others.into_iter().map(into_try).collect(),
            first: self.first,
        }
    }
}

/// What makes one try another than the next: the rules that it breaks, and how it ended. How often it polled and what it
/// printed may differ by chance in samples that always fail alike.
fn outcome(attempted: &Attempted) -> (Vec<Rule>, String) {
    let mut rules: Vec<Rule> = attempted.findings.iter().map(|finding| finding.rule).collect();
    rules.sort();
    (rules, attempted.observation.ended.to_string())
}

fn words((rules, ended): &(Vec<Rule>, String)) -> String {
    if rules.is_empty() {
        return format!("passed ({ended})");
    }
    let mut ids: Vec<_> = rules.iter().map(|rule| format!("`{rule}`")).collect();
    ids.dedup();
    format!("broke {} ({ended})", ids.join(", "))
}

/// A time as results have it.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn into_try(attempted: Attempted) -> Try {
    Try {
        findings: attempted.findings,
        observation: attempted.observation,
        wall_ms: milliseconds(attempted.wall),
        virtual_ms: attempted.virtual_time.map(milliseconds),
    }
}
