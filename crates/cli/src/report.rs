//! `rescind report`, and how every command reads results and writes reports.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use rescind_catalog::MostBytes;
use rescind_model::{Results, exit};
use rescind_report::json::{self, BaseFile, ReadError};
use rescind_report::merge::merge;
use rescind_report::{Format, RenderError};

use crate::args::{OutputArgs, ReportArgs, ReportTarget};
use crate::failure::Failure;
use crate::{files, output};

/// Writes the reports of a results file, or of all parts of one run.
///
/// # Errors
/// A file that holds no results, parts of different runs, or a report that cannot be written.
pub fn report(args: &ReportArgs) -> Result<u8, Failure> {
    check(&args.report, &args.results.iter().collect::<Vec<_>>())?;
    let results = read_all(&args.results)?;
    let written = write(&args.report, |format| format.render(&results));
    print(&args.report, |format| format.render(&results), String::new)?;
    written?;
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
    let text =
        MostBytes::RESULTS.read_text(path).with_context(|| name.to_string()).map_err(Failure::usage)?;
    read(&text).map_err(|error| Failure::usage(anyhow!("{name}: {error}")))
}

/// The reports that are asked for, of a command that reads these files.
///
/// # Errors
/// As [`check`].
pub fn targets(output: &OutputArgs, reads: &[&PathBuf]) -> Result<Vec<ReportTarget>, Failure> {
    let json = output.results.iter().map(|path| ReportTarget { format: Format::Json, path: path.clone() });
    let targets: Vec<ReportTarget> = json.chain(output.report.iter().cloned()).collect();
    check(&targets, reads)?;
    Ok(targets)
}

/// Refuses places that no report can be written to, or only over another one or over what the command reads, before there
/// is one to lose.
///
/// # Errors
/// A folder in the place of a file, a file in a folder that is not there, or one place for two.
pub fn check(targets: &[ReportTarget], reads: &[&PathBuf]) -> Result<(), Failure> {
    let refused = |message: String| Err(Failure::usage(anyhow!(message)));
    for (index, target @ ReportTarget { path, .. }) in targets.iter().enumerate() {
        let place = path.display();
        if let Some(other) = targets[..index].iter().find(|other| other.clashes_with(target)) {
            let (one, other) = (other.format, target.format);
            return refused(match target.is_printed() {
                true => format!(
                    "{one} and {other} cannot both go to standard output; name a file for one of them"
                ),
                false => format!(
                    "{one} and {other} cannot both be written to {place}; name another file for one of them"
                ),
            });
        }
        if target.is_printed() {
            continue;
        }
        if reads.iter().any(|read| files::are_same(read, path)) {
            return refused(format!(
                "{} would be written over {place}, which is read; name another file",
                target.format
            ));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if path.is_dir() {
            return refused(format!("{place} is a folder; name a file in it"));
        }
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return refused(format!("cannot write {place}: there is no folder {}", folder.display()));
        }
    }
    Ok(())
}

/// Writes each report that has a file to it. All are written, though one fails; and nothing was printed before, so that a
/// reader that does not read keeps nobody from them.
///
/// # Errors
/// The first report that could not be made or written.
pub fn write(
    targets: &[ReportTarget],
    render: impl Fn(Format) -> Result<String, RenderError>,
) -> Result<(), Failure> {
    let mut failed = None;
    for ReportTarget { format, path } in targets.iter().filter(|target| !target.is_printed()) {
        let done = render(*format).map_err(Failure::usage).and_then(|text| {
            let written = files::replace(path, &text);
            written.with_context(|| format!("cannot write {}", path.display())).map_err(Failure::setup)
        });
        if let Err(failure) = done {
            failed.get_or_insert(failure);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Prints the report that goes to standard output; where there is none, what `otherwise` renders.
///
/// # Errors
/// It cannot be made, or standard output cannot be written to.
pub fn print(
    targets: &[ReportTarget],
    render: impl Fn(Format) -> Result<String, RenderError>,
    otherwise: impl FnOnce() -> String,
) -> Result<(), Failure> {
    match targets.iter().find(|target| target.is_printed()) {
        Some(ReportTarget { format, .. }) => {
            output::print_as_it_is(&render(*format).map_err(Failure::usage)?)
        }
        None => output::print(&otherwise()),
    }
}
