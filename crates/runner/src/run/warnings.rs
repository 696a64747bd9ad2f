//! Findings of rules that are only warned of, for the notices of a run.

use std::collections::{BTreeMap, BTreeSet};

use rescind_model::{CaseId, Finding, Rule, SampleId};

/// How many cases a line names.
const NAMED: usize = 3;

/// What was only warned of: by sample and rule, which cases, and what the first of them did.
#[derive(Default)]
pub(crate) struct Warnings(BTreeMap<(SampleId, Rule), BTreeMap<String, String>>);

impl Warnings {
    /// Takes up the findings of a case.
    pub(crate) fn take(&mut self, id: &CaseId, findings: &[Finding]) {
        for finding in findings {
            let cases = self.0.entry((id.sample.clone(), finding.rule)).or_default();
            cases.entry(id.scenario.clone()).or_insert_with(|| finding.message.clone());
        }
    }

    /// A line for each sample and rule.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |((sample, rule), cases): (&(SampleId, Rule), &BTreeMap<String, String>)| {
            let scenarios: BTreeSet<&str> = cases.keys().map(String::as_str).collect();
            let message = cases.values().next().map(String::as_str).unwrap_or_default();
            format!("warning: {sample} breaks `{rule}` in {}: {message}", named(&scenarios))
        };
        self.0.iter().map(line).collect()
    }
}

/// `a, b, c and 4 more`.
pub(crate) fn named(scenarios: &BTreeSet<&str>) -> String {
    let first: Vec<&str> = scenarios.iter().take(NAMED).copied().collect();
    match scenarios.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_the_rule_and_some_of_the_cases() {
        let mut warnings = Warnings::default();
        for name in ["d", "a", "c", "b"] {
            let id = format!("spanner/go/{name}").parse().unwrap();
            warnings.take(&id, &[Finding::new(Rule::WrongExit, format!("exited in {name}"))]);
        }
        insta::assert_snapshot!(warnings.lines().join("\n"), @"warning: spanner/go breaks `wrong-exit` in a, b, c and 1 more: exited in a");
    }
}
