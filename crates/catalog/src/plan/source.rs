//! `--source`: the code of a sample out of a file of another repository.

use std::path::PathBuf;

use rescind_model::{Location, SampleId};

use super::allowed::Allowed;
use super::cases::Plan;
use super::coverage::PageCoverage;
use super::error::PlanError;
use super::planned::{planned, published};
use super::request::{Places, RunRequest, SourceFile};
use super::select::Selected;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::files::{FilesError, files};
use crate::manifest::Manifest;
use crate::page::same_language;
use crate::region::Region;
use crate::source::read_region;

/// A file with the sample whose region it has.
struct Matched<'a> {
    sample: &'a SampleId,
    /// The option, with the one file of those that its glob stands for.
    file: SourceFile,
    content: Vec<u8>,
    region: Region,
}

/// Plans the selected samples that a file is given for, each with the file's region in the place of its own. Gives the
/// files.
///
/// # Errors
/// A language that no sample has; a file without the region, or with one that is not whole; two files for one sample.
pub fn plan(
    places: &Places,
    catalog: &Catalog,
    selected: &[Selected<'_>],
    request: &RunRequest,
    plan: &mut Plan,
) -> Result<Vec<PathBuf>, PlanError> {
    let planned_before = plan.samples.len();
    let mut matched: Vec<Matched<'_>> = Vec::new();
    let allowed = Allowed::new(&request.allow_uncovered)?;
    let names: Vec<String> =
        request.sources.iter().map(|source| source.in_repository(places).to_string()).collect();
    let mut coverage = PageCoverage { page: names.join(", "), ..PageCoverage::default() };
    for option in &request.sources {
        for found in matching_files(places, catalog, selected, option)? {
            if let Some(earlier) = matched.iter().find(|earlier| earlier.sample == found.sample) {
                return Err(twice(&found, earlier));
            }
            matched.push(found);
        }
    }
    for sample in selected {
        let Some(found) = matched.iter().find(|found| *found.sample == sample.manifest.id) else { continue };
        if plan.samples.iter().any(|it| it.manifest.id == *found.sample) {
            return Err(PlanError::Options(format!(
                "{} has its code from a page and from --source {} too: run them one by one",
                found.sample, found.file
            )));
        }
        let code = found.region.code(&found.content);
        let outside = found.region.outside(&found.content);
        let origin = found.file.path.display().to_string();
        let lines = code.span().unwrap_or(found.region.lines);
        let location = places.relative(&found.file.path).map(|file| Location {
            file,
            first_line: lines.first,
            last_line: lines.last,
        });
        let id = &sample.manifest.id;
        coverage.run(id, code.lines.clone(), allowed.allows(&id.language));
        let code = published(sample.manifest, &code, &outside, origin)?;
        plan.samples.push(planned(sample, code, location));
    }
    if plan.samples.len() == planned_before {
        return Err(PlanError::NothingSelected(
            "no case is selected: --source names none of the selected samples".to_owned(),
        ));
    }
    let options = matched.iter().flat_map(|found| ["--source".to_owned(), found.file.to_string()]);
    plan.replay_options.extend(options);
    plan.coverage.push(coverage);
    Ok(matched.into_iter().map(|found| found.file.path).collect())
}

/// That two files have the code of one sample.
fn twice(found: &Matched<'_>, earlier: &Matched<'_>) -> PlanError {
    PlanError::Options(format!(
        "--source {}: {} has its code from --source {} already",
        found.file, found.sample, earlier.file
    ))
}

/// The samples that an option means: one for a file, and one for each file of a glob that has a region of the tag.
fn matching_files<'a>(
    places: &Places,
    catalog: &'a Catalog,
    selected: &[Selected<'a>],
    option: &SourceFile,
) -> Result<Vec<Matched<'a>>, PlanError> {
    let found = files(&places.current, &option.path).map_err(|error| match error {
        FilesError::Glob { glob, source } => PlanError::Glob { option: "source", glob, source },
        FilesError::Read { folder, source } => PlanError::Read { file: folder, source },
    })?;
    let Some(found) = found else {
        return Ok(vec![matching(catalog, selected, option, option.clone())?]);
    };
    let mut matched = Vec::new();
    let mut without = None;
    for path in found {
        match matching(catalog, selected, option, SourceFile { path, ..option.clone() }) {
            Ok(file) => matched.push(file),
            // Of the files that a glob stands for, most have other code in them.
            Err(PlanError::Diagnostics(wrong)) if wrong.iter().all(|it| it.place.is_none()) => {
                without = Some(wrong);
            }
            Err(error) => return Err(error),
        }
    }
    if matched.is_empty() {
        let why = match &without {
            None => "matches no file".to_owned(),
            Some(wrong) => {
                let says: Vec<&str> = wrong.iter().map(|it| it.message.as_str()).collect();
                format!("has no file with the region: {}", says.join("; "))
            }
        };
        return Err(PlanError::Options(format!("--source {option}: the glob {why}")));
    }
    Ok(matched)
}

/// The sample that a file is for, one of those that are selected if it can be. Where samples of several services have
/// the language, the region in the file tells.
fn matching<'a>(
    catalog: &'a Catalog,
    selected: &[Selected<'a>],
    option: &SourceFile,
    file: SourceFile,
) -> Result<Matched<'a>, PlanError> {
    let meant = |manifest: &&Manifest| {
        same_language(&manifest.id.language, &option.language)
            && option.service.as_ref().is_none_or(|it| *it == manifest.id.service)
    };
    let of_selected: Vec<&Manifest> = selected.iter().map(|sample| sample.manifest).filter(meant).collect();
    let mut candidates: Vec<&Manifest> =
        if of_selected.is_empty() { catalog.manifests.iter().filter(meant).collect() } else { of_selected };
    // A tag that is one of the samples' own means that sample; another could be of any of them.
    if let Some(tag) = &option.tag {
        if candidates.iter().any(|manifest| manifest.source.region == *tag) {
            candidates.retain(|manifest| manifest.source.region == *tag);
        }
        if let [first, second, ..] = candidates.as_slice() {
            return Err(PlanError::Options(format!(
                "--source {option}: it may be for {} or for {}; write the service before the language",
                first.id, second.id
            )));
        }
    }
    let mut wrong: Vec<Diagnostics> = Vec::new();
    for manifest in candidates {
        let tag = option.tag.as_deref().unwrap_or(&manifest.source.region);
        match read_region(&file.path, tag) {
            Ok((content, region)) => {
                return Ok(Matched { sample: &manifest.id, file, content, region });
            }
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
