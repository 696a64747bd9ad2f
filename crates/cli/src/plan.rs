//! From what was typed to the plan of a run.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use rescind_catalog::{Catalog, Code, Plan, PlannedSample};
use rescind_model::{KnownFailure, Location, fingerprint};

use crate::args::{RunArgs, SourceFile};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::planned::{planned, region_of};
use crate::select::{Selected, selected};
use crate::{page, source};

/// The plan of a run.
///
/// # Errors
/// A glob, a page, a file or a region that is wrong; a selection that matches no case.
pub fn plan(machine: &Machine, catalog: &Catalog, args: &RunArgs) -> Result<Plan, Failure> {
    let selected = match &args.page {
        Some(page) => page::selected(catalog, page, args)?,
        None => selected(catalog, &args.selection)?,
    };
    let mut plan = Plan {
        filtered: !args.selection.is_everything(),
        known_failures: known_failures(machine, catalog, args)?,
        ..Plan::default()
    };
    match &args.page {
        Some(page) => {
            plan.source = name_of(machine, page);
            page::plan(machine, catalog, &selected, page, args, &mut plan)?;
        }
        None if !args.source.is_empty() => {
            let name = |it: &SourceFile| SourceFile { path: name_of(machine, &it.path).into(), ..it.clone() };
            let names: Vec<String> = args.source.iter().map(|source| name(source).to_string()).collect();
            plan.source = names.join(", ");
            // The samples without a file were not asked for.
            plan.filtered = true;
            source::plan(machine, catalog, &selected, &args.source, &mut plan)?;
        }
        None => {
            plan.source = "bundled".to_owned();
            for sample in &selected {
                plan.samples.push(bundled(machine, sample)?);
            }
        }
    }
    plan.catalogue = catalogue(catalog, args)?;
    plan.replay_options.extend(options_of_replay(machine, args));
    if let Some(partition) = args.partition {
        plan.keep_part(partition);
    }
    Ok(plan)
}

/// The options that a case needs to go the same way once more, besides those that say where its code is from.
fn options_of_replay(machine: &Machine, args: &RunArgs) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    let mut options = Vec::new();
    let mut with = |option: &str, value: Option<String>| {
        options.extend(value.into_iter().flat_map(|value| [option.to_owned(), value]));
    };
    with("--root", machine.typed_root.as_deref().map(path));
    with("--known-failures", args.known_failures.as_deref().map(path));
    let time = |time: Option<Duration>| time.map(|time| humantime::format_duration(time).to_string());
    with("--endpoint", args.endpoint.map(|endpoint| endpoint.to_string()));
    with("--clock", args.clock.map(|clock| clock.to_string()));
    with("--deadline", time(args.deadline));
    with("--processor-time", time(args.processor_time));
    options
}

/// A fingerprint of all that cases are made of: the same for each part of one run, whatever was selected.
///
/// # Errors
/// A page or a file that cannot be read.
fn catalogue(catalog: &Catalog, args: &RunArgs) -> Result<String, Failure> {
    let mut parts = vec![catalog.fingerprint.clone().into_bytes()];
    let sources = args.source.iter().map(|source| &source.path);
    for path in args.page.iter().chain(sources).chain(&args.known_failures) {
        let read = std::fs::read(path).with_context(|| path.display().to_string());
        parts.push(read.map_err(Failure::usage)?);
    }
    Ok(fingerprint(parts))
}

/// The list of known failures as it holds now.
///
/// # Errors
/// Mistakes in the list that was named.
fn known_failures(
    machine: &Machine,
    catalog: &Catalog,
    args: &RunArgs,
) -> Result<Vec<KnownFailure>, Failure> {
    let (folder, list) = match &args.known_failures {
        None => (&machine.root, catalog.known_failures.clone()),
        Some(file) => {
            let list = catalog.known_failures_of(&machine.current, file).map_err(Failure::usage)?;
            (&machine.current, list)
        }
    };
    Ok(list.iter().map(|entry| entry.at(machine.now, name_of(machine, &folder.join(&entry.file)))).collect())
}

/// A file as the results name it: the same from whatever folder, where it lies in the repository.
fn name_of(machine: &Machine, path: &Path) -> String {
    machine.relative(path).unwrap_or_else(|| path.display().to_string())
}

fn bundled(machine: &Machine, sample: &Selected<'_>) -> Result<PlannedSample, Failure> {
    let (_, region) = region_of(sample.manifest)?;
    let source = &sample.manifest.source;
    let location = machine.relative(&source.folder.join(&source.file)).map(|file| Location {
        file,
        first_line: region.lines.first,
        last_line: region.lines.last,
    });
    Ok(planned(sample, Code::Bundled, location))
}
