//! Where Cargo keeps the sources of the crate that holds the official protos.
//!
//! Cargo tells a build script nothing of the sources of its dependencies, and `cargo metadata` of this workspace wants
//! to have fetched more than a build needs: the development dependencies, whose absence it reports as an error
//! (<https://github.com/rust-lang/cargo/issues/15272>). So Cargo is asked about a probe: a package of its own that
//! depends on nothing but the crate with the protos. All that the probe needs was fetched to build this very script,
//! into a registry's cache or a vendored folder alike.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::variable::variable;

/// The crate that holds the protos, in [`FOLDER`].
const CRATE: &str = "google-cloud-googleapis";

/// Its version, as in the `[workspace.dependencies]` of the workspace. A version that Cargo has not fetched for this
/// build is not found, so that the two cannot differ unnoticed.
const VERSION: &str = "0.16.1";

/// Where the protos lie in the sources of [`CRATE`].
const FOLDER: &str = "googleapis";

/// The folder with the protos. `output` is a folder of this script's own, in which the probe is written.
pub fn find(output: &Path) -> Result<PathBuf> {
    let package = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let probe = output.join("probe");
    write_probe(&probe)?;
    // With the versions that the workspace has locked, the probe is resolved exactly as this build was.
    let lock = probe.join("Cargo.lock");
    let locked = copy_lock(&package, &lock)?;
    let metadata = match ask(&package, &probe) {
        Err(error) if locked => {
            // Unless the lock was passed over, as by `cargo install` without `--locked`. Then what has been fetched
            // decides. Where that fails too, the first error is the better explanation: it holds for most builds.
            std::fs::remove_file(&lock).with_context(|| format!("cannot remove {}", lock.display()))?;
            ask(&package, &probe).map_err(|_| error)?
        }
        answer => answer?,
    };
    folder_in(&metadata)
}

/// Copies the lock file of the workspace that `package` belongs to, if it has one.
fn copy_lock(package: &Path, copy: &Path) -> Result<bool> {
    let Some(lock) = package.ancestors().map(|folder| folder.join("Cargo.lock")).find(|lock| lock.is_file())
    else {
        return Ok(false);
    };
    // The contents alone: a lock file that is read-only must not make the copy so.
    std::fs::read(&lock)
        .and_then(|contents| std::fs::write(copy, contents))
        .with_context(|| format!("cannot copy {} to {}", lock.display(), copy.display()))?;
    Ok(true)
}

/// Writes a package that depends on [`CRATE`] alone and belongs to no workspace but its own.
fn write_probe(folder: &Path) -> Result<()> {
    let manifest = format!(
        "[package]\n\
         name = \"rescind-protos-probe\"\n\
         version = \"0.0.0\"\n\
         edition = \"2024\"\n\
         \n\
         [lib]\n\
         path = \"lib.rs\"\n\
         \n\
         [dependencies]\n\
         {CRATE} = {{ version = \"={VERSION}\", default-features = false }}\n\
         \n\
         [workspace]\n"
    );
    // What an earlier run has left must not take part in this one.
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(folder.join("lib.rs"), ""))
        .and_then(|()| std::fs::write(folder.join("Cargo.toml"), manifest))
        .with_context(|| format!("cannot write the probe to {}", folder.display()))
}

/// What Cargo knows of the probe and its dependencies, without the network.
fn ask(package: &Path, probe: &Path) -> Result<Value> {
    let mut cargo = Command::new(variable("CARGO")?);
    cargo
        // Cargo looks for its configuration, in which sources can be replaced, from here upwards.
        .current_dir(package)
        .args(["metadata", "--format-version=1", "--offline", "--manifest-path"])
        .arg(probe.join("Cargo.toml"))
        // Build dependencies are built for the host; what other platforms need was not fetched.
        .args(["--filter-platform", &variable("HOST")?])
        // These are the flags of the target, whose processor rustc may not know when it is asked about the host.
        .env("CARGO_ENCODED_RUSTFLAGS", "");
    let output = cargo.output().with_context(|| format!("cannot start {}", cargo.get_program().display()))?;
    if !output.status.success() {
        bail!(
            "cannot find the sources of {CRATE} {VERSION}, which hold the official protos: run `cargo fetch --locked` \
             (or name the vendored sources in `.cargo/config.toml`, as `cargo vendor` prints them), then build again; \
             Cargo says:\n{}",
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    serde_json::from_slice(&output.stdout).context("what `cargo metadata` prints is not JSON")
}

/// The folder with the protos, by what Cargo says of the probe.
fn folder_in(metadata: &Value) -> Result<PathBuf> {
    let manifest = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == CRATE))
        .and_then(|package| package["manifest_path"].as_str())
        .with_context(|| format!("`cargo metadata` does not say where {CRATE} {VERSION} lies"))?;
    let folder = Path::new(manifest).with_file_name(FOLDER);
    ensure!(folder.is_dir(), "{manifest}: {CRATE} {VERSION} has no folder `{FOLDER}` beside its manifest");
    Ok(folder)
}
