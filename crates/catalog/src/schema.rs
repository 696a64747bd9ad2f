//! The JSON Schemas of services, manifests, scenarios, the list of known failures, seeds and `rescind.yaml`, for
//! editors.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};

use crate::raw::{RawKnownFailures, RawManifest, RawScenario};
use crate::seeds::RawSeeds;
use crate::service::RawService;
use crate::team::RawTeam;

/// The committed schema files: their paths relative to the root of the repository, and their contents.
///
/// They are made from the types that files are read into, so that what an editor accepts is what the loader reads.
///
/// # Errors
/// A schema that cannot be written as JSON.
pub fn schemas() -> Result<[(&'static str, String); 6], serde_json::Error> {
    Ok([
        ("manifests/schema/service.schema.json", of::<RawService>()?),
        ("manifests/schema/manifest.schema.json", of::<RawManifest>()?),
        ("manifests/schema/scenario.schema.json", of::<RawScenario>()?),
        ("manifests/schema/known-failures.schema.json", of::<RawKnownFailures>()?),
        ("manifests/schema/seed.schema.json", of::<RawSeeds>()?),
        ("manifests/schema/rescind.schema.json", of::<RawTeam>()?),
    ])
}

fn of<T: JsonSchema>() -> Result<String, serde_json::Error> {
    // Editors that know `yaml-language-server` headers read draft 7 best.
    let generator = SchemaGenerator::new(SchemaSettings::draft07());
    Ok(serde_json::to_string_pretty(&generator.into_root_schema_for::<T>())? + "\n")
}
