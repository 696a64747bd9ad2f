//! What samples printed and nobody promised, for the notices of a run.

use std::collections::{BTreeMap, BTreeSet};

use rescind_catalog::PlannedSample;
use rescind_model::CaseResult;
use rescind_model::judge::unpromised as lines_of;

use super::attempt::names;
use super::warnings::named;

/// How many lines a notice shows.
const SHOWN: usize = 5;
/// How much of a line it shows, in characters.
const LINE: usize = 160;

/// The notice of the lines that a sample printed and no promise matches; none where each was promised, or where nothing is
/// promised at all.
pub(crate) fn unpromised(sample: &PlannedSample, cases: &[CaseResult]) -> Option<String> {
    let (contract, key) = sample.contract();
    let id = &sample.manifest.id;
    if contract.claims.is_empty() && contract.outputs.is_empty() {
        return None;
    }
    let mut printed: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.id.sample == *id && case.ran_to_its_end()) {
        let Some(observation) = &case.observation else { continue };
        let names = names(&sample.manifest.service, &case.id.project());
        for line in lines_of(contract, observation, &names) {
            let line = names_in(&names, observation, line);
            printed.entry(line).or_default().insert(&case.id.scenario);
        }
    }
    if printed.is_empty() {
        return None;
    }
    let place = contract.places.get("claims").or_else(|| contract.places.values().next());
    let place = place.cloned().unwrap_or_else(|| format!("manifests/{id}.yaml"));
    let shown: Vec<String> = printed
        .iter()
        .take(SHOWN)
        .map(|(line, scenarios)| format!("`{line}` (in {})", named(scenarios)))
        .collect();
    let more = match printed.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Some(format!(
        "{id} printed what no promise matches: {}{more}. What it promises is at {place} (`{key}`)",
        shown.join("; ")
    ))
}

/// A line as promises are written, cut where it is long.
fn names_in(
    names: &rescind_model::Placeholders,
    observation: &rescind_model::Observation,
    line: &str,
) -> String {
    let line = rescind_model::judge::names_seen(names, observation).unfill(line);
    match line.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
