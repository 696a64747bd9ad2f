//! Which cases a report speaks of, and how.

use std::collections::BTreeMap;

use rescind_model::{CaseResult, Results, SampleId, Verdict, exit};

use crate::text::plural;

/// True if a report shows the case in full: something ran, and it was not as expected.
pub fn is_detailed(case: &CaseResult) -> bool {
    match case.verdict {
        Verdict::Fail | Verdict::UnexpectedPass | Verdict::Flaky | Verdict::Diverged => true,
        Verdict::Pass
        | Verdict::KnownFailure
        | Verdict::Unsupported
        | Verdict::Undecided
        | Verdict::NotPlayed
        | Verdict::Skipped
        | Verdict::SetupError => false,
    }
}

/// Cases of one sample of which nothing is known, for the same reason.
#[derive(Debug, PartialEq, Eq)]
pub struct NotRun<'a> {
    /// The sample.
    pub sample: &'a SampleId,
    /// Its verdict in these cases: unsupported, undecided, not-played or setup-error.
    pub verdict: Verdict,
    /// What is missing and how to get it, at which deadline they still waited, what they never asked for, or what failed.
    pub reason: &'a str,
    /// How many cases.
    pub cases: usize,
    /// The command that runs the first of them.
    pub replay: &'a str,
}

/// The samples that could not be run, not to their end, or not as the scenario has it, each once per reason instead of once per scenario.
pub fn not_run(results: &Results) -> Vec<NotRun<'_>> {
    let mut groups: BTreeMap<(Verdict, &SampleId, &str), (usize, &str)> = BTreeMap::new();
    for case in &results.cases {
        let is_told = matches!(
            case.verdict,
            Verdict::Unsupported | Verdict::Undecided | Verdict::NotPlayed | Verdict::SetupError
        );
        if is_told {
            let reason = case.reason.as_deref().unwrap_or("no reason was given");
            groups.entry((case.verdict, &case.id.sample, reason)).or_insert((0, &case.replay)).0 += 1;
        }
    }
    groups
        .into_iter()
        .map(|((verdict, sample, reason), (cases, replay))| NotRun { sample, verdict, reason, cases, replay })
        .collect()
}

/// `6 of 18 cases not as expected`, or that all is well, if it is known to be.
pub fn headline(results: &Results) -> String {
    let stale = results.stale().count();
    match stale {
        0 => headline_of_cases(results),
        1 => format!("{}; 1 entry of the list of known failures is stale", headline_of_cases(results)),
        _ => {
            format!("{}; {stale} entries of the list of known failures are stale", headline_of_cases(results))
        }
    }
}

fn headline_of_cases(results: &Results) -> String {
    let total = results.cases.len();
    let bad = results.cases.iter().filter(|case| case.verdict.exit_code() != exit::OK).count();
    let not_played = results.summary().count(Verdict::NotPlayed);
    let ran = results.cases.iter().filter(|case| case.ran_to_its_end()).count() - not_played;
    match (bad, ran) {
        (1.., _) => format!("{bad} of {total} case{} not as expected", plural(total)),
        (0, 0) if results.cases.iter().any(|case| case.verdict == Verdict::Undecided) => {
            "no case came to its end".to_owned()
        }
        (0, 0) if not_played > 0 => "no case was played".to_owned(),
        (0, 0) => "no case was run".to_owned(),
        (0, _) if not_played > 0 => format!("{ran} of {total} cases were played, all as expected"),
        (0, _) if ran < total => format!("{ran} of {total} cases were run, all as expected"),
        (0, _) => format!("all {total} case{} as expected", plural(total)),
    }
}
