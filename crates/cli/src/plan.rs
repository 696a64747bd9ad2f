//! From what was typed to the plan of a run.

use std::path::Path;
use std::time::Duration;

use rescind_catalog::{Catalog, Plan, RunRequest, Selection};
use rescind_model::Partition;

use crate::args::{CaseArgs, CodeArgs};
use crate::failure::Failure;
use crate::machine::Machine;

/// The plan of a run.
///
/// # Errors
/// A glob, a page, a file or a region that is wrong; a selection that matches no case.
pub fn plan(
    machine: &Machine,
    catalog: &Catalog,
    selection: Selection,
    code: &CodeArgs,
    cases: &CaseArgs,
    partition: Option<Partition>,
) -> Result<Plan, Failure> {
    let request = RunRequest {
        selection,
        pages: code.page.clone(),
        block: code.block,
        allow_uncovered: code.allow_uncovered.clone(),
        sources: code.source.clone(),
        known_failures: code.known_failures.clone(),
        partition,
    };
    let mut plan = request.plan(catalog, &machine.places)?;
    plan.replay_options.extend(options_of_replay(machine, code, cases));
    Ok(plan)
}

/// The options that a case needs to go the same way once more, besides those that say where its code is from.
fn options_of_replay(machine: &Machine, code: &CodeArgs, cases: &CaseArgs) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    let mut options = Vec::new();
    let mut with = |option: &str, value: Option<String>| {
        options.extend(value.into_iter().flat_map(|value| [option.to_owned(), value]));
    };
    with("--root", machine.typed_root.as_deref().map(path));
    with("--known-failures", code.known_failures.as_deref().map(path));
    let time = |time: Option<Duration>| time.map(|time| humantime::format_duration(time).to_string());
    with("--endpoint", cases.endpoint.map(|endpoint| endpoint.to_string()));
    with("--clock", cases.clock.map(|clock| clock.to_string()));
    with("--deadline", time(cases.deadline));
    with("--processor-time", time(cases.processor_time));
    options
}
