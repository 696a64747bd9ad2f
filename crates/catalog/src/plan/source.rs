//! `--source`: the code of a sample out of a file of another repository.

use rescind_model::{Location, SampleId};

use super::cases::{Plan, SampleCode};
use super::error::PlanError;
use super::planned::{planned, region_of};
use super::request::{Places, SourceFile};
use super::select::Selected;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::manifest::Manifest;
use crate::page::same_language;
use crate::region::Region;
use crate::source::read_region;

/// A file with the sample whose region it has.
struct Matched<'a> {
    sample: &'a SampleId,
    option: &'a SourceFile,
    content: Vec<u8>,
    region: Region,
}

/// Plans the selected samples that a file is given for, each with the file's region in the place of its own.
///
/// # Errors
/// A language that no sample has; a file without the region, or with two; two files for one sample.
pub fn plan(
    places: &Places,
    catalog: &Catalog,
    selected: &[Selected<'_>],
    options: &[SourceFile],
    plan: &mut Plan,
) -> Result<(), PlanError> {
    let mut matched: Vec<Matched<'_>> = Vec::new();
    for option in options {
        let found = matching(catalog, selected, option)?;
        if let Some(earlier) = matched.iter().find(|earlier| earlier.sample == found.sample) {
            return Err(PlanError::Options(format!(
                "--source {option}: {} has its code from --source {} already",
                found.sample, earlier.option
            )));
        }
        matched.push(found);
    }
    for sample in selected {
        let Some(found) = matched.iter().find(|found| *found.sample == sample.manifest.id) else { continue };
        let (own, own_region) = region_of(sample.manifest)?;
        let replaced = own_region.replace(&own, found.region.code(&found.content));
        let code = SampleCode::Published {
            file_content: replaced.bytes,
            lines: replaced.lines,
            origin: found.option.path.display().to_string(),
            origin_line: found.region.lines.first,
        };
        let location = places.relative(&found.option.path).map(|file| Location {
            file,
            first_line: found.region.lines.first,
            last_line: found.region.lines.last,
        });
        plan.samples.push(planned(sample, code, location));
    }
    if plan.samples.is_empty() {
        return Err(PlanError::NothingSelected(
            "no case is selected: --source names none of the selected samples".to_owned(),
        ));
    }
    plan.replay_options =
        options.iter().flat_map(|option| ["--source".to_owned(), option.to_string()]).collect();
    Ok(())
}

/// The sample that an option means, one of those that are selected if it can be. Where samples of several services have
/// the language, the region in the file tells.
fn matching<'a>(
    catalog: &'a Catalog,
    selected: &[Selected<'a>],
    option: &'a SourceFile,
) -> Result<Matched<'a>, PlanError> {
    let meant = |manifest: &&Manifest| {
        same_language(&manifest.id.language, &option.language)
            && option.service.as_ref().is_none_or(|it| *it == manifest.id.service)
    };
    let of_selected: Vec<&Manifest> = selected.iter().map(|sample| sample.manifest).filter(meant).collect();
    let candidates =
        if of_selected.is_empty() { catalog.manifests.iter().filter(meant).collect() } else { of_selected };
    let mut wrong: Vec<Diagnostics> = Vec::new();
    for manifest in candidates {
        match read_region(&option.path, &manifest.source.region) {
            Ok((content, region)) => return Ok(Matched { sample: &manifest.id, option, content, region }),
            Err(error) => wrong.push(error),
        }
    }
    // A region that is there and is not whole is the one that is meant; where there is none, each would have done.
    let is_there = |error: &Diagnostics| error.iter().any(|mistake| mistake.place.is_some());
    if let Some(there) = wrong.iter().position(is_there) {
        wrong = vec![wrong.swap_remove(there)];
    }
    Err(wrong.into_iter().reduce(Diagnostics::and).map_or_else(
        || {
            let samples: Vec<String> = catalog.manifests.iter().map(|it| it.id.to_string()).collect();
            PlanError::Options(format!(
                "--source {option}: there is no such sample; the samples are {}",
                samples.join(", ")
            ))
        },
        PlanError::from,
    ))
}
