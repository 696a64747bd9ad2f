//! The options of `run`, and those that others share with it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use rescind_catalog::{BlockChoice, SourceFile};
use rescind_model::{ClockKind, Endpoint, Partition};
use rescind_runner::{ControlAt, RunOptions};

use super::backend::EmulatorChoice;
use super::duration::duration;
use super::token::token;
use super::{FailOnArg, ReportTarget, SelectionArgs};

/// Where the samples' code is from.
#[derive(Debug, Clone, Default, Args)]
pub struct CodeArgs {
    /// Take the samples' code from this page (Markdown, MDX, HTML, reStructuredText, AsciiDoc) instead of the bundled
    /// samples; may be repeated
    #[arg(long, value_name = "FILE", group = "published")]
    pub page: Vec<PathBuf>,
    /// What is published in these languages (names or globs; without any, in all) need not be run; what is not is noted
    #[arg(
        long,
        value_name = "LANGUAGE,...",
        requires = "published",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "*",
        value_delimiter = ','
    )]
    pub allow_uncovered: Vec<String>,
    /// Which block of a page, where a language has several: its number from 1, or `joined` for all of them as one
    #[arg(long, value_name = "N|joined", requires = "page")]
    pub block: Option<BlockChoice>,
    /// Take the code of this language from the region in a file of another repository, and run only the samples that
    /// have one; the tag may be another than the sample's own, the file a glob; may be repeated
    #[arg(long, value_name = "[SERVICE/]LANGUAGE=FILE[#TAG]", conflicts_with = "page", group = "published")]
    pub source: Vec<SourceFile>,
    /// The list of known failures, in place of `manifests/known-failures.yaml`
    #[arg(long, value_name = "FILE")]
    pub known_failures: Option<PathBuf>,
}

/// How cases are run.
#[derive(Debug, Clone, Default, Args)]
pub struct CaseArgs {
    /// How many cases at once [default: the number of cores; eight times that where time is real]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub jobs: Option<u32>,
    /// The clock that the samples go by: `virtual`, which jumps over their waiting, or `real` [default: virtual, where
    /// there is a closed world; `doctor` tells]
    #[arg(long, value_name = "virtual|real")]
    pub clock: Option<ClockKind>,
    /// The deadline of a case by that clock, in place of the manifests': `90s`, `2m` [default: where time is real, 60s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub deadline: Option<Duration>,
    /// The processor time that a case may use, in place of the manifests': `90s`, `2m`
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub processor_time: Option<Duration>,
    /// How the samples reach the service, in place of what the manifests say: by the emulator's variable, or by none, under
    /// the service's own host name
    #[arg(long, value_name = "emulator|service")]
    pub endpoint: Option<Endpoint>,
}

impl CaseArgs {
    /// What is asked for by it, of cases that are tried anew so often.
    pub fn resolved(&self, retries: u32) -> RunOptions {
        RunOptions {
            jobs: self.jobs.and_then(|jobs| usize::try_from(jobs).ok()),
            clock: self.clock,
            deadline: self.deadline,
            processor_time: self.processor_time,
            endpoint: self.endpoint,
            retries,
        }
    }
}

/// Where results go, besides the terminal.
#[derive(Debug, Clone, Default, Args)]
pub struct OutputArgs {
    /// Write the results to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// Also write a report in this format to this file, `-` for standard output in place of the terminal's; may be
    /// repeated
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<ReportTarget>,
}

/// The options of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Which cases.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// With which code.
    #[command(flatten)]
    pub code: CodeArgs,
    /// How.
    #[command(flatten)]
    pub cases: CaseArgs,
    /// Where to report.
    #[command(flatten)]
    pub output: OutputArgs,
    /// The emulator: `embedded` in this process, `container` for one in Docker, or the address of a running one
    #[arg(long, value_name = "embedded|container|HOST:PORT", default_value = "embedded")]
    pub emulator: EmulatorChoice,
    /// Where the control API of `--emulator HOST:PORT` listens [default: port 9030 of the same host]
    #[arg(long, value_name = "HOST:PORT|unix:PATH", env = "RESCIND_CONTROL")]
    pub control: Option<ControlAt>,
    /// The token that it wants, as the emulator printed it
    #[arg(long, value_name = "TOKEN", env = "RESCIND_CONTROL_TOKEN", hide_env_values = true, value_parser = token)]
    pub control_token: Option<String>,
    /// The image for `--emulator container` [default: one that is made of this program]
    #[arg(long, value_name = "NAME")]
    pub image: Option<String>,
    /// Compare with this baseline (see `accept`), or with results: reports then tell what changed
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Run one part of the cases only, `hash:I/N`; `report` puts the results of all parts together
    #[arg(long, value_name = "hash:I/N")]
    pub partition: Option<Partition>,
    /// How often a case that fails is tried anew, at most; one that does not fail each time is flaky
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub retries: u32,
    /// What makes the run fail [default: regression with a baseline, any without]
    #[arg(long, value_name = "WHAT", value_enum)]
    pub fail_on: Option<FailOnArg>,
}
