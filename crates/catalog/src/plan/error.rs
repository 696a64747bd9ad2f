//! Why there is no plan.

use std::io;
use std::path::PathBuf;

use crate::{Diagnostics, PageError};

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A file is wrong.
    #[error(transparent)]
    Diagnostics(#[from] Diagnostics),
    /// The page cannot be read, or has not the code that is asked for.
    #[error(transparent)]
    Page(#[from] PageError),
    /// What an option has is no glob.
    #[error("--{option} {glob}: {source}")]
    Glob {
        /// The option.
        option: &'static str,
        /// Its value.
        glob: String,
        /// What is wrong.
        source: globset::Error,
    },
    /// A page or a file cannot be read.
    #[error("{file}: {source}", file = file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Options that do not go together, or with the files.
    #[error("{0}")]
    Options(String),
    /// No case is selected.
    #[error("{0}")]
    NothingSelected(String),
}
