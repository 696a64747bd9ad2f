//! From what was typed to the plan of a run.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use rescind_manifest::{Catalog, Manifest, Page, Region, Wanted, read_region};
use rescind_model::{KnownFailure, Location, Service, fingerprint};
use rescind_runner::{Code, Plan, PlannedSample};

use crate::args::{RunArgs, Selection, SourceFile};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::select::{Selected, select};
use crate::source;

/// The plan of a run.
///
/// # Errors
/// A glob, a page, a file or a region that is wrong; a selection that matches no case.
pub fn plan(machine: &Machine, catalog: &Catalog, args: &RunArgs) -> Result<Plan, Failure> {
    let selected = selected(catalog, &args.selection)?;
    let mut plan = Plan {
        filtered: !args.selection.is_everything(),
        known_failures: known_failures(machine, catalog, args)?,
        ..Plan::default()
    };
    match &args.page {
        Some(page) => {
            plan.source = name_of(machine, page);
            published(machine, catalog, &selected, page, args, &mut plan)?;
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
        plan.deal_out(partition);
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

/// The selected cases, of which there is at least one.
///
/// # Errors
/// A glob that is none; a selection that matches no case.
pub fn selected<'a>(catalog: &'a Catalog, selection: &Selection) -> Result<Vec<Selected<'a>>, Failure> {
    let selected = select(catalog, selection).map_err(Failure::usage)?;
    if selected.is_empty() {
        let samples: Vec<String> = catalog.manifests.iter().map(|it| it.id.to_string()).collect();
        let scenarios: Vec<&str> = catalog.scenarios.iter().map(|it| it.name.as_str()).collect();
        return Err(Failure::nothing_selected(format!(
            "no case is selected\nthe samples are: {}\nthe scenarios are: {}",
            samples.join(", "),
            scenarios.join(", ")
        )));
    }
    Ok(selected)
}

/// The file that holds a sample's own code, and the region in it.
pub fn region_of(manifest: &Manifest) -> Result<(Vec<u8>, Region), Failure> {
    let source = &manifest.source;
    read_region(&source.folder.join(&source.file), &source.region).map_err(Failure::usage)
}

/// A selected sample with its code.
pub fn planned(sample: &Selected<'_>, code: Code, location: Option<Location>) -> PlannedSample {
    PlannedSample {
        manifest: Arc::new(sample.manifest.clone()),
        code,
        location,
        scenarios: sample.scenarios.iter().map(|scenario| Arc::new((*scenario).clone())).collect(),
    }
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

/// The samples whose code the page has. What the page has for no sample, and the samples that it has nothing for,
/// become notices.
fn published(
    machine: &Machine,
    catalog: &Catalog,
    selected: &[Selected<'_>],
    path: &Path,
    args: &RunArgs,
    plan: &mut Plan,
) -> Result<(), Failure> {
    let page = Page::read(path).map_err(Failure::usage)?;
    let selected = of_one_service(&page, selected)?;
    let required = |manifest: &Manifest| args.selection.language.contains(&manifest.id.language);
    let wanted = selected.iter().map(|sample| Wanted::new(sample.manifest, required(sample.manifest)));
    let block = args.block.and_then(|block| usize::try_from(block).ok());
    let extraction = page.extract(wanted, block).map_err(Failure::usage)?;
    let file = machine.relative(path);
    for sample in &selected {
        let Some(block) = extraction.blocks.get(&sample.manifest.id) else { continue };
        let (content, region) = region_of(sample.manifest)?;
        let replaced = region.replace(&content, block.code.as_bytes());
        let code = Code::Published {
            file_content: replaced.bytes,
            lines: replaced.lines,
            origin: path.display().to_string(),
            origin_line: block.lines.first,
        };
        let location = file.clone().map(|file| Location {
            file,
            first_line: block.lines.first,
            last_line: block.lines.last,
        });
        plan.samples.push(planned(sample, code, location));
    }
    let service = selected.first().map(|sample| sample.manifest.id.service);
    let of_service = catalog.manifests.iter().filter(|manifest| Some(manifest.id.service) == service);
    for heading in page.uncovered(of_service.map(|manifest| &manifest.page)) {
        plan.notices.push(format!("the page's code under `{heading}` was not run: no manifest covers it"));
    }
    for sample in &extraction.without_block {
        plan.notices.push(format!("{sample} was not run: the page has no code for it"));
    }
    let page = path.to_str().ok_or_else(|| Failure::usage(anyhow!("the page's path is not UTF-8")))?;
    plan.replay_options = vec!["--page".to_owned(), page.to_owned()];
    if let Some(block) = args.block {
        plan.replay_options.extend(["--block".to_owned(), block.to_string()]);
    }
    Ok(())
}

/// The samples of the one service that a page is about. Samples of several services have the same languages, and the code
/// of one says nothing about another.
fn of_one_service<'a, 'b>(
    page: &Page,
    selected: &'b [Selected<'a>],
) -> Result<Vec<&'b Selected<'a>>, Failure> {
    let among = |service: &Service| selected.iter().any(|sample| sample.manifest.id.service == *service);
    let selectable: Vec<Service> = Service::ALL.into_iter().filter(among).collect();
    let named: Vec<Service> = page.services.iter().copied().filter(among).collect();
    let service = match (selectable.as_slice(), named.as_slice()) {
        ([only], _) | (_, [only]) => *only,
        (_, named) => {
            let (what, which) = match named {
                [] => ("names none of the services", selectable.as_slice()),
                several => ("names several services", several),
            };
            let names: Vec<&str> = which.iter().map(|service| service.name()).collect();
            return Err(Failure::usage(anyhow!(
                "the page `{}` {what}: choose one of {} with --service",
                page.name,
                names.join(", ")
            )));
        }
    };
    Ok(selected.iter().filter(|sample| sample.manifest.id.service == service).collect())
}
