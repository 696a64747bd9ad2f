//! What every report says of an exploration, in words.

use rescind_model::{CaseResult, DistinctFault, Exploration, Results, SampleId, Verdict};

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
        "{schedules} schedule{}, {}, {processes} run{} of the sample; at most {faults} fault{} in a \
         case, and {polls} look{} in a row at a running operation; {complete}",
        plural(*schedules),
        count_histories(*histories),
        plural(*processes),
        plural(*faults as usize),
        plural(*polls as usize),
    )
}

/// `1 history`, `12 histories`.
pub(crate) fn count_histories(count: usize) -> String {
    format!("{count} histor{}", if count == 1 { "y" } else { "ies" })
}

/// The case that the shortest schedule which shows a fault makes.
pub(crate) fn shown_by<'a>(
    results: &'a Results,
    sample: &SampleId,
    fault: &DistinctFault,
) -> Option<&'a CaseResult> {
    let schedule = fault.schedule.to_string();
    results.cases.iter().find(|case| case.id.sample == *sample && case.schedule == schedule)
}

/// True for a case of which there is more to say than which faults it shows: where these are told once for all histories, one
/// that did not do the same each time.
pub(crate) fn is_told_by_itself(results: &Results, case: &CaseResult) -> bool {
    results.explorations.is_empty() || matches!(case.verdict, Verdict::Flaky | Verdict::Diverged)
}
