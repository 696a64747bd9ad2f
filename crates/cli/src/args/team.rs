//! The options of `init`, `promises` and `config`.

use clap::Args;

use super::SampleArgs;
use super::run::{CaseArgs, CodeArgs};

/// The options of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Which samples are run for the promises.
    #[command(flatten)]
    pub samples: SampleArgs,
    /// Run nothing: write what was found, without promises
    #[arg(long)]
    pub no_run: bool,
    /// Write `rescind.yaml` anew if it is there
    #[arg(long)]
    pub force: bool,
    /// How.
    #[command(flatten)]
    pub cases: CaseArgs,
}

/// The options of `promises`.
#[derive(Debug, Args)]
pub struct PromisesArgs {
    /// Of which samples.
    #[command(flatten)]
    pub samples: SampleArgs,
    /// Change the file, instead of only showing how it would change
    #[arg(long)]
    pub update: bool,
    /// With which code.
    #[command(flatten)]
    pub code: CodeArgs,
    /// How.
    #[command(flatten)]
    pub cases: CaseArgs,
}

/// The options of `config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Of which samples.
    #[command(flatten)]
    pub samples: SampleArgs,
}
