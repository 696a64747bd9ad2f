//! `--page`: the code of the samples out of documentation pages, which decide what has to be covered.

use std::path::Path;

use rescind_model::Location;

use super::allowed::Allowed;
use super::cases::{Plan, PlannedSample};
use super::coverage::PageCoverage;
use super::error::PlanError;
use super::planned::{planned, published};
use super::request::{Places, RunRequest, Selection};
use super::select::{Languages, Selected, nothing_selected, select};
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::manifest::Manifest;
use crate::page::{Extraction, Page, PageError, Uncovered, WantedSample};
use crate::published::PublishedCode;
use crate::service::ServiceProfile;

/// The selected samples, of which there is at least one.
///
/// # Errors
/// A glob that is none; a selection that matches no case, and then why: what the pages have in that language, no manifest
/// covers.
pub fn selected<'a>(catalog: &'a Catalog, request: &RunRequest) -> Result<Vec<Selected<'a>>, PlanError> {
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
    let (mut wrong, mut places, mut names) = (None, Vec::new(), Vec::new());
    for path in &request.pages {
        let page = Page::read(path)?;
        let manifests = of_service(catalog, &of_one_service(&page, &others)?);
        let mut uncovered = page.uncovered(&manifests);
        let asked = Languages::new(&selection.languages)?;
        uncovered.retain(|it| it.languages().iter().any(|language| asked.select(language)));
        places.extend(uncovered.iter().map(Uncovered::place));
        let allowed = Allowed::new(&request.allow_uncovered)?;
        uncovered.retain(|it| !allowed.allow(it));
        wrong = together(wrong, page.refuse(&uncovered));
        names.push(format!("`{}`", page.name));
    }
    if let Some(wrong) = wrong {
        return Err(wrong.into());
    }
    let asked =
        selection.languages.iter().map(|glob| format!("--language {glob}")).collect::<Vec<_>>().join(" ");
    let why = if places.is_empty() {
        let pages = if names.len() == 1 { "the page" } else { "of the pages none," };
        format!(
            "no case is selected: {asked} names no sample, and {pages} {} has no such code",
            names.join(", ")
        )
    } else {
        format!(
            "no case is selected: no manifest covers {}, and {asked} asks for nothing else",
            places.join(", ")
        )
    };
    Err(nothing_selected(catalog, &why))
}

/// The mistakes of several pages.
fn together(earlier: Option<Diagnostics>, found: Result<(), Diagnostics>) -> Option<Diagnostics> {
    match (earlier, found.err()) {
        (Some(earlier), Some(found)) => Some(earlier.and(found)),
        (earlier, found) => earlier.or(found),
    }
}

/// Plans the samples whose code the pages have. The samples that they have nothing for become notices; what they have for no
/// sample is a gap in their coverage, with its place, unless it was not asked for.
///
/// # Errors
/// A page that cannot be read, is of no service or of several, or has no code or too much of it for a sample; two pages with
/// the code of one sample; nothing that can be run.
pub fn plan(
    places: &Places,
    catalog: &Catalog,
    selected: &[Selected<'_>],
    request: &RunRequest,
    plan: &mut Plan,
) -> Result<(), PlanError> {
    for path in &request.pages {
        PagePlan { places, catalog, selected, request }.plan(path, plan)?;
        let page =
            path.to_str().ok_or_else(|| PlanError::Options("the page's path is not UTF-8".to_owned()))?;
        plan.replay_options.extend(["--page".to_owned(), page.to_owned()]);
    }
    let names: Vec<String> = request.pages.iter().map(|path| format!("`{}`", path.display())).collect();
    let languages = Languages::new(&request.selection.languages)?;
    let is_planned = |language: &str| plan.samples.iter().any(|it| it.manifest.id.language == language);
    let missing = selected.iter().find(|sample| {
        languages.name(&sample.manifest.id.language) && !is_planned(&sample.manifest.id.language)
    });
    match missing {
        _ if plan.samples.is_empty() => Err(PlanError::Options(format!(
            "none of the pages {} has code that can be run",
            names.join(", ")
        ))),
        Some(missing) => Err(PlanError::Options(format!(
            "none of the pages {} has a block for {}",
            names.join(", "),
            missing.manifest.id
        ))),
        None => {
            if let Some(block) = request.block {
                plan.replay_options.extend(["--block".to_owned(), block.to_string()]);
            }
            Ok(())
        }
    }
}

/// What the plan of one page is made with.
struct PagePlan<'a> {
    places: &'a Places,
    catalog: &'a Catalog,
    selected: &'a [Selected<'a>],
    request: &'a RunRequest,
}

