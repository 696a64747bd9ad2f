//! Why a sample cannot be prepared.

use std::io;
use std::path::PathBuf;

use rescind_model::SampleId;
use rescind_model::template::TemplateError;

use super::project::ProjectError;
use super::stage::FailedStep;

/// Why a sample cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// Its files cannot be read, or its copy cannot be written.
    #[error("{sample}: {source}")]
    Project {
        /// The sample.
        sample: SampleId,
        /// The file, and what the system says.
        source: ProjectError,
    },
    /// The cache cannot be used.
    #[error("{sample}: the cache folder {folder}: {source}", folder = folder.display())]
    Cache {
        /// The sample.
        sample: SampleId,
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A command or a variable of the manifest cannot be filled in.
    #[error("{file}: {stage}: {source}", file = file.display())]
    Template {
        /// The manifest.
        file: PathBuf,
        /// `prepare` or `build`.
        stage: &'static str,
        /// What is wrong.
        source: TemplateError,
    },
    /// What the sample depends on cannot be had here: its package manager says so.
    #[error("the packages of {sample} cannot be had here: `{command}` says: {says}")]
    Unavailable {
        /// The sample.
        sample: SampleId,
        /// The command of `prepare` that failed.
        command: String,
        /// The line that says so.
        says: String,
    },
    /// A command failed.
    #[error("{sample}: {stage}: {step}")]
    Step {
        /// The sample.
        sample: SampleId,
        /// `prepare` or `build`.
        stage: &'static str,
        /// The command.
        step: FailedStep,
    },
    /// Published code does not build in a project that builds with its own: the code is to blame, not the set-up.
    #[error("{sample}: the code of {origin} does not build: {step}")]
    DoesNotBuild {
        /// The sample.
        sample: SampleId,
        /// Where the code is from.
        origin: String,
        /// The compiler's first complaint, with the line of the origin: `page.md:12: undefined: backup`.
        complaint: String,
        /// That line.
        line: u32,
        /// The command, with the compiler's words.
        step: Box<FailedStep>,
    },
    /// The run was interrupted.
    #[error("interrupted")]
    Cancelled,
}
