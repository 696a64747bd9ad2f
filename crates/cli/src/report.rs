//! `rescind report`, and how every command reads results and writes reports.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use rescind_model::{Results, exit};
use rescind_report::json::{self, BaseFile, ReadError};
use rescind_report::merge::merge;
use rescind_report::{Format, RenderError};

use crate::args::{OutputArgs, ReportArgs, ReportTarget};
use crate::failure::Failure;
use crate::output::print;

/// Writes the reports of a results file, or of all parts of one run.
///
/// # Errors
/// A file that holds no results, parts of different runs, or a report that cannot be written.
pub fn report(args: &ReportArgs) -> Result<u8, Failure> {
    check(&args.report)?;
    let results = read_all(&args.results)?;
    write(&args.report, |format| format.render(&results))?;
    Ok(if args.exit_code { results.exit_code() } else { exit::OK })
}

/// Reads results, and merges those of several files.
///
/// # Errors
/// As [`read`], and files that are not all the parts of one run.
pub fn read_all(paths: &[PathBuf]) -> Result<Results, Failure> {
    let mut files = Vec::new();
    for path in paths {
        files.push((path.display().to_string(), read(path)?));
    }
    merge(files).map_err(Failure::usage)
}

/// Reads a results file.
///
/// # Errors
/// A file that is not there, or that holds no results of this version's schema.
fn read(path: &Path) -> Result<Results, Failure> {
    read_with(path, json::read)
}

/// Reads the base of a comparison: results or a baseline.
///
/// # Errors
/// A file that is not there, or that holds neither.
pub fn read_base(path: &Path) -> Result<BaseFile, Failure> {
    read_with(path, json::read_base)
}

fn read_with<T>(path: &Path, read: impl FnOnce(&str) -> Result<T, ReadError>) -> Result<T, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| name.to_string()).map_err(Failure::usage)?;
    read(&text).map_err(|error| Failure::usage(anyhow!("{name}: {error}")))
}

/// The reports that are asked for.
///
/// # Errors
/// As [`check`].
pub fn targets(output: &OutputArgs) -> Result<Vec<ReportTarget>, Failure> {
    let json = output.results.iter().map(|path| ReportTarget { format: Format::Json, path: path.clone() });
    let targets: Vec<ReportTarget> = json.chain(output.report.iter().cloned()).collect();
    check(&targets)?;
    Ok(targets)
}

/// Prints what is for the terminal, unless a report takes its place.
///
/// # Errors
/// Standard output cannot be written to.
pub fn print_unless(targets: &[ReportTarget], render: impl FnOnce() -> String) -> Result<(), Failure> {
    if targets.iter().any(|target| target.path == Path::new("-")) { Ok(()) } else { print(&render()) }
}

/// Refuses places that no report can be written to, before there is one to lose.
///
/// # Errors
/// A folder in the place of a file, or a file in a folder that is not there.
pub fn check(targets: &[ReportTarget]) -> Result<(), Failure> {
    for ReportTarget { path, .. } in targets.iter().filter(|target| target.path != Path::new("-")) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let place = path.display();
        if path.is_dir() {
            return Err(Failure::usage(anyhow!("{place} is a folder; name a file in it")));
        }
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(Failure::usage(anyhow!(
                "cannot write {place}: there is no folder {}",
                folder.display()
            )));
        }
    }
    Ok(())
}

/// Writes each report to its place. All are written, though one fails.
///
/// # Errors
/// The first report that could not be made or written.
pub fn write(
    targets: &[ReportTarget],
    render: impl Fn(Format) -> Result<String, RenderError>,
) -> Result<(), Failure> {
    let mut failed = None;
    for ReportTarget { format, path } in targets {
        let done = render(*format).map_err(Failure::usage).and_then(|text| {
            if path == Path::new("-") {
                return print(&text);
            }
            let written = std::fs::write(path, text);
            written.with_context(|| format!("cannot write {}", path.display())).map_err(Failure::setup)
        });
        if let Err(failure) = done {
            failed.get_or_insert(failure);
        }
    }
    failed.map_or(Ok(()), Err)
}
