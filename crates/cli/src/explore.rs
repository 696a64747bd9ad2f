//! `rescind explore`.

use anyhow::Context as _;
use rescind_catalog::{Catalog, Plan};
use rescind_model::exit;
use rescind_report::{Format, compare as policy, terminal};
use rescind_runner::{Bounds, Exploring};

use crate::args::{CodeArgs, ExploreArgs, FailOnArg};
use crate::changed::{self, Revision};
use crate::coverage::CoverageGate;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{print, say};
use crate::{execution, plan, progress, report};

/// Explores the selected samples, reports, and gives the exit code.
///
/// # Errors
/// Anything that keeps the exploration from beginning.
pub fn explore(machine: &Machine, args: &ExploreArgs) -> Result<u8, Failure> {
    let catalog = machine.catalog()?;
    let mut plan = planned(machine, &catalog, args, &args.code)?;
    if let Some(name) = &args.changed_since {
        keep_changed(machine, &catalog, args, name, &mut plan)?;
        if plan.samples.is_empty() {
            print(&format!("no sample's code has changed since {name}: there is nothing to explore\n"))?;
            return Ok(exit::OK);
        }
    }
    let output = &args.output;
    let targets = report::targets(output, &plan.files.iter().collect::<Vec<_>>())?;
    let exploring = Exploring {
        bounds: Bounds { faults: args.faults, polls: args.polls },
        budget: args.budget,
        repeat: args.repeat,
    };
    let mut coverage = CoverageGate::announce(&mut plan);
    let (mut finished, telling) = execution::explore(machine, plan, args.cases.resolved(0), exploring)?;
    coverage.settle(&mut finished.results);
    machine.redactor.results(&mut finished.results);
    let results = &finished.results;
    let render = |format: Format| format.render(results);
    let written = report::write(&targets, render);
    telling.finish();
    let options = terminal::TerminalOptions { width: machine.width, color: machine.color };
    let printed = report::print(&targets, render, || terminal::render_explorations(results, &options));
    say(progress::timing(&finished.timing));
    written.and(printed)?;
    let fail_on = FailOnArg::Any.into();
    Ok(coverage.exit_code(policy::exit_code(results, fail_on), fail_on))
}

fn planned(
    machine: &Machine,
    catalog: &Catalog,
    args: &ExploreArgs,
    code: &CodeArgs,
) -> Result<Plan, Failure> {
    plan::plan(machine, catalog, args.samples.resolved(), code, &args.cases, None)
}

/// Keeps the samples whose code has changed since a revision.
fn keep_changed(
    machine: &Machine,
    catalog: &Catalog,
    args: &ExploreArgs,
    revision: &str,
    plan: &mut Plan,
) -> Result<(), Failure> {
    if args.code.page.is_empty() {
        return changed::keep(plan, &Revision::find(&machine.places.root, revision)?, None);
    }
    let revision = Revision::find(&machine.places.current, revision)?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder").map_err(Failure::setup)?;
    let mut pages = Vec::new();
    for (number, page) in args.code.page.iter().enumerate() {
        let page = machine.places.current.join(page);
        if let Some(then) = revision.read(&page)? {
            let old = folder.path().join(number.to_string());
            let put = std::fs::create_dir(&old).and_then(|()| {
                let old = old.join(page.file_name().unwrap_or_default());
                std::fs::write(&old, then).map(|()| pages.push(old))
            });
            put.with_context(|| old.display().to_string()).map_err(Failure::setup)?;
        }
    }
    // Whatever was wrong with a page then, it says nothing of what is on it now.
    let code = CodeArgs { page: pages, allow_uncovered: vec!["*".to_owned()], ..args.code.clone() };
    let before = planned(machine, catalog, args, &code).ok().filter(|_| !code.page.is_empty());
    changed::keep(plan, &revision, before.as_ref())
}
