//! `rescind replay`.

use std::sync::Arc;

use rescind_catalog::Selection;
use rescind_model::{CaseResult, Ended, Entry, Results, Rule, Verdict, exit};
use rescind_report::{compare as policy, terminal};

use crate::args::{FailOnArg, ReplayArgs};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{print, say};
use crate::{execution, plan, progress, report};

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
    let targets = report::targets(output)?;
    let mut all = execution::run_embedded(machine, &plan, &cases.resolved(0), args.repeat)?;
    all.iter_mut().for_each(|finished| machine.redactor.results(&mut finished.results));
    let Some((last, others)) = all.split_last() else { return Ok(exit::SETUP) };
    let results = &last.results;
    let options = terminal::TerminalOptions { width: machine.width, color: machine.color };
    let printed = report::print_unless(&targets, || terminal::render_in_full(results, &options));
    say(progress::timing(&last.timing));
    report::write(&targets, |format| format.render(results))?;
    printed?;
    let code = policy::exit_code(results, FailOnArg::Any.into());
    if args.repeat == 1 {
        return Ok(code);
    }
    let same = others.iter().filter(|other| came_out(&other.results) == came_out(results)).count() + 1;
    print(&format!("{same} of {} came out the same, with the same journal\n", all.len()))?;
    Ok(if same == all.len() { code } else { code.max(exit::FINDINGS) })
}

/// What must be the same each time: the requests with their replies, how it ended, what is wrong with it.
fn came_out(results: &Results) -> Vec<(&[Entry], Option<Ended>, Verdict, Vec<Rule>)> {
    let of_case = |case: &'_ CaseResult| case.findings.iter().map(|finding| finding.rule).collect();
    let seen = results.cases.iter().map(|case| (case, case.observation.as_ref()));
    seen.map(|(case, seen)| {
        let journal = seen.map_or(&[][..], |seen| seen.journal.as_slice());
        (journal, seen.map(|seen| seen.ended), case.verdict, of_case(case))
    })
    .collect()
}
