//! The command line, as typed.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use rescind_emulator::engine::{Choices, Settings, Switch};
use rescind_model::{InvalidId, Partition, Service};
use rescind_report::{Format, UnknownFormat};

use crate::backend::Choice;
use crate::emulator::LogFormat;

/// Tells whether "cancel a backup" code samples are true.
///
/// Runs the sample of each language against an emulator that plays every outcome which best-effort cancellation
/// allows, and checks what the sample said, how it exited and what it left behind.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 all as expected, 1 findings, 2 usage or manifest error, 3 set-up or emulator failure, 4 nothing selected."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The folder with `manifests` and `samples` [default: the nearest one at or above the current folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// The folder that keeps dependencies and builds [default: `rescind` in the user's cache folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run samples in scenarios and report what is not as it should be
    Run(RunArgs),
    /// List the cases that `run` would run
    List(Selection),
    /// Tell which languages can run here, and how to get what is missing
    Doctor(DoctorArgs),
    /// Write reports of results that an earlier run wrote
    Report(ReportArgs),
    /// Compare results with those of a base: what regressed, what is fixed, what is new
    Compare(CompareArgs),
    /// Take results for the baseline, which later runs are compared with
    Accept(AcceptArgs),
    /// Run the emulator by itself, for any client
    Emulator(EmulatorArgs),
}

/// Which cases.
#[derive(Debug, Clone, Default, Args)]
pub struct Selection {
    /// Only these languages; a name or a glob, may be repeated
    #[arg(long, value_name = "GLOB")]
    pub language: Vec<String>,
    /// Only these services; a name or a glob, may be repeated
    #[arg(long, value_name = "GLOB")]
    pub service: Vec<String>,
    /// Only these scenarios; a name or a glob, may be repeated
    #[arg(long, value_name = "GLOB")]
    pub scenario: Vec<String>,
}

impl Selection {
    /// True if nothing is left out.
    pub fn is_everything(&self) -> bool {
        self.language.is_empty() && self.service.is_empty() && self.scenario.is_empty()
    }
}

/// The options of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Which cases.
    #[command(flatten)]
    pub selection: Selection,
    /// Take the samples' code from this Markdown page instead of the bundled samples
    #[arg(long, value_name = "FILE.md")]
    pub page: Option<PathBuf>,
    /// Which block of the page, where a language has several; from 1
    #[arg(long, value_name = "N", requires = "page", value_parser = clap::value_parser!(u32).range(1..))]
    pub block: Option<u32>,
    /// Take the code of this language from the region in a file of another repository, and run only the samples that
    /// have one; may be repeated
    #[arg(long, value_name = "[SERVICE/]LANGUAGE=FILE", conflicts_with = "page")]
    pub source: Vec<SourceFile>,
    /// How many cases at once [default: the number of cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub jobs: Option<u32>,
    /// The deadline of a case, in real seconds, in place of the manifests'
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<Duration>,
    /// Write the results to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// Also write a report in this format to this file, `-` for standard output in place of the terminal's; may be
    /// repeated
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<ReportTarget>,
    /// The emulator: `embedded` in this process, `container` for one in Docker, or the address of a running one
    #[arg(long, value_name = "embedded|container|HOST:PORT", default_value = "embedded")]
    pub emulator: Choice,
    /// The image for `--emulator container` [default: one that is made of this program]
    #[arg(long, value_name = "NAME")]
    pub image: Option<String>,
    /// Let the samples wait in real time
    #[arg(long)]
    pub no_time_warp: bool,
    /// Compare with this baseline (see `accept`), or with results: reports then tell what changed
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Run one part of the cases only, `hash:I/N`; `report` puts the results of all parts together
    #[arg(long, value_name = "hash:I/N")]
    pub partition: Option<Partition>,
    /// How often a case that fails is tried anew, at most; one that does not fail each time is flaky
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub retries: u32,
    /// The list of known failures, in place of `manifests/known-failures.yaml`
    #[arg(long, value_name = "FILE")]
    pub known_failures: Option<PathBuf>,
    /// What makes the run fail [default: regression with a baseline, any without]
    #[arg(long, value_name = "WHAT", value_enum)]
    pub fail_on: Option<FailOn>,
}

/// The file that has the code of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The service of the sample; none where the language tells it, or the region in the file.
    pub service: Option<Service>,
    /// The language of the sample.
    pub language: String,
    /// The file.
    pub path: PathBuf,
}

impl FromStr for SourceFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('=').filter(|(name, path)| !name.is_empty() && !path.is_empty());
        let (name, path) = parts.ok_or("expected LANGUAGE=FILE or SERVICE/LANGUAGE=FILE")?;
        let (service, language) = match name.split_once('/') {
            Some((service, language)) => {
                (Some(service.parse().map_err(|error: InvalidId| error.to_string())?), language)
            }
            None => (None, name),
        };
        Ok(SourceFile { service, language: language.to_owned(), path: path.into() })
    }
}

