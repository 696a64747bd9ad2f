//! `cargo xtask schemas`.

use anyhow::{Context, Result};
use rescind_report::json;

use crate::commands;

/// Writes every committed JSON Schema anew. Tests hold that what is committed is what this writes.
pub fn write() -> Result<()> {
    let root = commands::repository()?;
    let read = rescind_catalog::schemas().context("the schemas of manifests, scenarios and seeds")?;
    let written = [
        ("docs/schema/results.schema.json", json::schema().context("the schema of results")?),
        ("docs/schema/baseline.schema.json", json::baseline_schema().context("the schema of baselines")?),
    ];
    for (path, schema) in read.into_iter().chain(written) {
        std::fs::write(root.join(path), schema).with_context(|| path.to_owned())?;
        println!("{path}");
    }
    Ok(())
}
