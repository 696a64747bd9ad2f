//! The base of a comparison: results or a baseline, seen alike.

use rescind_model::{
    Baseline, BaselineCase, CaseId, CaseResult, DistinctFault, Exploration, Finding, Results, SampleId,
    Verdict,
};

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

/// An exploration of the base, or of the head.
#[derive(Clone, Copy, Debug)]
pub struct ExploredSample<'a> {
    /// The sample.
    pub sample: &'a SampleId,
    /// How many faults befell one case, and how many looks in a row found an operation running, at most.
    pub bounds: (u32, u32),
    /// True if no schedule within the bounds was left out.
    pub is_complete: bool,
    /// What was wrong.
    pub found: &'a [DistinctFault],
}

impl<'a> ExploredSample<'a> {
    pub(super) fn of(exploration: &'a Exploration) -> ExploredSample<'a> {
        let Exploration { sample, faults, polls, found, .. } = exploration;
        ExploredSample { sample, bounds: (*faults, *polls), is_complete: exploration.is_complete(), found }
    }

    /// True if this one would have found whatever the other one has.
    pub(super) fn covers(&self, other: &ExploredSample<'_>) -> bool {
        self.is_complete && self.bounds.0 >= other.bounds.0 && self.bounds.1 >= other.bounds.1
    }
}

/// What a head can be compared with.
pub trait Base {
    /// Every sample that was explored, each once.
    fn explorations(&self) -> impl Iterator<Item = ExploredSample<'_>>;

    /// Every case, each once.
    fn cases(&self) -> impl Iterator<Item = BaseCase<'_>>;
}

impl Base for Results {
    fn explorations(&self) -> impl Iterator<Item = ExploredSample<'_>> {
        self.explorations.iter().map(ExploredSample::of)
    }

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
    fn explorations(&self) -> impl Iterator<Item = ExploredSample<'_>> {
        self.explorations.iter().map(|it| ExploredSample {
            sample: &it.sample,
            bounds: (it.faults, it.polls),
            is_complete: true,
            found: &it.found,
        })
    }

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
