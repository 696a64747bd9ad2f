//! What a change did, where the results are compared with a baseline.

use rescind_model::CaseId;

use super::prose::{Prose, lines, prose};
use crate::compare::{CaseChange, Comparison, Delta};
use crate::text::capital;

/// Cases of a change that are listed.
const CASES: usize = 200;

/// The comparison.
pub(super) struct ComparedView {
    pub headline: String,
    pub changes: Vec<ChangeView>,
    /// What is wrong in the list of known failures.
    pub mistakes: Vec<Vec<Prose>>,
}

/// The cases to which the same was done.
pub(super) struct ChangeView {
    pub title: String,
    /// Each with its id, whether the page has it, and what changed.
    pub cases: Vec<(String, bool, Prose)>,
    /// Cases that are not listed.
    pub left_out: usize,
    /// False for what did not change, which opens.
    pub is_open: bool,
}

impl ComparedView {
    pub(super) fn of(comparison: &Comparison<'_>) -> ComparedView {
        let changes = CaseChange::ALL.into_iter().filter(|change| *change != CaseChange::Unchanged);
        ComparedView {
            headline: comparison.headline(),
            changes: changes.filter_map(|change| ChangeView::of(comparison, change)).collect(),
            mistakes: comparison.list_mistakes().iter().map(|mistake| lines(mistake)).collect(),
        }
    }
}

impl ChangeView {
    fn of(comparison: &Comparison<'_>, change: CaseChange) -> Option<ChangeView> {
        let count = comparison.count(change);
        let view = |delta: &Delta<'_>| {
            let phrases = prose(&delta.phrases().join("; "));
            (delta.id.to_string(), has_article(comparison, &delta.id), phrases)
        };
        (count > 0).then(|| ChangeView {
            title: format!("{} ({count})", capital(&change.to_string())),
            cases: comparison.with(change).take(CASES).map(view).collect(),
            left_out: count.saturating_sub(CASES),
            is_open: !matches!(change, CaseChange::StillFailing | CaseChange::NotCompared),
        })
    }
}

fn has_article(comparison: &Comparison<'_>, id: &CaseId) -> bool {
    comparison.head.cases.iter().any(|case| case.id == *id)
}

/// What a change did to a case, for its article: in words, and the diff of its output.
pub(super) fn of_case(comparison: &Comparison<'_>, id: &CaseId) -> Option<(String, Option<String>)> {
    let delta = comparison.deltas.iter().find(|delta| delta.id == *id && delta.fault.is_none())?;
    if delta.change == CaseChange::Unchanged {
        return None;
    }
    Some((format!("{}: {}", delta.change, delta.phrases().join("; ")), delta.output_diff()))
}
