//! What is done with a resource.

use std::fmt;

/// What an operation does, as `OperationMetadata.verb` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It creates its target.
    Create,
    /// It updates it.
    Update,
    /// It deletes it.
    Delete,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Delete => "delete",
        })
    }
}
