//! What every report says of an exploration, in words.

use rescind_model::{CaseResult, Exploration, Results, Verdict};

use crate::text::plural;

/// How far an exploration went: `175 schedules, 88 histories, 88 runs of the sample; …; complete`.
pub(crate) fn extent(exploration: &Exploration) -> String {
    let Exploration { faults, polls, schedules, histories, processes, left, .. } = exploration;
    let complete = if exploration.is_complete() {
        "complete".to_owned()
    } else {
        format!("{left} more schedule{} known and not played", plural(*left))
    };
    format!(
        "{schedules} schedule{}, {histories} histor{}, {processes} run{} of the sample; at most {faults} fault{} in a \
         case, and {polls} look{} in a row at a running operation; {complete}",
        plural(*schedules),
        ies(*histories),
        plural(*processes),
        plural(*faults as usize),
        plural(*polls as usize),
    )
}

/// The end of `history` or of `histories`.
pub(crate) fn ies(count: usize) -> &'static str {
    if count == 1 { "y" } else { "ies" }
}

/// True for a case of which there is more to say than which faults it shows: where these are told once for all histories, one
/// that did not do the same each time.
pub(crate) fn is_told_by_itself(results: &Results, case: &CaseResult) -> bool {
    results.explorations.is_empty() || matches!(case.verdict, Verdict::Flaky | Verdict::Diverged)
}
