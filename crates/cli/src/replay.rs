//! `rescind replay`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use rescind_catalog::{Selection, scenario_text};
use rescind_model::{CaseResult, Due, Ended, Entry, Results, Rule, Scenario, Verdict, exit};
use rescind_report::{Format, compare as policy, terminal};

use crate::args::{FailOnArg, ReplayArgs};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{print, say};
use crate::{execution, files, plan, progress, report};

/// Plays one schedule with one sample, reports, and gives the exit code.
///
/// # Errors
/// Anything that keeps the case from beginning.
pub fn replay(machine: &Machine, args: &ReplayArgs) -> Result<u8, Failure> {
    let catalog = machine.catalog()?;
    let ReplayArgs { sample, schedule, code, cases, output, .. } = args;
    let selection = Selection {
        languages: vec![sample.language.clone()],
        services: vec![sample.service.name().to_owned()],
        scenarios: Vec::new(),
    };
    let mut plan = plan::plan(machine, &catalog, selection, code, cases, None)?;
    let scenario = Arc::new(rescind_runner::scenario_of(sample, schedule));
    plan.samples.iter_mut().for_each(|sample| sample.scenarios = vec![Arc::clone(&scenario)]);
    let targets = report::targets(output, &plan.files.iter().collect::<Vec<_>>())?;
    if let Some(name) = &args.save_scenario {
        check_place(machine, name)?;
    }
    let (mut all, telling) = execution::run_embedded(machine, &plan, &cases.resolved(0), args.repeat)?;
    all.iter_mut().for_each(|finished| machine.redactor.results(&mut finished.results));
    let Some((last, others)) = all.split_last() else { return Ok(exit::SETUP) };
    let results = &last.results;
    let render = |format: Format| format.render(results);
    let written = report::write(&targets, render);
    telling.finish();
    let options = terminal::TerminalOptions { width: machine.width, color: machine.color };
    let printed = report::print(&targets, render, || terminal::render_in_full(results, &options));
    say(progress::timing(&last.timing));
    written.and(printed)?;
    if let Some(name) = &args.save_scenario {
        save(machine, name, &scenario, results)?;
    }
    let code = policy::exit_code(results, FailOnArg::Any.into());
    if args.repeat == 1 {
        return Ok(code);
    }
    let same = others.iter().filter(|other| came_out(&other.results) == came_out(results)).count() + 1;
    print(&format!("{same} of {} came out the same, with the same journal\n", all.len()))?;
    Ok(if same == all.len() { code } else { code.max(exit::FINDINGS) })
}

/// The file of a scenario.
fn file_of(machine: &Machine, name: &str) -> PathBuf {
    machine.places.root.join("manifests/scenarios").join(format!("{name}.yaml"))
}

/// Refuses a place that a scenario cannot be written to, before it is played.
///
/// # Errors
/// There is one of that name, or the catalogue is the program's own.
fn check_place(machine: &Machine, name: &str) -> Result<(), Failure> {
    if machine.built_in {
        return Err(Failure::usage(anyhow!(
            "--save-scenario needs a catalogue to write to; name one with --root, or run it in a checkout"
        )));
    }
    let file = file_of(machine, name);
    if file.exists() {
        return Err(Failure::usage(anyhow!("{} is there already; choose another name", file.display())));
    }
    Ok(())
}

/// Writes a schedule that was played as a scenario.
///
/// # Errors
/// It was not played, or the file cannot be written.
fn save(machine: &Machine, name: &str, scenario: &Scenario, results: &Results) -> Result<(), Failure> {
    let observation = results.cases.iter().find_map(|case| case.observation.as_ref());
    let observation =
        observation.context("nothing was played that could be saved").map_err(Failure::setup)?;
    let file = file_of(machine, name);
    let written = files::replace(&file, &scenario_text(scenario, &Due::of(observation)));
    written.with_context(|| format!("cannot write {}", file.display())).map_err(Failure::setup)?;
    say(format!("wrote {}", file.display()));
    Ok(())
}

/// What must be the same of a case each time.
#[derive(PartialEq)]
struct CameOut<'a> {
    /// The requests with their replies.
    journal: &'a [Entry],
    ended: Option<Ended>,
    verdict: Verdict,
    /// What is wrong with it.
    rules: Vec<Rule>,
}

fn came_out(results: &Results) -> Vec<CameOut<'_>> {
    results.cases.iter().map(CameOut::of).collect()
}

impl<'a> CameOut<'a> {
    fn of(case: &'a CaseResult) -> CameOut<'a> {
        let seen = case.observation.as_ref();
        CameOut {
            journal: seen.map_or(&[], |seen| seen.journal.as_slice()),
            ended: seen.map(|seen| seen.ended),
            verdict: case.verdict,
            rules: case.findings.iter().map(|finding| finding.rule).collect(),
        }
    }
}
