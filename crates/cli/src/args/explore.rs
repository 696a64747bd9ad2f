//! The options of `explore` and of `replay`.

use std::time::Duration;

use clap::Args;
use rescind_model::{SampleId, Schedule};

use super::SampleArgs;
use super::duration::duration;
use super::run::{CaseArgs, CodeArgs, OutputArgs};

/// The options of `explore`.
#[derive(Debug, Args)]
pub struct ExploreArgs {
    /// Which samples.
    #[command(flatten)]
    pub samples: SampleArgs,
    /// How many faults may befall one case: an unavailable service, a lost reply, a permission that lacks
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=5))]
    pub faults: u32,
    /// How many looks in a row may find the operation still running, besides one that never ends
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=10))]
    pub polls: u32,
    /// Start no sample any more after this time, `90s`, `10m`; what is left unexplored is then said
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub budget: Option<Duration>,
    /// Run the sample so often for each history; one that does not do the same each time is flaky
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub repeat: u32,
    /// Only the samples whose published code is another one than in this revision of git, such as `origin/main`
    #[arg(long, value_name = "REVISION", conflicts_with = "source")]
    pub changed_since: Option<String>,
    /// With which code.
    #[command(flatten)]
    pub code: CodeArgs,
    /// How.
    #[command(flatten)]
    pub cases: CaseArgs,
    /// Where to report.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The options of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The sample, `SERVICE/LANGUAGE`
    #[arg(value_name = "SAMPLE")]
    pub sample: SampleId,
    /// The schedule, as `explore` prints it: `create:running cancel:done-after delete:permission-denied`
    #[arg(value_name = "SCHEDULE", allow_hyphen_values = true)]
    pub schedule: Schedule,
    /// Write it into the catalogue as a scenario of this name, with what is due in it
    #[arg(long, value_name = "NAME", value_parser = scenario_name)]
    pub save_scenario: Option<String>,
    /// Play it so often, and tell whether the same comes of it each time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub repeat: u32,
    /// With which code.
    #[command(flatten)]
    pub code: CodeArgs,
    /// How.
    #[command(flatten)]
    pub cases: CaseArgs,
    /// Where to report.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Reads the name of a scenario, which is that of its file.
///
/// # Errors
/// It is none.
fn scenario_name(text: &str) -> Result<String, String> {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    };
    if text.split('-').all(is_word) {
        Ok(text.to_owned())
    } else {
        Err("expected lower-case letters and digits, words joined by hyphens, as in cancel-wins".to_owned())
    }
}
