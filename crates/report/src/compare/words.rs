//! A comparison in words, for every report alike.

use std::fmt;

use rescind_model::{CaseResult, DistinctFault, Rule, Verdict};
use similar::TextDiff;

use super::base::printed;
use super::comparison::Comparison;
use super::delta::{CaseChange, Delta};
use crate::text::{FIELD_CHARS, cut_middle, one_line, plural};

impl fmt::Display for CaseChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CaseChange::Regressed => "regressed",
            CaseChange::Fixed => "fixed",
            CaseChange::New => "new",
            CaseChange::Removed => "removed",
            CaseChange::StillFailing => "still failing",
            CaseChange::Flaky => "flaky",
            CaseChange::NotCompared => "not compared",
            CaseChange::Unchanged => "unchanged",
        })
    }
}

impl Delta<'_> {
    /// What changed, as phrases: `pass → fail`, `breaks leaked-backup`, `prints something else`.
    pub fn phrases(&self) -> Vec<String> {
        if let Some(DistinctFault { rule, outcome, message, in_words, .. }) = self.fault {
            let broken = format!("{rule} in the outcome `{outcome}`: {}", one_line(message, FIELD_CHARS));
            return vec![broken, format!("when {}", one_line(in_words, FIELD_CHARS))];
        }
        let word = |verdict: Option<Verdict>| {
            verdict.map_or_else(|| "not there".to_owned(), |verdict| verdict.to_string())
        };
        let before = word(self.base.map(|case| case.verdict));
        let after = word(self.head.map(|case| case.verdict));
        let mut phrases = vec![if before == after { after } else { format!("{before} → {after}") }];
        let ids = |rules: &[Rule]| rules.iter().map(|rule| rule.id()).collect::<Vec<_>>().join(", ");
        if !self.broken.is_empty() {
            phrases.push(format!("breaks {}", ids(&self.broken)));
        }
        // What was not run, or not played, breaks nothing, and that is no merit.
        let tells = |case: &CaseResult| case.verdict.tells_of_the_sample();
        if !self.mended.is_empty() && self.head.is_some_and(tells) {
            phrases.push(format!("no longer breaks {}", ids(&self.mended)));
        }
        if self.prints_otherwise {
            phrases.push("prints something else".to_owned());
        }
        phrases
    }

    /// The unified diff of standard output, base to head, where both ran and it differs.
    pub fn output_diff(&self) -> Option<String> {
        let (before, after) = (self.base?.stdout?, printed(self.head?)?);
        if before == after {
            return None;
        }
        let (before, after) = (cut_middle(before, DIFFED_BYTES), cut_middle(after, DIFFED_BYTES));
        let diff = TextDiff::from_lines(before.as_ref(), after.as_ref());
        Some(diff.unified_diff().header("stdout of the base", "stdout of the head").to_string())
    }
}

/// Bytes of each output that are compared line by line: the time that takes grows faster than they do.
const DIFFED_BYTES: usize = 64 * 1024;

impl Comparison<'_> {
    /// `1 regressed, 2 fixed; 30 unchanged`, or that nothing changed.
    pub fn headline(&self) -> String {
        let count = |change: &CaseChange| self.count(*change);
        let (changes, rest) = CaseChange::ALL.split_at(4);
        let list = |of: &[CaseChange]| {
            let counts = of.iter().filter(|change| count(change) > 0);
            let words = counts.map(|change| {
                let failing = self.with(*change).filter(|delta| delta.is_regression()).count();
                match change {
                    CaseChange::New if failing == count(change) && !self.head.explorations.is_empty() => {
                        format!("{failing} new fault{}", plural(failing))
                    }
                    CaseChange::New if failing > 0 => format!("{} new ({failing} failing)", count(change)),
                    _ => format!("{} {change}", count(change)),
                }
            });
            words.collect::<Vec<_>>().join(", ")
        };
        let changed = list(changes);
        let explored = !self.head.explorations.is_empty();
        let cases = self.deltas.len();
        let mistakes = match self.list_mistakes().len() {
            0 => String::new(),
            count => format!("; {count} mistake{} in the list of known failures", plural(count)),
        };
        let headline = match (changed.as_str(), list(rest)) {
            ("", rest) if rest.is_empty() && explored => "no fault, as before".to_owned(),
            ("", rest) if rest.is_empty() => "no changes: there are no cases".to_owned(),
            ("", rest) if explored => format!("no changes in {cases} fault{}: {rest}", plural(cases)),
            ("", rest) => format!("no changes in {cases} case{}: {rest}", plural(cases)),
            (changed, rest) if rest.is_empty() => changed.to_owned(),
            (changed, rest) => format!("{changed}; {rest}"),
        };
        headline + &mistakes
    }
}
