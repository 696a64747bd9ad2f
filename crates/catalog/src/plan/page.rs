//! `--page`: the code of the samples out of a documentation page, which decides what has to be covered.

use std::path::Path;

use rescind_model::Location;

use super::cases::{Plan, SampleCode};
use super::error::PlanError;
use super::planned::{planned, region_of};
use super::request::{Places, RunRequest, Selection};
use super::select::{Languages, Selected, nothing_selected, select};
use crate::catalog::Catalog;
use crate::manifest::Manifest;
use crate::page::{Page, Uncovered, WantedSample};
use crate::service::ServiceProfile;

/// The selected samples, of which there is at least one.
///
/// # Errors
/// A glob that is none; a selection that matches no case, and then why: what the page has in that language, no manifest
/// covers.
pub fn selected<'a>(
    catalog: &'a Catalog,
    path: &Path,
    request: &RunRequest,
) -> Result<Vec<Selected<'a>>, PlanError> {
    let selection = &request.selection;
    let selected = select(catalog, selection)?;
    if !selected.is_empty() {
        return Ok(selected);
    }
    let any_language = Selection { languages: Vec::new(), ..selection.clone() };
    let others = select(catalog, &any_language)?;
    if selection.languages.is_empty() || others.is_empty() {
        return Err(nothing_selected(catalog, "no case is selected"));
    }
    let page = Page::read(path)?;
    let others = of_one_service(&page, &others)?;
    let manifests = of_service(catalog, &others);
    let uncovered = asked_for(&page, &manifests, selection)?;
    let asked =
        selection.languages.iter().map(|glob| format!("--language {glob}")).collect::<Vec<_>>().join(" ");
    if uncovered.is_empty() {
        let why = format!(
            "no case is selected: {asked} names no sample, and the page `{}` has no such code",
            page.name
        );
        return Err(nothing_selected(catalog, &why));
    }
    if !request.allow_uncovered {
        page.refuse(&uncovered)?;
    }
    let places: Vec<String> = uncovered.iter().map(Uncovered::place).collect();
    let why = format!(
        "no case is selected: no manifest covers {}, and {asked} asks for nothing else",
        places.join(", ")
    );
    Err(nothing_selected(catalog, &why))
}

/// Plans the samples whose code the page has. The samples that it has nothing for become notices; and so does what it has
/// for no sample, where that was not asked for or is allowed.
///
/// # Errors
/// A page that cannot be read, is of no service or of several, or has no code or too much of it for a sample; code that no
/// sample covers.
pub fn plan(
    places: &Places,
    catalog: &Catalog,
    selected: &[Selected<'_>],
    path: &Path,
    request: &RunRequest,
    plan: &mut Plan,
) -> Result<(), PlanError> {
    let page = Page::read(path)?;
    let selected = of_one_service(&page, selected)?;
    let manifests = of_service(catalog, &selected);
    if !request.allow_uncovered {
        page.refuse(&asked_for(&page, &manifests, &request.selection)?)?;
    }
    let languages = Languages::new(&request.selection.languages)?;
    let wanted = selected
        .iter()
        .map(|sample| WantedSample::new(sample.manifest, languages.name(&sample.manifest.id.language)));
    let block = request.block.and_then(|block| usize::try_from(block).ok());
    let extraction = page.extract(wanted, block)?;
    let file = places.relative(path);
    for sample in &selected {
        let Some(block) = extraction.blocks.get(&sample.manifest.id) else { continue };
        let (content, region) = region_of(sample.manifest)?;
        let replaced = region.replace(&content, block.code.as_bytes());
        let code = SampleCode::Published {
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
    // A sample whose code stands in a wrong fence is told as one that the page has nothing for.
    for uncovered in page.uncovered(&manifests).iter().filter(|it| !it.is_of_a_sample()) {
        plan.notices.push(format!("{} was not run: no manifest covers it", uncovered.place()));
    }
    for sample in &extraction.without_block {
        plan.notices.push(format!("{sample} was not run: the page has no code for it"));
    }
    let page = path.to_str().ok_or_else(|| PlanError::Options("the page's path is not UTF-8".to_owned()))?;
    plan.replay_options = vec!["--page".to_owned(), page.to_owned()];
    if let Some(block) = request.block {
        plan.replay_options.extend(["--block".to_owned(), block.to_string()]);
    }
    Ok(())
}

/// What of the page no sample covers, in the languages that are asked for.
///
/// # Errors
/// A text that is no glob.
fn asked_for<'a>(
    page: &'a Page,
    manifests: &[&'a Manifest],
    selection: &Selection,
) -> Result<Vec<Uncovered<'a>>, PlanError> {
    let languages = Languages::new(&selection.languages)?;
    let mut uncovered = page.uncovered(manifests);
    uncovered.retain(|it| it.languages().iter().any(|language| languages.select(language)));
    Ok(uncovered)
}

/// The manifests of the service of these samples, whatever was selected.
fn of_service<'a>(catalog: &'a Catalog, samples: &[&Selected<'_>]) -> Vec<&'a Manifest> {
    let service = samples.first().map(|sample| &sample.manifest.id.service);
    catalog.manifests.iter().filter(|manifest| Some(&manifest.id.service) == service).collect()
}

/// The samples of the one service that a page is about. Samples of several services have the same languages, and the code
/// of one says nothing about another.
fn of_one_service<'a, 'b>(
    page: &Page,
    selected: &'b [Selected<'a>],
) -> Result<Vec<&'b Selected<'a>>, PlanError> {
    // In the order of the catalogue, so that those of one service follow each other.
    let mut selectable: Vec<&ServiceProfile> = selected.iter().map(|it| &*it.manifest.service).collect();
    selectable.dedup();
    let named: Vec<&ServiceProfile> = selectable.iter().copied().filter(|it| page.names(it)).collect();
    let service = match (selectable.as_slice(), named.as_slice()) {
        ([only], _) | (_, [only]) => *only,
        (_, named) => {
            let (what, which) = match named {
                [] => ("names none of the services", selectable.as_slice()),
                several => ("names several services", several),
            };
            let names: Vec<&str> = which.iter().map(|service| service.id.name()).collect();
            return Err(PlanError::Options(format!(
                "the page `{}` {what}: choose one of {} with --service",
                page.name,
                names.join(", ")
            )));
        }
    };
    Ok(selected.iter().filter(|sample| sample.manifest.id.service == service.id).collect())
}
