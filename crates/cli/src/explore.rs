//! `rescind explore`.

use rescind_report::{compare as policy, terminal};
use rescind_runner::{Bounds, Exploring};

use crate::args::{ExploreArgs, FailOnArg};
use crate::coverage::CoverageGate;
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
    let mut plan = plan::plan(machine, &catalog, samples.resolved(), code, cases, None)?;
    let targets = report::targets(output)?;
    let exploring = Exploring {
        bounds: Bounds { faults: args.faults, polls: args.polls },
        budget: args.budget,
        repeat: args.repeat,
    };
    let mut coverage = CoverageGate::announce(&mut plan);
    let mut finished = execution::explore(machine, plan, cases.resolved(0), exploring)?;
    coverage.settle(&mut finished.results);
    machine.redactor.results(&mut finished.results);
    let results = &finished.results;
    let options = terminal::TerminalOptions { width: machine.width, color: machine.color };
    let printed = report::print_unless(&targets, || terminal::render_explorations(results, &options));
    say(progress::timing(&finished.timing));
    report::write(&targets, |format| format.render(results))?;
    printed?;
    let fail_on = FailOnArg::Any.into();
    Ok(coverage.exit_code(policy::exit_code(results, fail_on), fail_on))
}
