//! Brings `docs/schema/*.json` up to date: `cargo run -p rescind-report --example results-schema`.

use std::error::Error;
use std::path::Path;

use rescind_report::json;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
    std::fs::write(folder.join("results.schema.json"), json::schema()?)?;
    std::fs::write(folder.join("baseline.schema.json"), json::baseline_schema()?)?;
    Ok(())
}
