//! A selected sample, with the code that it is to be run with.

use std::sync::Arc;

use rescind_catalog::{Code, Manifest, PlannedSample, Region, read_region};
use rescind_model::Location;

use crate::failure::Failure;
use crate::select::Selected;

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
