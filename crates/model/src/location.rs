//! Lines of a file.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lines that a reader would change to mend a sample: the region in its file, or the block in the page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// The path of the file, relative to the root of the repository, with forward slashes.
    pub file: String,
    /// The first line, from 1.
    pub first_line: u32,
    /// The last line, which belongs to the region.
    pub last_line: u32,
}

impl Location {
    /// True if its file can be one of the repository: a path from its root that does not lead out of it.
    pub fn is_inside(&self) -> bool {
        let is_rooted = self.file.starts_with(['/', '\\']) || self.file.get(1..3) == Some(":\\");
        !is_rooted && !self.file.is_empty() && !self.file.split(['/', '\\']).any(|part| part == "..")
    }

    /// One line of a file.
    pub fn of_line(file: &str, line: u32) -> Location {
        Location { file: file.to_owned(), first_line: line, last_line: line }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.first_line)?;
        if self.last_line > self.first_line { write!(f, "-{}", self.last_line) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_out_of_the_repository_is_not_inside() {
        for file in ["docs/page.md", "a..b/c", "./page.md", "c:d"] {
            assert!(Location::of_line(file, 1).is_inside(), "{file}");
        }
        for file in
            ["", "/docs/page.md", "../page.md", "docs/../../page.md", "C:\\\\page.md", "\\\\host\\x", "..\\x"]
        {
            assert!(!Location::of_line(file, 1).is_inside(), "{file}");
        }
    }
}
