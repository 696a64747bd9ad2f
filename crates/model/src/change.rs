//! What a case has changed beside the backup that it is about.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a resource is not what it was before the sample began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It was not there before.
    Created,
    /// It was there before, and some of its fields were otherwise.
    Altered,
    /// It was there before, and is gone.
    Deleted,
}

/// A resource that is not what it was before the sample began.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceChange {
    /// Its full name.
    pub name: String,
    /// What it is, in words: `backup schedule`.
    pub resource: String,
    /// How it has changed.
    pub change: ChangeKind,
    /// The fields that are otherwise, by their names in the API, in order; only of what was altered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

impl fmt::Display for ResourceChange {
    /// `deleted the backup schedule projects/…`, `altered labels and config of the instance projects/…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ResourceChange { name, resource, change, fields } = self;
        match change {
            ChangeKind::Created => write!(f, "created the {resource} {name}"),
            ChangeKind::Deleted => write!(f, "deleted the {resource} {name}"),
            ChangeKind::Altered if fields.is_empty() => write!(f, "altered the {resource} {name}"),
            ChangeKind::Altered => write!(f, "altered {} of the {resource} {name}", fields.join(" and ")),
        }
    }
}
