//! A selected sample, with the code that it is to be run with.

use std::sync::Arc;

use rescind_model::Location;

use super::cases::{PlannedSample, SampleCode};
use super::error::PlanError;
use super::select::Selected;
use crate::imports::{self, Import};
use crate::manifest::Manifest;
use crate::page::canonical_language;
use crate::published::{LineOrigins, PublishedCode};
use crate::region::Region;
use crate::source::{diagnostic, read_region};

/// The file that holds a sample's own code, and the region in it.
pub fn region_of(manifest: &Manifest) -> Result<(Vec<u8>, Region), PlanError> {
    let source = &manifest.source;
    Ok(read_region(&source.folder.join(&source.file), &source.region)?)
}

/// A selected sample with its code.
pub fn planned(sample: &Selected<'_>, code: SampleCode, location: Option<Location>) -> PlannedSample {
    PlannedSample {
        manifest: Arc::new(sample.manifest.clone()),
        code,
        location,
        scenarios: sample.scenarios.iter().map(|scenario| Arc::new((*scenario).clone())).collect(),
    }
}

/// Published code in the place of a sample's own, and the imports that it needs of those that its file has outside it.
///
/// # Errors
/// The sample's own file has no region, or one in several parts.
pub fn published(
    manifest: &Manifest,
    code: &PublishedCode,
    outside: &[(&[u8], u32)],
    origin: String,
) -> Result<SampleCode, PlanError> {
    let (own, region) = region_of(manifest)?;
    let source = &manifest.source;
    let replaced = region
        .replace(&own, &code.bytes)
        .map_err(|error| diagnostic(&source.folder.join(&source.file), &own, &source.region, &error))
        .map_err(crate::Diagnostics::from)?;
    let language = canonical_language(&manifest.id.language);
    let around: Vec<&[u8]> = region.outside(&own).into_iter().map(|(piece, _)| piece).collect();
    let imports = imports::carried(&language, outside, &code.bytes, &around);
    let before = around.first().copied().unwrap_or_default();
    let at = if imports.is_empty() { before.len() } else { imports::place(&language, before) };
    let mut lines = LineOrigins::default();
    let carried = text_of(&imports, line_at(&own, at), &mut lines);
    let shift = u32::try_from(carried.matches('\n').count()).unwrap_or(u32::MAX);
    lines.extend(replaced.lines.first.saturating_add(shift), &code.lines);
    let file_content = [&replaced.bytes[..at], carried.as_bytes(), &replaced.bytes[at..]].concat();
    Ok(SampleCode::Published { file_content, lines, origin })
}

/// The statements as they stand in the project's file from this line on.
fn text_of(imports: &[Import], mut line: u32, lines: &mut LineOrigins) -> String {
    for import in imports {
        let count = u32::try_from(import.text.matches('\n').count()).unwrap_or(u32::MAX);
        let origins: Vec<u32> = (0..count).map(|index| import.line.saturating_add(index)).collect();
        lines.extend(line, &origins);
        line = line.saturating_add(count);
    }
    imports.iter().map(|import| import.text.as_str()).collect()
}

fn line_at(text: &[u8], at: usize) -> u32 {
    crate::Lines::of(text.get(..at).unwrap_or_default(), b"").first
}
