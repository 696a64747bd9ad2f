//! The documents of the control API.

use rescind_model::{Entry, ResourceChange, Schedule};
use serde::{Deserialize, Serialize};

use crate::Setup;

/// That the emulator is there: the reply to `GET health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Always `SERVING`, the word of gRPC's health service.
    pub status: String,
    /// The version of the emulator.
    pub version: String,
}

impl Health {
    pub(super) fn serving() -> Health {
        Health { status: "SERVING".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// Every project that is there: the reply to `GET projects`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectList {
    /// Their ids, in order.
    pub projects: Vec<String>,
}

/// What drives the operations of a project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The schedule, request by request.
    #[default]
    Scheduled,
    /// Time, at the pace of the emulator.
    FreeRunning,
}

/// A project: the body of `PUT projects/{project}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectDocument {
    /// What is there before, and what the server decides.
    pub setup: Setup,
    /// What drives its operations.
    #[serde(default)]
    pub progress: Progress,
}

/// Faults: the body of `PUT projects/{project}/faults`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultsDocument {
    /// A schedule that holds nothing but faults.
    pub faults: Schedule,
}

/// The requests of a project: the reply to `GET projects/{project}/journal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalDocument {
    /// In the order in which they were received.
    pub entries: Vec<Entry>,
}

/// What is not as it was when the project was put: the reply to `GET projects/{project}/changes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesDocument {
    /// In the order of the names.
    pub changes: Vec<ResourceChange>,
}

/// Nothing: the reply where there is nothing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// The reply to a call that was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDocument {
    /// What is wrong.
    pub error: ErrorBody,
}

/// What is wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The HTTP status.
    pub code: u16,
    /// What is wrong, and what would be right.
    pub message: String,
    /// Where in the document, as a JSON path: `setup.given.backups[0].state`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}
