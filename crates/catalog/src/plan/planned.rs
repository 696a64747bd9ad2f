//! A selected sample, with the code that it is to be run with.

use std::sync::Arc;

use rescind_model::Location;

use super::cases::{PlannedSample, SampleCode};
use super::error::PlanError;
use super::select::Selected;
use crate::manifest::Manifest;
use crate::region::Region;
use crate::source::read_region;

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
