//! The published code of a sample, with what was found beside its lines.

use std::collections::{BTreeMap, BTreeSet};

use rescind_model::{CaseResult, PublishedSource, Results, Verdict};

use super::prose::LINE_CHARS;
use crate::text::{FIELD_CHARS, cut_line, one_line, visible};

/// Lines of a sample's code that are shown.
const LINES: usize = 2_000;

/// The code of a sample.
pub(super) struct SourceView {
    pub sample: String,
    pub file: String,
    pub lines: Vec<CodeLineView>,
    /// Lines that are not shown.
    pub left_out: usize,
}

/// A line, with the rules that it breaks, each with a case that shows it.
pub(super) struct CodeLineView {
    pub number: u32,
    pub text: String,
    pub rules: Vec<(&'static str, String)>,
    /// True if it does not follow the line above it in the file.
    pub is_apart: bool,
}

impl SourceView {
    /// Those of the samples that something was found in.
    pub(super) fn all(results: &Results) -> Vec<SourceView> {
        results.sources.iter().map(|source| SourceView::of(source, results)).collect()
    }

    fn of(source: &PublishedSource, results: &Results) -> SourceView {
        let found = found(source, results);
        let mut lines: Vec<CodeLineView> = Vec::new();
        for piece in &source.pieces {
            for (number, text) in (piece.first_line..).zip(piece.text.lines()) {
                let rules = found.get(&number).into_iter().flatten();
                lines.push(CodeLineView {
                    number,
                    text: visible(&cut_line(text, LINE_CHARS)).into_owned(),
                    rules: rules.map(|(rule, id)| (*rule, id.clone())).collect(),
                    is_apart: lines.last().is_some_and(|last| last.number.saturating_add(1) != number),
                });
            }
        }
        let left_out = lines.len().saturating_sub(LINES);
        lines.truncate(LINES);
        let file = one_line(&source.file, FIELD_CHARS);
        SourceView { sample: source.sample.to_string(), file, lines, left_out }
    }
}

/// The rules that lines break, each with the first case that shows it.
fn found(source: &PublishedSource, results: &Results) -> BTreeMap<u32, BTreeMap<&'static str, String>> {
    let is_told = |case: &&CaseResult| {
        matches!(case.verdict, Verdict::Fail | Verdict::KnownFailure | Verdict::Flaky)
            && case.id.sample == source.sample
    };
    let mut found: BTreeMap<u32, BTreeMap<&'static str, String>> = BTreeMap::new();
    for case in results.cases.iter().filter(is_told) {
        let lines: BTreeSet<_> = case
            .findings
            .iter()
            .filter_map(|finding| Some((case.place_of(finding)?.first_line, finding.rule.id())))
            .collect();
        for (line, rule) in lines {
            found.entry(line).or_default().entry(rule).or_insert_with(|| case.id.to_string());
        }
    }
    found
}
