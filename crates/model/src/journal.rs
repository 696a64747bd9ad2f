//! The journal: every request of a case, with its reply and the state before and after it.
//!
//! A journal holds no times, so that the same schedule gives the same journal, to the letter, on every run.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::suggestion::any_of;
use crate::{Code, Decision, RequestKind, Term};

/// How a request arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// gRPC over HTTP/2.
    Grpc,
    /// JSON over HTTP.
    Rest,
}

/// The state of a long-running operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum OperationState {
    /// Not done.
    Running,
    /// Done, with a response.
    Completed,
    /// Done, with an error of this code; `CANCELLED` after a cancel that won.
    Failed(Code),
}

impl OperationState {
    /// True once the operation has ended, however.
    pub fn is_done(self) -> bool {
        self != OperationState::Running
    }

    /// True for an operation that ended with the code CANCELLED.
    pub fn is_cancelled(self) -> bool {
        self == OperationState::Failed(Code::Cancelled)
    }
}

impl fmt::Display for OperationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OperationState::Running => f.write_str("running"),
            OperationState::Completed => f.write_str("completed"),
            OperationState::Failed(code) => f.write_str(code.name()),
        }
    }
}

impl FromStr for OperationState {
    type Err = crate::UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "running" => Ok(OperationState::Running),
            "completed" => Ok(OperationState::Completed),
            code => code.parse().map(OperationState::Failed),
        }
    }
}

impl From<OperationState> for String {
    fn from(state: OperationState) -> String {
        state.to_string()
    }
}

impl TryFrom<String> for OperationState {
    type Error = crate::UnknownCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The state of a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BackupState {
    /// It is being made.
    Creating,
    /// It can be restored from.
    Ready,
    /// It could not be made, and is kept (AlloyDB, GeminiDB).
    Failed,
    /// It is being deleted (AlloyDB).
    Deleting,
}

impl fmt::Display for BackupState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BackupState::Creating => "CREATING",
            BackupState::Ready => "READY",
            BackupState::Failed => "FAILED",
            BackupState::Deleting => "DELETING",
        })
    }
}

/// The state of what a request is about: the backup that it names and the operation that creates it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Touched {
    /// The backup, if it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupState>,
    /// The operation that creates it, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationState>,
    /// True if it was there before the sample began.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign: bool,
}

/// What the client was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The code of the reply.
    pub code: Code,
    /// The error's message; empty for OK.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The operation as the reply shows it, where the reply is an operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationView>,
}

/// What was decided at a request, and what was legal there: the engine alone knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The decision, as a term of a schedule: `create1:running`.
    pub term: Term,
    /// What the rules of the service left open in this state, the default first. Empty for a fault: faults may befall any
    /// request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legal: Vec<Decision>,
}

impl Decided {
    /// A decision out of these.
    pub fn of(term: Term, legal: &[Decision]) -> Decided {
        Decided { term, legal: legal.to_vec() }
    }

    /// False for what a schedule called for and the state did not allow: here the case has diverged from its schedule.
    pub fn is_legal(&self) -> bool {
        self.legal.is_empty() || self.legal.contains(&self.term.decision)
    }

    /// What diverges: `poll1` cannot be `cancelled` here; it can be done, running or failed.
    pub fn divergence(&self) -> Option<String> {
        if self.is_legal() {
            return None;
        }
        let Term { request, count, decision, .. } = &self.term;
        let count = count.map(|count| count.to_string()).unwrap_or_default();
        let words: Vec<String> = self.legal.iter().map(Decision::to_string).collect();
        let options = any_of(&words);
        Some(format!("`{request}{count}` cannot be `{decision}` here; it can be {options}"))
    }
}

