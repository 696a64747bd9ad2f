//! What is wrong, each cause once, with the cases that show it.

use rescind_model::{CaseResult, Results, Verdict};

use super::prose::{Prose, prose};
use crate::cause::{Cause, causes};
use crate::text::{FIELD_CHARS, one_line, plural};

/// Cases of a cause that are linked.
const LINKS: usize = 100;

/// A cause.
pub(super) struct CauseView {
    pub rule: &'static str,
    pub description: &'static str,
    pub sample: String,
    pub place: Option<String>,
    pub message: Prose,
    pub count: String,
    /// The ids of the cases, with what they are called there.
    pub cases: Vec<(String, String)>,
    /// Cases that are not linked.
    pub left_out: String,
}

impl CauseView {
    /// Those of the cases that fail. Where samples were explored, their faults are told in the place of causes.
    pub(super) fn all(results: &Results) -> Vec<CauseView> {
        if !results.explorations.is_empty() {
            return Vec::new();
        }
        let failing: Vec<&CaseResult> =
            results.cases.iter().filter(|case| case.verdict == Verdict::Fail).collect();
        causes(&failing, |_, _| true).iter().filter_map(CauseView::of).collect()
    }

    fn of(cause: &Cause<'_>) -> Option<CauseView> {
        let Cause { finding, cases } = cause;
        let shown = cases.iter().take(LINKS);
        let left = cases.len().saturating_sub(LINKS);
        Some(CauseView {
            rule: finding.rule.id(),
            description: finding.rule.description(),
            sample: cause.first()?.id.sample.to_string(),
            place: cause.place().map(|place| one_line(&place.to_string(), FIELD_CHARS)),
            message: prose(&finding.message),
            count: cause.count(),
            cases: shown.map(|case| (case.id.to_string(), case.id.scenario.clone())).collect(),
            left_out: if left > 0 { format!("and {left} more case{}", plural(left)) } else { String::new() },
        })
    }
}
