//! The tries at a case, as reports show them: the first is the case, and of the others the one that differs is shown.

use rescind_model::{CaseResult, Rule, Try, Verdict};

use crate::text::{plural, took};

/// The try that makes a case flaky, with its number. (The runner stops at the first that differs.)
pub fn differing(case: &CaseResult) -> Option<(usize, &Try)> {
    let last = case.other_tries.last().filter(|_| case.verdict == Verdict::Flaky)?;
    Some((case.other_tries.len() + 1, last))
}

/// `try 3 passes: exit 0 after 1.2 s (5 min 2 s virtual)`.
pub fn heading(number: usize, other: &Try) -> String {
    let mut rules: Vec<Rule> = other.findings.iter().map(|finding| finding.rule).collect();
    rules.dedup();
    let rules: Vec<_> = rules.iter().map(|rule| rule.id()).collect();
    let does = if rules.is_empty() { "passes".to_owned() } else { format!("breaks {}", rules.join(", ")) };
    format!(
        "try {number} {does}: {} after {}",
        other.observation.ended,
        took(other.wall_ms, other.virtual_ms)
    )
}

/// `tried 3 times, alike each time`; none for a case that was tried once or that is flaky.
pub fn alike(case: &CaseResult) -> Option<String> {
    let tries = case.other_tries.len() + 1;
    (tries > 1 && case.verdict != Verdict::Flaky)
        .then(|| format!("tried {tries} time{}, alike each time", plural(tries)))
}
