//! The cases of a run as tables: one per service, scenarios by languages.

use std::collections::{BTreeMap, BTreeSet};

use rescind_model::{CaseResult, Results, ServiceId, Verdict};

/// The cases of one service.
#[derive(Debug)]
pub struct Matrix<'a> {
    /// The service.
    pub service: &'a ServiceId,
    /// The languages, sorted.
    pub languages: Vec<&'a str>,
    /// The scenarios, sorted, each with its title.
    pub scenarios: Vec<(&'a str, &'a str)>,
    cells: BTreeMap<(&'a str, &'a str), &'a CaseResult>,
}

impl<'a> Matrix<'a> {
    /// One matrix for each service that has cases.
    pub fn all(results: &'a Results) -> Vec<Matrix<'a>> {
        let mut by_service: BTreeMap<&ServiceId, Vec<&CaseResult>> = BTreeMap::new();
        for case in &results.cases {
            by_service.entry(&case.id.sample.service).or_default().push(case);
        }
        by_service.into_iter().map(|(service, cases)| Matrix::of(service, &cases)).collect()
    }

    fn of(service: &'a ServiceId, cases: &[&'a CaseResult]) -> Matrix<'a> {
        let languages: BTreeSet<&str> = cases.iter().map(|case| case.id.sample.language.as_str()).collect();
        let scenarios: BTreeMap<&str, &str> =
            cases.iter().map(|case| (case.id.scenario.as_str(), case.title.as_str())).collect();
        let cells = cases
            .iter()
            .map(|case| ((case.id.sample.language.as_str(), case.id.scenario.as_str()), *case))
            .collect();
        Matrix {
            service,
            languages: languages.into_iter().collect(),
            scenarios: scenarios.into_iter().collect(),
            cells,
        }
    }

    /// The case of a language in a scenario; none if it was not asked for.
    pub fn case(&self, language: &str, scenario: &str) -> Option<&'a CaseResult> {
        self.cells.get(&(language, scenario)).copied()
    }
}

/// A word of at most six letters for a verdict, where a column has room for one.
pub const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::KnownFailure => "known",
        Verdict::UnexpectedPass => "unexp",
        Verdict::Unsupported => "n/a",
        Verdict::Undecided => "undec",
        Verdict::NotPlayed => "unplay",
        Verdict::Skipped => "skip",
        Verdict::SetupError => "setup",
        Verdict::Flaky => "flaky",
        Verdict::Diverged => "diverg",
    }
}

/// A sign of one column for a verdict, where there is no room for a word.
pub const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::KnownFailure => "k",
        Verdict::UnexpectedPass => "!",
        Verdict::Unsupported => "-",
        Verdict::Undecided => "?",
        Verdict::NotPlayed => "o",
        Verdict::Skipped => "s",
        Verdict::SetupError => "E",
        Verdict::Flaky => "~",
        Verdict::Diverged => "≠",
    }
}