/// One request of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The number of the request in the case, from 1.
    pub seq: u32,
    /// How it arrived.
    pub transport: Transport,
    /// The name of the RPC, `CreateBackup`; for what is no RPC of the service, the HTTP method and path.
    pub rpc: String,
    /// What it is counted as, where the name of the RPC does not tell it: a service may call its RPCs as it likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestKind>,
    /// The resource that it names: a backup, an operation, an instance.
    pub resource: String,
    /// The decisions that were taken at it, each with what was legal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decided>,
    /// What the client was told.
    pub reply: Reply,
    /// True if the reply is a fault that the schedule called for, or says that the schedule cannot go on here; false if it
    /// is an answer of the service's rules.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fault: bool,
    /// The state before the request.
    pub before: Touched,
    /// The state after it.
    pub after: Touched,
}

impl Entry {
    /// The kind of the request, as schedules name it; polls are not told apart by the cancel here.
    pub fn kind(&self) -> RequestKind {
        self.request.clone().unwrap_or_else(|| RequestKind::of_rpc(&self.rpc))
    }

    /// The decisions as terms of a schedule: `create1:running`.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.decisions.iter().map(|decided| &decided.term)
    }
}

/// A backup in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupView {
    /// Its full name.
    pub name: String,
    /// Its state.
    pub state: BackupState,
    /// True if it was there before the sample began.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign: bool,
}

/// An operation in a snapshot or in a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationView {
    /// Its full name.
    pub name: String,
    /// Its state.
    pub state: OperationState,
    /// True if it was there before the sample began.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign: bool,
}

/// The backups of a case and the operations that create them, at one moment, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The backups that exist.
    pub backups: Vec<BackupView>,
    /// The create-backup operations that were started.
    pub operations: Vec<OperationView>,
}

impl Snapshot {
    /// The snapshot of what was there before, where the schedule's `given:same-name` gave the backup with the id `given`
    /// the name that the sample asked for: under that name.
    #[must_use]
    pub fn renamed(mut self, given: &str, journal: &[Entry]) -> Snapshot {
        let same_name = |entry: &&Entry| {
            entry.decisions.iter().any(|decided| decided.term.decision == Decision::SameName)
        };
        let Some(create) = journal.iter().find(same_name) else { return self };
        let Some((parent, _)) = create.resource.rsplit_once('/') else { return self };
        let name = format!("{parent}/{given}");
        for backup in self.backups.iter_mut().filter(|backup| backup.name == name) {
            backup.name.clone_from(&create.resource);
        }
        self
    }

    /// The backups that the sample created.
    pub fn own_backups(&self) -> impl Iterator<Item = &BackupView> {
        self.backups.iter().filter(|backup| !backup.foreign)
    }

    /// The operations that the sample started.
    pub fn own_operations(&self) -> impl Iterator<Item = &OperationView> {
        self.operations.iter().filter(|operation| !operation.foreign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operation_states_read_what_they_print() {
        for state in [
            OperationState::Running,
            OperationState::Completed,
            OperationState::Failed(Code::Cancelled),
            OperationState::Failed(Code::Internal),
        ] {
            assert_eq!(state.to_string().parse(), Ok(state));
        }
        assert!("finished".parse::<OperationState>().is_err());
    }

    #[test]
    fn what_was_decided_is_legal_or_says_what_would_have_been() {
        let at = |legal: &[Decision]| Decided::of("poll1:cancelled".parse().unwrap(), legal);
        assert_eq!(at(&[Decision::Done, Decision::Cancelled]).divergence(), None);
        let diverged = at(&[Decision::Done, Decision::Running, Decision::Failed]);
        assert!(!diverged.is_legal());
        insta::assert_snapshot!(diverged.divergence().unwrap(), @"`poll1` cannot be `cancelled` here; it can be done, running or failed");
        let json = serde_json::to_string(&diverged).unwrap();
        assert_eq!(json, r#"{"term":"poll1:cancelled","legal":["done","running","failed"]}"#);
        assert_eq!(serde_json::from_str::<Decided>(&json).unwrap(), diverged);
        let fault = Decided::of("get:lost".parse().unwrap(), &[]);
        assert_eq!((fault.is_legal(), fault.divergence()), (true, None));
    }
}
