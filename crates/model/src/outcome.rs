//! How a scenario ends for a correct sample, and what a sample says of it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a sample's output asserts about the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// The operation was cancelled.
    Cancelled,
    /// The backup was completed.
    Completed,
    /// The backup was deleted.
    Deleted,
    /// Something failed.
    Failed,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Claim::Cancelled => "cancelled",
            Claim::Completed => "completed",
            Claim::Deleted => "deleted",
            Claim::Failed => "failed",
        })
    }
}

/// How a correct sample experiences a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The operation ended with CANCELLED.
    Cancelled,
    /// The backup was completed, and the sample deleted it.
    Completed,
    /// The backup was completed although the cancel had been refused, and the sample deleted it.
    CancelRefused,
    /// The backup was completed, and the sample could not delete it.
    Undeleted,
    /// The operation failed on its own.
    Failed,
    /// The request to create the backup was refused: there is nothing to cancel.
    Refused,
    /// The reply to the request to create the backup was lost; the sample found its backup and deleted it.
    ReplyLost,
    /// The end of the operation could not be seen; the sample deleted the backup.
    Unresolved,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 8] = [
        Outcome::Cancelled,
        Outcome::Completed,
        Outcome::CancelRefused,
        Outcome::Undeleted,
        Outcome::Failed,
        Outcome::Refused,
        Outcome::ReplyLost,
        Outcome::Unresolved,
    ];
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Cancelled => "cancelled",
            Outcome::Completed => "completed",
            Outcome::CancelRefused => "cancel-refused",
            Outcome::Undeleted => "undeleted",
            Outcome::Failed => "failed",
            Outcome::Refused => "refused",
            Outcome::ReplyLost => "reply-lost",
            Outcome::Unresolved => "unresolved",
        })
    }
}
