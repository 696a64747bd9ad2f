//! Explorations: how far each went, and the faults, each once.

use rescind_model::{DistinctFault, Exploration};

use super::document::Passage;
use super::escape::inline;
use crate::exploration::{count_histories, extent};
use crate::text::{FIELD_CHARS, one_line};

/// The heading of a sample, with how far its exploration went.
pub(super) fn heading(exploration: &Exploration) -> String {
    let none = if exploration.found.is_empty() { "\nNo fault found.\n" } else { "\n" };
    format!("\n### Explored: `{}`\n\n{}.\n{none}", exploration.sample, extent(exploration))
}

/// A fault.
pub(super) fn fault(fault: &DistinctFault) -> Passage {
    let DistinctFault { rule, outcome, message, place, histories, in_words, replay, .. } = fault;
    let head = format!("- **{rule}** in the outcome `{outcome}`, {}: ", count_histories(*histories));
    let place = place.as_ref().map(|place| format!("<br>at {}", inline(&place.to_string())));
    let said = inline(&one_line(message, FIELD_CHARS)) + &place.unwrap_or_default();
    let when = inline(&one_line(in_words, FIELD_CHARS));
    let replay = inline(&one_line(replay, FIELD_CHARS));
    Passage { full: format!("{head}{said}<br>when {when}<br>{replay}\n"), brief: format!("{head}{replay}\n") }
}
