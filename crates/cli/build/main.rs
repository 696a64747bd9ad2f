//! Puts the built-in catalogue into the binary: a table of every file below `manifests` and `samples`.
//!
//! What git ignores (dependencies that somebody installed, what a build left) is left out by the `.gitignore` files
//! alone, so that a tree without git is built alike. The table is sorted, and a digest names its content.

// Cargo reads what a build script prints.
#![allow(clippy::disallowed_macros)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use ignore::WalkBuilder;
use sha2::{Digest, Sha256};

/// The folders of the catalogue, below the root of the repository.
const FOLDERS: [&str; 2] = ["manifests", "samples"];

fn main() -> Result<()> {
    let package = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let root = package.join("../..");
    let root = root.canonicalize().with_context(|| root.display().to_string())?;
    println!("cargo:rerun-if-changed={}", package.join("build").display());
    println!("cargo:rerun-if-changed={}", root.join(".gitignore").display());
    for folder in FOLDERS {
        let folder = root.join(folder);
        ensure!(folder.is_dir(), "{}: there is no such folder; the binary holds its files", folder.display());
        // Also what is added, removed or made executable in it.
        println!("cargo:rerun-if-changed={}", folder.display());
    }
    let table = table(&files(&root)?)?;
    let file = PathBuf::from(variable("OUT_DIR")?).join("catalogue.rs");
    fs::write(&file, table).with_context(|| file.display().to_string())
}

/// The files of the catalogue by their path below the root, with forward slashes.
fn files(root: &Path) -> Result<BTreeMap<String, PathBuf>> {
    // Settings of the user, and files outside the repository, must not decide what belongs to it.
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .parents(false)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .filter_entry(|entry| {
            entry.depth() != 1 || entry.file_name().to_str().is_some_and(|name| FOLDERS.contains(&name))
        })
        .build();
    let mut files = BTreeMap::new();
    for entry in walk {
        let entry = entry.with_context(|| root.display().to_string())?;
        let path = entry.path();
        let Some(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            continue;
        }
        if !kind.is_file() {
            bail!("{}: the built-in catalogue holds files only; put the file itself here", path.display());
        }
        let name = path.strip_prefix(root)?.to_str();
        let name = name.with_context(|| format!("{}: the name is not UTF-8; rename it", path.display()))?;
        files.insert(name.to_owned(), path.to_owned());
    }
    Ok(files)
}

/// The table as Rust source: the digest, and each file with its name, whether it is executable, and its bytes.
fn table(files: &BTreeMap<String, PathBuf>) -> Result<String> {
    let mut digest = Sha256::new();
    let mut rows = String::new();
    for (name, path) in files {
        let bytes = fs::read(path).with_context(|| path.display().to_string())?;
        let executable = is_executable(path)?;
        // Each with its length: no two catalogues have the same bytes.
        for field in [name.as_bytes(), &[u8::from(executable)], &bytes] {
            digest.update((field.len() as u64).to_le_bytes());
            digest.update(field);
        }
        let path = path.to_str().with_context(|| format!("{}: the path is not UTF-8", path.display()))?;
        writeln!(
            rows,
            "    File {{ name: {name:?}, executable: {executable}, bytes: include_bytes!({path:?}) }},"
        )?;
    }
    let mut key = String::new();
    for byte in &digest.finalize()[..10] {
        write!(key, "{byte:02x}")?;
    }
    Ok(format!("const DIGEST: &str = {key:?};\nconst FILES: &[File] = &[\n{rows}];\n"))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = fs::metadata(path).with_context(|| path.display().to_string())?;
    Ok(metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> Result<bool> {
    bail!("rescind is built on Unix, where a file says whether it is executable")
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("Cargo did not set {name} for the build script"))
}
