//! `cargo xtask protos`.

use anyhow::{Context, Result};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use serde_json::Value;

use crate::commands;

/// The crate that the official protos come with.
const CRATE: &str = "google-cloud-googleapis";

/// Prints where the protos come from, and each file that the engine is generated from with the number of its messages,
/// services and methods: what changes when the version does.
pub fn print() -> Result<()> {
    let arguments = ["metadata", "--format-version=1", "--locked"];
    let metadata = commands::printed(&mut commands::cargo(&arguments)?)?;
    let metadata: Value = serde_json::from_str(&metadata).context("what `cargo metadata` prints")?;
    let packages = metadata["packages"].as_array().context("`cargo metadata` names no packages")?;
    let package = packages.iter().find(|package| package["name"] == CRATE);
    let package = package.with_context(|| format!("the workspace does not depend on {CRATE}"))?;
    let text = |key: &str| package[key].as_str().unwrap_or("(nothing)");
    println!("{CRATE} {}, {}", text("version"), text("license"));
    println!("{}\n", text("manifest_path").replace("Cargo.toml", "googleapis"));
    print!("{}", table(rescind_engine::proto::DESCRIPTORS)?);
    Ok(())
}

/// A line for each file of a descriptor set.
fn table(descriptors: &[u8]) -> Result<String> {
    let set = FileDescriptorSet::decode(descriptors).context("the engine's descriptors")?;
    let mut lines: Vec<String> = set
        .file
        .iter()
        .map(|file| {
            let methods: usize = file.service.iter().map(|service| service.method.len()).sum();
            format!(
                "{:70} {:3} messages {:2} services {:3} methods\n",
                file.name(),
                file.message_type.len(),
                file.service.len(),
                methods
            )
        })
        .collect();
    lines.sort();
    Ok(lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_a_line_with_what_is_in_it() {
        let table = table(rescind_engine::proto::DESCRIPTORS).unwrap();
        let line = table.lines().find(|line| line.contains("spanner_database_admin.proto")).unwrap();
        assert!(!line.contains(" 0 methods"), "{line}");
        assert!(table.contains("google/longrunning/operations.proto"), "{table}");
    }
}
