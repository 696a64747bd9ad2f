//! What can be wrong with the tags of a region.

use std::ops::Range;

/// Why a file has no region of the wanted tag, or one that cannot be told apart from the rest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// No line holds the start tag.
    #[error("no line holds `[START {tag}]`{close}")]
    NoStart {
        /// The wanted tag.
        tag: String,
        /// ` (did you mean ...?)`, where the file has a tag that is close.
        close: String,
    },
    /// A tag that opens something is there, and none that closes it follows.
    #[error("`[{opens}]` in line {line} has no `[{closes}]` in a line below it")]
    NoEnd {
        /// What stands in the brackets: `START cancel`, `START_EXCLUDE`.
        opens: String,
        /// What would have to follow.
        closes: String,
        /// The line of the tag that opens, from 1.
        line: u32,
        /// The bytes of that line.
        at: Range<usize>,
    },
    /// A tag that closes something is there, and none that opens it precedes.
    #[error("`[{closes}]` in line {line} has no `[{opens}]` above it")]
    NotOpen {
        /// What would have to precede.
        opens: String,
        /// What stands in the brackets.
        closes: String,
        /// Its line, from 1.
        line: u32,
        /// The bytes of that line.
        at: Range<usize>,
    },
    /// The tag opens the region once more before it was closed.
    #[error("`[{opens}]` stands in line {line} once more, before `[{closes}]`")]
    OpenAlready {
        /// What stands in the brackets.
        opens: String,
        /// What would have to come first.
        closes: String,
        /// The line of the second one, from 1.
        line: u32,
        /// The bytes of that line.
        at: Range<usize>,
    },
    /// The region that other code is to take the place of has several parts. Which one to replace would be a guess.
    #[error(
        "`[START {tag}]` stands in line {line} once more; a region that other code takes the place of has one part"
    )]
    SeveralParts {
        /// The wanted tag.
        tag: String,
        /// The line of the second one, from 1.
        line: u32,
        /// The bytes of that line.
        at: Range<usize>,
    },
}

impl RegionError {
    /// What stands in the brackets of the tag that is wrong, and the bytes of its line; none where there is no such tag.
    pub(crate) fn place(&self) -> Option<(String, &Range<usize>)> {
        match self {
            RegionError::NoStart { .. } => None,
            RegionError::NoEnd { opens, at, .. } | RegionError::OpenAlready { opens, at, .. } => {
                Some((opens.clone(), at))
            }
            RegionError::NotOpen { closes, at, .. } => Some((closes.clone(), at)),
            RegionError::SeveralParts { tag, at, .. } => Some((format!("START {tag}"), at)),
        }
    }
}