impl fmt::Display for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(service) = self.service {
            write!(f, "{service}/")?;
        }
        write!(f, "{}={}", self.language, self.path.display())
    }
}

/// A format and the file that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTarget {
    /// The format.
    pub format: Format,
    /// The file; `-` for standard output.
    pub path: PathBuf,
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
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = FailOn::Regression)]
    pub fail_on: FailOn,
    /// A report in this format goes to this file, `-` for standard output; may be repeated
    #[arg(long, value_name = "FORMAT=PATH", default_value = "terminal=-")]
    pub report: Vec<ReportTarget>,
}

/// What makes a run or a comparison fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
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

/// The options of `emulator`.
#[derive(Debug, Args)]
pub struct EmulatorArgs {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,
    /// The port for gRPC; 0 takes a free one. (Both ports answer both.)
    #[arg(long, value_name = "PORT", default_value_t = 9010)]
    pub grpc_port: u16,
    /// The port for REST; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 9020)]
    pub rest_port: u16,
    /// How long an operation takes, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub operation_time: Duration,
    /// What is there from the start: a YAML file with projects, their databases and backups
    #[arg(long, value_name = "FILE.yaml")]
    pub seed: Option<PathBuf>,
    /// A database that is there from the start, with its instance; may be repeated
    #[arg(long, value_name = "PROJECT/INSTANCE/DATABASE")]
    pub database: Vec<DatabasePath>,
    /// Write a line for each request to standard error
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub log: Option<LogFormat>,
    /// Decide what nobody has published about the services otherwise than by default; may be repeated
    #[arg(long, value_name = "NAME=VALUE", long_help = choices_help())]
    pub choice: Vec<Settings>,
    /// Listen on an address that other machines can reach; there is no authentication
    #[arg(long)]
    pub allow_remote: bool,
    /// Only tell, by the exit code, whether an emulator of this version answers at this address
    #[arg(long, value_name = "HOST:PORT")]
    pub check: Option<String>,
    /// Stop when nobody has asked anything for so many seconds [default: never]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub stop_when_idle: Option<Duration>,
}

/// The names of the choices, what each is about, and its default.
fn choices_help() -> String {
    let mut text =
        "Decide what nobody has published about the services otherwise than by default; may be repeated.\n\
                    The choices, with their defaults:\n"
            .to_owned();
    for switch in Switch::all() {
        let about: Vec<&str> = switch.about.split_whitespace().collect();
        text += &format!("  {}={}: {}\n", switch.name, switch.value(&Choices::default()), about.join(" "));
    }
    text
}

/// The options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The ids that lead to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabasePath {
    /// The project.
    pub project: String,
    /// The instance in it.
    pub instance: String,
    /// The database in that.
    pub database: String,
}

impl FromStr for DatabasePath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ids: Vec<&str> = text.split('/').collect();
        match ids.as_slice() {
            [project, instance, database] if ids.iter().all(|id| !id.is_empty()) => Ok(DatabasePath {
                project: (*project).to_owned(),
                instance: (*instance).to_owned(),
                database: (*database).to_owned(),
            }),
            _ => Err("expected PROJECT/INSTANCE/DATABASE".to_owned()),
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 86_400.0 => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("expected a number of seconds above 0 and at most 86400".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_report_has_a_format_and_a_file() {
        let target: ReportTarget = "junit=out=1.xml".parse().unwrap();
        assert_eq!((target.format, target.path), (Format::Junit, "out=1.xml".into()));
        for bad in ["junit", "junit=", "junitt=a"] {
            assert!(bad.parse::<ReportTarget>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_source_has_a_language_and_a_file_and_may_have_a_service() {
        for text in ["go=a=b.go", "spanner/python=../x/cancel.py"] {
            assert_eq!(text.parse::<SourceFile>().unwrap().to_string(), text);
        }
        for bad in ["go", "go=", "=x.go", "spaner/go=x.go"] {
            assert!(bad.parse::<SourceFile>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_database_is_named_by_three_ids() {
        let path: DatabasePath = "p/i/d".parse().unwrap();
        assert_eq!((path.project.as_str(), path.instance.as_str(), path.database.as_str()), ("p", "i", "d"));
        for bad in ["", "p/i", "p//d", "p/i/d/x"] {
            assert!(bad.parse::<DatabasePath>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_timeout_is_a_positive_number_of_seconds() {
        assert_eq!(seconds("2.5"), Ok(Duration::from_millis(2500)));
        for bad in ["0", "-1", "NaN", "inf", "1m", "1e9"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
