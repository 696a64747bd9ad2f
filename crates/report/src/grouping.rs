//! Which cases a report speaks of, and how.

use std::collections::BTreeMap;

use rescind_model::{CaseResult, Results, SampleId, Verdict};

/// True if a report shows the case in full: something ran, and it was not as expected.
pub fn is_detailed(case: &CaseResult) -> bool {
    match case.verdict {
        Verdict::Fail | Verdict::UnexpectedPass | Verdict::Flaky | Verdict::Diverged => true,
        Verdict::Pass
        | Verdict::KnownFailure
        | Verdict::Unsupported
        | Verdict::Skipped
        | Verdict::SetupError => false,
    }
}

/// Cases of one sample that were not run for the same reason.
#[derive(Debug, PartialEq, Eq)]
pub struct NotRun<'a> {
    /// The sample.
    pub sample: &'a SampleId,
    /// Its verdict in these cases: unsupported or setup-error.
    pub verdict: Verdict,
    /// What is missing and how to get it, or what failed.
    pub reason: &'a str,
    /// How many cases.
    pub cases: usize,
    /// The command that runs the first of them.
    pub replay: &'a str,
}

/// The samples that could not be run, each once per reason instead of once per scenario.
pub fn not_run(results: &Results) -> Vec<NotRun<'_>> {
    let mut groups: BTreeMap<(Verdict, &SampleId, &str), (usize, &str)> = BTreeMap::new();
    for case in &results.cases {
        if matches!(case.verdict, Verdict::Unsupported | Verdict::SetupError) {
            let reason = case.reason.as_deref().unwrap_or("no reason was given");
            groups.entry((case.verdict, &case.id.sample, reason)).or_insert((0, &case.replay)).0 += 1;
        }
    }
    groups
        .into_iter()
        .map(|((verdict, sample, reason), (cases, replay))| NotRun { sample, verdict, reason, cases, replay })
        .collect()
}