impl PagePlan<'_> {
    fn plan(&self, path: &Path, plan: &mut Plan) -> Result<(), PlanError> {
        let page = Page::read(path)?;
        let is_one_of_several = self.request.pages.len() > 1;
        if is_one_of_several && self.is_of_another_service(&page) {
            plan.notices.push(format!("{} was not run: it is about another service", page.name));
            return Ok(());
        }
        let selected = of_one_service(&page, self.selected)?;
        let manifests = of_service(self.catalog, &selected);
        let languages = Languages::new(&self.request.selection.languages)?;
        let allowed = Allowed::new(&self.request.allow_uncovered)?;
        let mut coverage = PageCoverage { page: self.places.name_of(path), ..PageCoverage::default() };
        let all = page.uncovered(&manifests);
        let is_asked = |it: &&Uncovered<'_>| it.languages().iter().any(|language| languages.select(language));
        let refused: Vec<Uncovered<'_>> =
            all.iter().filter(is_asked).filter(|it| !allowed.allow(it)).cloned().collect();
        let refused_here = page.refuse(&refused);
        // One of several pages may lack what another has.
        let wanted = selected.iter().map(|sample| {
            let is_named = languages.name(&sample.manifest.id.language);
            WantedSample::new(sample.manifest, is_named && !is_one_of_several)
        });
        let extraction = match (page.extract(wanted, self.request.block), &refused_here) {
            (Ok(extraction), _) => extraction,
            (Err(PageError::NoBlock { .. } | PageError::NoBlocks { .. }), Err(wrong)) => {
                return Err(wrong.clone().into());
            }
            (Err(PageError::NoBlocks { .. }), Ok(()))
                if is_one_of_several && !self.request.selection.languages.is_empty() =>
            {
                return Ok(());
            }
            (Err(error), _) => return Err(error.into()),
        };
        for sample in &selected {
            let id = &sample.manifest.id;
            let Some(code) = extraction.code.get(id) else { continue };
            if plan.samples.iter().any(|it| it.manifest.id == *id) {
                return Err(PlanError::Options(format!(
                    "{id} has code in two of the pages, `{}` is the second: run them one by one",
                    page.name
                )));
            }
            coverage.run(id, code.lines.clone(), allowed.allows(&id.language));
            plan.samples.push(self.planned(sample, code, path)?);
        }
        for uncovered in all.iter().filter(is_asked) {
            coverage.gap(uncovered.language(), uncovered.reason(), allowed.allow(uncovered));
        }
        plan.coverage.push(coverage);
        plan.uncovered = together(plan.uncovered.take(), refused_here);
        plan.notices.extend(notices(&page, &all, &extraction));
        Ok(())
    }

    fn planned(
        &self,
        sample: &Selected<'_>,
        code: &PublishedCode,
        path: &Path,
    ) -> Result<PlannedSample, PlanError> {
        let location = code.span().and_then(|lines| {
            let file = self.places.relative(path)?;
            Some(Location { file, first_line: lines.first, last_line: lines.last })
        });
        let code = published(sample.manifest, code, &[], path.display().to_string())?;
        Ok(planned(sample, code, location))
    }

    /// True if it names services, and none of those that are selected.
    fn is_of_another_service(&self, page: &Page) -> bool {
        let names = |manifest: &Manifest| page.names(&manifest.service);
        self.catalog.manifests.iter().any(names) && !self.selected.iter().any(|it| names(it.manifest))
    }
}

/// What there is to say of a page besides what is run of it.
fn notices(page: &Page, uncovered: &[Uncovered<'_>], extraction: &Extraction) -> Vec<String> {
    // A sample whose code stands in a wrong fence is told as one that the page has nothing for.
    let of_none = uncovered.iter().filter(|it| !it.is_of_a_sample());
    let uncovered_lines: Vec<u32> = uncovered.iter().map(|it| it.line).collect();
    let unread = page.unread_parts().into_iter().filter(|(line, _)| !uncovered_lines.contains(line));
    of_none
        .map(|it| match it.sample() {
            None => format!("{} was not run: no manifest covers it", it.place()),
            Some(_) => format!("{} was not run: {}", it.place(), it.reason()),
        })
        .chain(unread.map(|(line, what)| format!("{what} in line {line} of {} is not read", page.name)))
        .chain(
            extraction
                .without_block
                .iter()
                .map(|sample| format!("{sample} was not run: the page has no code for it")),
        )
        .collect()
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
