//! Entries of the list of known failures that do not say what is so.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CaseId, Rule};

/// A place in the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListPlace {
    /// The path of the list, relative to the root of the repository if it lies in there.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for ListPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// An entry of the list that does not say what is so. It makes a run fail, or the list would outlive what it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StaleEntry {
    /// Where it is written.
    pub place: ListPlace,
    /// The cases that it means, as written.
    pub pattern: String,
    /// The rule that they should break.
    pub rule: Rule,
    /// The day on which it expired; none if it matched nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<String>,
    /// Cases that it means and that were not run. As long as there is one, it is not known to match nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_run: Vec<CaseId>,
}

impl StaleEntry {
    /// True if the entry is known to be wrong; false if cases that were not run may yet match it.
    pub fn is_certain(&self) -> bool {
        self.not_run.is_empty()
    }
}

impl fmt::Display for StaleEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StaleEntry { place, pattern, rule, expired, not_run: _ } = self;
        write!(f, "{place}: the known failure of `{pattern}` with `{rule}` ")?;
        match expired {
            Some(day) => write!(f, "expired on {day}: mend the sample, or give the entry another day"),
            None => {
                f.write_str("matches nothing: no case that it names breaks that rule; take it off the list")
            }
        }
    }
}
