//! Why a page's code cannot be had.

use rescind_model::SampleId;

use crate::diagnostic::Diagnostics;

/// Why a page's code cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The file cannot be read.
    #[error("the page `{page}` cannot be read: {error}")]
    Unreadable {
        /// The page's name.
        page: String,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
    /// The file is not UTF-8.
    #[error("the page `{page}` is not UTF-8 in line {line}")]
    NotUtf8 {
        /// The page's name.
        page: String,
        /// The first line that is not, from 1.
        line: u32,
    },
    /// The page does not hold to its format.
    #[error(transparent)]
    Malformed(Diagnostics),
    /// No block for a language that was asked for.
    #[error("the page `{page}` has no block for {sample}: {missing}")]
    NoBlock {
        /// The page's name.
        page: String,
        /// The sample that was asked for.
        sample: SampleId,
        /// What was looked for, and what the page has.
        missing: String,
    },
    /// No block for any of the languages.
    #[error("the page `{page}` has no block for any of the samples: {missing}")]
    NoBlocks {
        /// The page's name.
        page: String,
        /// What the page has.
        missing: String,
    },
    /// Several blocks for one language, and no choice of one that is there.
    #[error(
        "the page `{page}` has {count} blocks for {sample}; choose one by its number, or have them `joined`:{choices}"
    )]
    Ambiguous {
        /// The page's name.
        page: String,
        /// The sample.
        sample: SampleId,
        /// How many blocks there are.
        count: usize,
        /// One line for each.
        choices: String,
    },
}
