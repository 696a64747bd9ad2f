//! `rescind run`.

use std::path::PathBuf;

use anyhow::anyhow;
use rescind_report::compare::{self as policy, Comparison};
use rescind_report::{Format, terminal};

use crate::args::{FailOnArg, RunArgs};
use crate::coverage::CoverageGate;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::say;
use crate::{compare, execution, plan, progress, report};

/// Runs the selected cases, reports, and gives the exit code.
///
/// # Errors
/// Anything that keeps the run from beginning.
pub fn run(machine: &Machine, args: &RunArgs) -> Result<u8, Failure> {
    let catalog = machine.catalog()?;
    let RunArgs { code, cases, .. } = args;
    let mut plan = plan::plan(machine, &catalog, args.selection.resolved(), code, cases, args.partition)?;
    let reads: Vec<&PathBuf> = code.reads().chain(&args.baseline).collect();
    let targets = report::targets(&args.output, &reads)?;
    let base = args.baseline.as_deref().map(report::read_base).transpose()?;
    if let Some(base) = &base {
        plan.notices.extend(compare::check_source(base, &plan.source)?);
    }
    let fail_on = fail_on(args)?;
    let mut coverage = CoverageGate::announce(&mut plan);
    let (mut finished, telling) = execution::run(machine, args, plan, cases.resolved(args.retries))?;
    coverage.settle(&mut finished.results);
    machine.redactor.results(&mut finished.results);

    let results = &finished.results;
    let comparison = base.as_ref().map(|base| Comparison::of(base, results));
    let render = |format: Format| match &comparison {
        Some(comparison) if format.has_comparisons() => format.render_comparison(comparison),
        _ => format.render(results),
    };
    let written = report::write(&targets, render);
    telling.finish();
    let options = terminal::TerminalOptions { width: machine.width, color: machine.color };
    let printed = report::print(&targets, render, || match &comparison {
        Some(comparison) => terminal::render_comparison(comparison, &options),
        None => terminal::render(results, &options),
    });
    say(progress::timing(&finished.timing));
    written.and(printed)?;
    let code = match &comparison {
        Some(comparison) => comparison.exit_code(fail_on),
        None => policy::exit_code(results, fail_on),
    };
    Ok(coverage.exit_code(code, fail_on))
}

/// What is to make the run fail.
///
/// # Errors
/// Regressions without a baseline, which there would never be one of.
fn fail_on(args: &RunArgs) -> Result<policy::FailOn, Failure> {
    match (args.fail_on, &args.baseline) {
        (Some(FailOnArg::Regression), None) => Err(Failure::usage(anyhow!(
            "--fail-on regression needs a --baseline: without one, nothing can have regressed"
        ))),
        (Some(typed), _) => Ok(typed.into()),
        (None, Some(_)) => Ok(policy::FailOn::Regression),
        (None, None) => Ok(policy::FailOn::Any),
    }
}
