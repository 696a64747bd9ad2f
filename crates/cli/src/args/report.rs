//! The options of the commands that work on results: `report`, `compare`, `accept`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};
use rescind_report::{Format, UnknownFormat};

use crate::files;

/// A format and the file that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTarget {
    /// The format.
    pub format: Format,
    /// The file; `-` for standard output.
    pub path: PathBuf,
}

impl ReportTarget {
    /// True if it goes to standard output.
    pub fn is_printed(&self) -> bool {
        self.path == Path::new("-")
    }

    /// True if both go to one place, where one of them would be lost.
    pub fn clashes_with(&self, other: &ReportTarget) -> bool {
        match (self.is_printed(), other.is_printed()) {
            (true, true) => true,
            (false, false) => files::are_same(&self.path, &other.path),
            _ => false,
        }
    }
}

impl FromStr for ReportTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, path) =
            text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or("expected FORMAT=PATH")?;
        let format = format.parse().map_err(|error: UnknownFormat| error.to_string())?;
        Ok(ReportTarget { format, path: path.into() })
    }
}

/// The options of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The results file, or those of all parts of one run
    #[arg(value_name = "RESULTS", required = true)]
    pub results: Vec<PathBuf>,
    /// A report in this format goes to this file, `-` for standard output; may be repeated
    #[arg(long, value_name = "FORMAT=PATH", default_value = "terminal=-")]
    pub report: Vec<ReportTarget>,
    /// Fail as the run itself would have
    #[arg(long)]
    pub exit_code: bool,
}

/// The options of `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The base: a results file or a baseline
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// The results file of the change, or those of all parts of one run
    #[arg(value_name = "HEAD", required = true)]
    pub head: Vec<PathBuf>,
    /// What makes the comparison fail
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = FailOnArg::Regression)]
    pub fail_on: FailOnArg,
    /// A report in this format goes to this file, `-` for standard output; may be repeated
    #[arg(long, value_name = "FORMAT=PATH", default_value = "terminal=-")]
    pub report: Vec<ReportTarget>,
}

/// What makes a run or a comparison fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOnArg {
    /// A case that regressed, a new one that fails, or a list of known failures that is wrong
    Regression,
    /// Any finding, as without a base
    Any,
    /// Nothing that is known of the samples; only a run that could not begin or was interrupted
    Never,
}

/// The options of `accept`.
#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// The results file, or those of all parts of one run
    #[arg(value_name = "RESULTS", required = true)]
    pub results: Vec<PathBuf>,
    /// The baseline, which is written or updated
    #[arg(long, value_name = "FILE", default_value = "rescind-baseline.json")]
    pub baseline: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_a_format_and_a_file() {
        let target: ReportTarget = "junit=out=1.xml".parse().unwrap();
        assert_eq!((target.format, target.path), (Format::Junit, "out=1.xml".into()));
        for bad in ["junit", "junit=", "junitt=a"] {
            assert!(bad.parse::<ReportTarget>().is_err(), "{bad}");
        }
    }
}
