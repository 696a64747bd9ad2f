//! `rescind report`, and how every command reads results and writes reports.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use rescind_model::{Results, exit};
use rescind_report::{Format, RenderError, json};

use crate::args::{ReportArgs, ReportTarget};
use crate::failure::Failure;

/// Writes the reports of a results file.
///
/// # Errors
/// A file that holds no results, or one that cannot be written.
pub fn report(args: &ReportArgs) -> Result<u8, Failure> {
    let results = read(&args.results)?;
    write(&args.report, |format| format.render(&results))?;
    Ok(exit::OK)
}

/// Reads a results file.
///
/// # Errors
/// A file that is not there, or that holds no results of this version's schema.
pub fn read(path: &Path) -> Result<Results, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| name.to_string()).map_err(Failure::usage)?;
    json::read(&text).map_err(|error| Failure::usage(anyhow!("{name}: {error}")))
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
        let done = render(*format).map_err(anyhow::Error::from).and_then(|text| {
            if path == Path::new("-") {
                anstream::print!("{text}");
                return Ok(());
            }
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
        });
        if let Err(error) = done {
            let failure =
                if error.is::<RenderError>() { Failure::usage(error) } else { Failure::setup(error) };
            failed.get_or_insert(failure);
        }
    }
    failed.map_or(Ok(()), Err)
}
