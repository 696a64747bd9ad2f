//! Promises proposed from a run: what `init` and `promises` have in common.

use rescind_catalog::{Plan, Proposal};
use rescind_model::{CaseResult, Results, Verdict};
use rescind_runner::{RunOptions, names};

use crate::execution;
use crate::failure::Failure;
use crate::machine::Machine;

/// What is proposed of a run, and which samples were not run, each with the reason.
pub struct Proposed {
    /// The proposals, in the order of the samples.
    pub proposals: Vec<Proposal>,
    /// The samples that were not run, with the reasons.
    pub not_run: Vec<String>,
}

/// Runs a plan, and proposes what its samples promise.
///
/// # Errors
/// Anything that keeps the run from beginning; an interrupt.
pub fn propose(machine: &Machine, plan: &Plan, options: &RunOptions) -> Result<Proposed, Failure> {
    let (mut finished, telling) = execution::run_embedded(machine, plan, options, 1)?;
    telling.finish();
    let Some(mut finished) = finished.pop().filter(|it| !it.results.interrupted) else {
        return Err(Failure::interrupted());
    };
    machine.redactor.results(&mut finished.results);
    let results = &finished.results;
    let mut proposed = Proposed { proposals: Vec::new(), not_run: Vec::new() };
    for sample in &plan.samples {
        let service = &sample.manifest.service;
        let of_case = |case: &CaseResult| names(service, &case.id.project());
        match Proposal::of(sample, &results.cases, of_case) {
            Some(proposal) => proposed.proposals.push(proposal),
            None => proposed.not_run.push(not_run(results, &sample.manifest.id.to_string())),
        }
    }
    proposed.proposals.sort_by(|a, b| a.sample.cmp(&b.sample));
    proposed.not_run.sort();
    Ok(proposed)
}

fn not_run(results: &Results, sample: &str) -> String {
    let case = results.cases.iter().find(|case| case.id.sample.to_string() == sample);
    let reason = case.and_then(|case| case.reason.as_deref()).and_then(|reason| reason.lines().next());
    let verdict = case.map_or(Verdict::Skipped, |case| case.verdict);
    format!("{sample}: {verdict}{}", reason.map(|reason| format!(": {reason}")).unwrap_or_default())
}
