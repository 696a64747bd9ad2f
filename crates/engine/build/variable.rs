//! What Cargo tells a build script.

use anyhow::{Context, Result};

/// The value of one of its variables.
///
/// # Errors
/// Cargo did not set it.
pub fn variable(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("Cargo did not set {name} for the build script"))
}
