//! The base of a comparison: results or a baseline, seen alike.

use rescind_model::{Baseline, BaselineCase, CaseId, CaseResult, Finding, Results, Verdict};

/// A case of the base.
#[derive(Clone, Copy, Debug)]
pub struct BaseCase<'a> {
    /// The case.
    pub id: &'a CaseId,
    /// Its verdict.
    pub verdict: Verdict,
    /// Its broken expectations.
    pub findings: &'a [Finding],
    /// What it wrote to standard output; none if it was not run to its end, or if that was not kept.
    pub stdout: Option<&'a str>,
}

/// What a head can be compared with.
pub trait Base {
    /// Every case, each once.
    fn cases(&self) -> impl Iterator<Item = BaseCase<'_>>;
}

impl Base for Results {
    fn cases(&self) -> impl Iterator<Item = BaseCase<'_>> {
        self.cases.iter().map(|case: &CaseResult| BaseCase {
            id: &case.id,
            verdict: case.verdict,
            findings: &case.findings,
            stdout: printed(case),
        })
    }
}

impl Base for Baseline {
    fn cases(&self) -> impl Iterator<Item = BaseCase<'_>> {
        self.cases.iter().map(|BaselineCase { id, verdict, findings, stdout }| BaseCase {
            id,
            verdict: *verdict,
            findings,
            stdout: stdout.as_deref(),
        })
    }
}

/// What the case wrote to standard output, if it ran to its end.
pub(super) fn printed(case: &CaseResult) -> Option<&str> {
    case.observation.as_ref().filter(|_| case.ran_to_its_end()).map(|seen| seen.stdout.text.as_str())
}
