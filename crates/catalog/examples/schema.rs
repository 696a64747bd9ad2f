//! Brings `manifests/schema/*.json` up to date: `cargo run -p rescind-catalog --example schema`.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (path, schema) in rescind_catalog::schemas()? {
        std::fs::write(root.join(path), schema)?;
        println!("{path}");
    }
    Ok(())
}
