//! `cargo xtask dist`: the archive of a release.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::{Compression, GzBuilder};
use ring::digest::{SHA256, digest};
use tar::{Builder, EntryType, Header};

use crate::commands;

/// The documents of an archive, beside the binary.
const DOCUMENTS: [&str; 5] = ["CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "docs"];

/// The time of every file: the first that all archive formats know, 1980-01-01. The true ones would make each archive
/// another one.
const TIME: u64 = 315_532_800;

/// What to put into the archive, and where to put it.
#[derive(Debug, clap::Args)]
pub struct DistArgs {
    /// A binary that is built already [default: build it for release]
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// The target that the binary is for [default: this machine's]
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// The folder for the archive [default: target/dist]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Makes `rescind-VERSION-TARGET.tar.gz` and `rescind-VERSION-TARGET.tar.gz.sha256`, and prints their paths. The same
/// files give the same archive, byte for byte.
pub fn make(args: &DistArgs) -> Result<()> {
    let repository = commands::repository()?;
    let target = match &args.target {
        Some(target) => target.clone(),
        None => host()?,
    };
    let binary = match &args.binary {
        Some(binary) => binary.clone(),
        None => build(&repository, args.target.as_deref())?,
    };
    let output = args.output.clone().unwrap_or_else(|| repository.join("target/dist"));
    fs::create_dir_all(&output).with_context(|| output.display().to_string())?;

    let name = format!("rescind-{}-{target}", env!("CARGO_PKG_VERSION"));
    let archive = output.join(format!("{name}.tar.gz"));
    write(&archive, &name, &binary, &repository).with_context(|| archive.display().to_string())?;

    let bytes = fs::read(&archive).with_context(|| archive.display().to_string())?;
    let sum: String = digest(&SHA256, &bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let checksum = output.join(format!("{name}.tar.gz.sha256"));
    // As sha256sum(1) writes it, so that `sha256sum --check` reads it.
    fs::write(&checksum, format!("{sum}  {name}.tar.gz\n"))
        .with_context(|| checksum.display().to_string())?;
    println!("{}\n{}", archive.display(), checksum.display());
    Ok(())
}

/// This machine, as the compiler calls it.
fn host() -> Result<String> {
    let said = commands::printed(std::process::Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` does not name its host")
}

/// Builds the binary for release, and says where it is.
fn build(repository: &Path, target: Option<&str>) -> Result<PathBuf> {
    let folder = repository.join("target");
    let mut command =
        commands::cargo(&["build", "--release", "--locked", "--package", "rescind", "--target-dir"])?;
    command.arg(&folder);
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    commands::succeed(&mut command)?;
    Ok(target.map_or(folder.clone(), |target| folder.join(target)).join("release/rescind"))
}

fn write(archive: &Path, name: &str, binary: &Path, repository: &Path) -> Result<()> {
    // Without a time and a name in its header.
    let packed = GzBuilder::new().write(BufWriter::new(File::create(archive)?), Compression::default());
    let mut builder = Builder::new(packed);
    let mut files = Vec::new();
    for document in DOCUMENTS {
        collect(repository, Path::new(document), &mut files)?;
    }
    files.sort();
    for file in files {
        let path = repository.join(&file);
        append(&mut builder, &Path::new(name).join(&file), &path, 0o644)?;
    }
    append(&mut builder, &Path::new(name).join("rescind"), binary, 0o755)?;
    builder.into_inner()?.finish()?.flush()?;
    Ok(())
}

/// The files at a path below the repository, by their paths there. Hidden ones are an editor's, or the system's.
fn collect(repository: &Path, path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let full = repository.join(path);
    let kind = fs::symlink_metadata(&full).with_context(|| full.display().to_string())?.file_type();
    if kind.is_dir() {
        for entry in fs::read_dir(&full).with_context(|| full.display().to_string())? {
            let name = entry?.file_name();
            if !name.to_string_lossy().starts_with('.') {
                collect(repository, &path.join(name), files)?;
            }
        }
    } else if kind.is_file() {
        files.push(path.to_owned());
    } else {
        bail!("{}: an archive holds files and folders only", full.display());
    }
    Ok(())
}

/// Adds a file as root's, with a fixed time and mode: nothing of the machine that makes the archive.
fn append(builder: &mut Builder<impl Write>, name: &Path, path: &Path, mode: u32) -> Result<()> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(file.metadata().with_context(|| path.display().to_string())?.len());
    header.set_mode(mode);
    header.set_mtime(TIME);
    header.set_uid(0);
    header.set_gid(0);
    builder.append_data(&mut header, name, file).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use flate2::read::GzDecoder;

    use super::*;

    fn made(folder: &Path, binary: &Path) -> Vec<u8> {
        let args = DistArgs {
            binary: Some(binary.to_owned()),
            target: Some("some-target".to_owned()),
            output: Some(folder.to_owned()),
        };
        make(&args).unwrap();
        fs::read(folder.join(concat!("rescind-", env!("CARGO_PKG_VERSION"), "-some-target.tar.gz"))).unwrap()
    }

    #[test]
    fn the_same_files_give_the_same_archive_with_nothing_of_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("program");
        fs::write(&binary, "a program").unwrap();
        let first = made(&folder.path().join("first"), &binary);
        // Written again, it has another time.
        fs::remove_file(&binary).unwrap();
        fs::write(&binary, "a program").unwrap();
        assert!(first == made(&folder.path().join("second"), &binary));

        let mut archive = tar::Archive::new(GzDecoder::new(first.as_slice()));
        let mut paths = Vec::new();
        for entry in archive.entries().unwrap() {
            let entry = entry.unwrap();
            let (header, path) = (entry.header(), entry.path().unwrap().into_owned());
            assert_eq!((header.uid().unwrap(), header.mtime().unwrap()), (0, TIME));
            assert_eq!(header.mode().unwrap(), if path.ends_with("rescind") { 0o755 } else { 0o644 });
            paths.push(path);
        }
        assert!(paths.iter().any(|path| path.ends_with("docs/building.md")), "{paths:?}");
        assert!(paths[..paths.len() - 1].is_sorted(), "{paths:?}");
    }

    #[test]
    fn a_binary_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let args = DistArgs {
            binary: Some(folder.path().join("none")),
            target: Some("t".to_owned()),
            output: Some(folder.path().to_owned()),
        };
        let error = format!("{:#}", make(&args).unwrap_err());
        assert!(error.contains("none: No such file"), "{error}");
    }
}
