//! What was explored of a sample: how far, its faults, and the tree of decisions.

use rescind_model::{DistinctFault, Exploration, Results};

use super::prose::{Prose, prose};
use super::tree::DecisionTree;
use crate::exploration::{count_histories, extent, shown_by};
use crate::text::{FIELD_CHARS, one_line};

/// An explored sample.
pub(super) struct ExplorationView {
    pub sample: String,
    pub extent: String,
    pub faults: Vec<FaultView>,
    pub tree: Option<DecisionTree>,
}

/// A fault, with the case that shows it.
pub(super) struct FaultView {
    pub rule: &'static str,
    pub description: &'static str,
    pub place: String,
    pub message: Prose,
    pub when: String,
    pub case: Option<String>,
    pub replay: String,
}

impl ExplorationView {
    pub(super) fn of(results: &Results, exploration: &Exploration) -> ExplorationView {
        let fault = |fault: &DistinctFault| FaultView {
            rule: fault.rule.id(),
            description: fault.rule.description(),
            place: {
                let line = fault
                    .place
                    .as_ref()
                    .map(|place| format!(", at {}", one_line(&place.to_string(), FIELD_CHARS)));
                let histories = count_histories(fault.histories);
                format!("in the outcome {}, {histories}{}", fault.outcome, line.unwrap_or_default())
            },
            message: prose(&fault.message),
            when: one_line(&fault.in_words, FIELD_CHARS),
            case: shown_by(results, &exploration.sample, fault).map(|case| case.id.to_string()),
            replay: one_line(&fault.replay, FIELD_CHARS),
        };
        ExplorationView {
            sample: exploration.sample.to_string(),
            extent: extent(exploration),
            faults: exploration.found.iter().map(fault).collect(),
            tree: DecisionTree::of(results, exploration),
        }
    }
}
