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
    let request = requested(catalog, selection, code, partition);
    let mut plan = request.plan(catalog, &machine.places)?;
    plan.replay_options.extend(options_of_replay(machine, code, cases));
    Ok(plan)
}

/// What a run is asked for: by the command line, and where that says nothing, by the team's file.
fn requested(
    catalog: &Catalog,
    selection: Selection,
    code: &CodeArgs,
    partition: Option<Partition>,
) -> RunRequest {
    let team = catalog.team.clone().unwrap_or_default();
    let or = |typed: Vec<String>, team: Vec<String>| if typed.is_empty() { team } else { typed };
    let is_typed = !code.page.is_empty() || !code.source.is_empty();
    let (pages, sources) =
        if is_typed { (code.page.clone(), code.source.clone()) } else { (team.pages, team.sources) };
    RunRequest {
        selection: Selection {
            languages: or(selection.languages, team.selection.languages),
            services: or(selection.services, team.selection.services),
            scenarios: or(selection.scenarios, team.selection.scenarios),
        },
        pages,
        block: code.block,
        allow_uncovered: or(code.allow_uncovered.clone(), team.allow_uncovered),
        sources,
        known_failures: code.known_failures.clone(),
        partition,
    }
}

/// The options that a case needs to go the same way once more, besides those that say where its code is from.
fn options_of_replay(machine: &Machine, code: &CodeArgs, cases: &CaseArgs) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    let mut options = Vec::new();
    let mut with = |option: &str, value: Option<String>| {
        options.extend(value.into_iter().flat_map(|value| [option.to_owned(), value]));
    };
    with("--root", machine.typed_root.as_deref().map(path));
    with("--config", machine.typed_config.as_deref().map(path));
    with("--known-failures", code.known_failures.as_deref().map(path));
    let time = |time: Option<Duration>| time.map(|time| humantime::format_duration(time).to_string());
    with("--endpoint", cases.endpoint.map(|endpoint| endpoint.to_string()));
    with("--clock", cases.clock.map(|clock| clock.to_string()));
    with("--deadline", time(cases.deadline));
    with("--processor-time", time(cases.processor_time));
    options
}
