//! `rescind run`.

use std::path::PathBuf;

use anyhow::anyhow;
use rescind_catalog::Catalog;
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
    let baseline = baseline(args, &catalog);
    let reads: Vec<&PathBuf> = plan.files.iter().chain(&baseline).collect();
    let targets = report::targets(&args.output, &reads)?;
    let base = baseline.as_deref().map(report::read_base).transpose()?;
    if let Some(base) = &base {
        plan.notices.extend(compare::check_source(base, &plan.source)?);
    }
    let fail_on = fail_on(args, baseline.is_some())?;
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

/// The baseline that was asked for, else the team's, if it is there: before the first `accept` there is none.
fn baseline(args: &RunArgs, catalog: &Catalog) -> Option<PathBuf> {
    let of_team = || {
        let file = catalog.team.as_ref()?.baseline.clone()?;
        if file.exists() {
            return Some(file);
        }
        say(format!(
            "there is no baseline {} yet: every finding makes the run fail; `rescind accept` makes one of results",
            file.display()
        ));
        None
    };
    args.baseline.clone().or_else(of_team)
}

/// What is to make the run fail.
///
/// # Errors
/// Regressions without a baseline, which there would never be one of.
fn fail_on(args: &RunArgs, has_baseline: bool) -> Result<policy::FailOn, Failure> {
    match (args.fail_on, has_baseline) {
        (Some(FailOnArg::Regression), false) => Err(Failure::usage(anyhow!(
            "--fail-on regression needs a --baseline: without one, nothing can have regressed"
        ))),
        (Some(typed), _) => Ok(typed.into()),
        (None, true) => Ok(policy::FailOn::Regression),
        (None, false) => Ok(policy::FailOn::Any),
    }
}
