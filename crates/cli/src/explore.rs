//! `rescind explore`.

use rescind_report::{Format, compare as policy, terminal};
use rescind_runner::{Bounds, Exploring};

use crate::args::{ExploreArgs, FailOnArg};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::say;
use crate::{execution, plan, progress, report};

/// Explores the selected samples, reports, and gives the exit code.
///
/// # Errors
/// Anything that keeps the exploration from beginning.
pub fn explore(machine: &Machine, args: &ExploreArgs) -> Result<u8, Failure> {
    let catalog = machine.catalog()?;
    let ExploreArgs { samples, code, cases, output, .. } = args;
    let plan = plan::plan(machine, &catalog, samples.resolved(), code, cases, None)?;
    let targets = report::targets(output, &code.reads().collect::<Vec<_>>())?;
    let exploring = Exploring {
        bounds: Bounds { faults: args.faults, polls: args.polls },
        budget: args.budget,
        repeat: args.repeat,
    };
    let (mut finished, telling) = execution::explore(machine, plan, cases.resolved(0), exploring)?;
    machine.redactor.results(&mut finished.results);
    let results = &finished.results;
    let render = |format: Format| format.render(results);
    let written = report::write(&targets, render);
    telling.finish();
    let options = terminal::TerminalOptions { width: machine.width, color: machine.color };
    let printed = report::print(&targets, render, || terminal::render_explorations(results, &options));
    say(progress::timing(&finished.timing));
    written.and(printed)?;
    Ok(policy::exit_code(results, FailOnArg::Any.into()))
}
