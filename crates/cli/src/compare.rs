//! `rescind compare`, and the policy that makes a comparison fail.

use std::path::PathBuf;

use rescind_report::Format;
use rescind_report::compare::{self, Comparison};
use rescind_report::json::BaseFile;

use crate::args::{CompareArgs, FailOnArg};
use crate::failure::Failure;
use crate::report;

/// Compares a results file with a base and reports what differs.
///
/// # Errors
/// A file that holds no results, or a report that cannot be written.
pub fn compare(args: &CompareArgs) -> Result<u8, Failure> {
    let reads: Vec<&PathBuf> = std::iter::once(&args.base).chain(&args.head).collect();
    report::check(&args.report, &reads)?;
    let (base, mut head) = (report::read_base(&args.base)?, report::read_all(&args.head)?);
    let notice = check_source(&base, &head.environment.source)?;
    head.notices.extend(notice);
    let comparison = Comparison::of(&base, &head);
    let render = |format: Format| format.render_comparison(&comparison);
    let written = report::write(&args.report, render);
    report::print(&args.report, render, String::new)?;
    written?;
    Ok(comparison.exit_code(args.fail_on.into()))
}

/// Refuses a baseline of other code. Results of other code may be meant: a notice then says so.
///
/// # Errors
/// The baseline was accepted of another source.
pub fn check_source(base: &BaseFile, source: &str) -> Result<Option<String>, Failure> {
    match base {
        BaseFile::Baseline(baseline) => baseline.check_source(source).map(|()| None).map_err(Failure::usage),
        BaseFile::Results(results) => {
            let other = &results.environment.source;
            Ok((other != source)
                .then(|| format!("compared with the code of `{other}`; this is of `{source}`")))
        }
    }
}

impl From<FailOnArg> for compare::FailOn {
    fn from(typed: FailOnArg) -> compare::FailOn {
        match typed {
            FailOnArg::Regression => compare::FailOn::Regression,
            FailOnArg::Any => compare::FailOn::Any,
            FailOnArg::Never => compare::FailOn::Never,
        }
    }
}
