//! Long-running operations, as a project keeps them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rescind_model::{Code, OperationState};

use super::backup::Backup;
use super::name;
use super::status::{Status, any};
use super::time::Time;
use crate::proto::{database as pb, longrunning};

/// The number of an operation in its project, from 1: its id is `_auto_op_<number>`. Ids that begin with `_` are the
/// server's own (spanner_database_admin.proto, UpdateDatabaseDdl).
pub type Key = u64;

const AUTO_ID: &str = "_auto_op_";

/// What an operation does.
#[derive(Debug)]
pub enum Work {
    /// It creates the backup that is its parent.
    CreateBackup {
        /// The full name of the database.
        database: Arc<str>,
        /// The backup when it was made: the operation's response, which later changes do not touch.
        made: Option<Box<Backup>>,
    },
    /// It creates the database that is its parent.
    CreateDatabase {
        /// The database when it was made.
        made: Option<Box<pb::Database>>,
    },
}

/// Which of the two lists of an instance an operation is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// ListBackupOperations.
    Backup,
    /// ListDatabaseOperations.
    Database,
}

/// What has become of a cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancel {
    /// None was received.
    None,
    /// One was received, and it was refused or had no effect.
    Received,
    /// One was acknowledged, and it may still take effect.
    Pending,
}

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// The full name of the resource that it works on.
    pub parent: Arc<str>,
    /// What it does.
    pub work: Work,
    /// When it was started.
    pub start: Time,
    /// When it ended.
    pub end: Option<Time>,
    /// When a cancel was acknowledged.
    pub cancel_time: Option<Time>,
    /// Why it failed, if it did.
    pub error: Option<Box<Status>>,
    /// What has become of a cancel.
    pub cancel: Cancel,
    /// How often a client looked at it and saw it running.
    pub looks: u32,
    /// True if it was there before the case began; it then never progresses by itself.
    pub foreign: bool,
}

impl Operation {
    /// An operation that begins.
    pub fn new(parent: impl Into<Arc<str>>, work: Work, start: Time) -> Operation {
        Operation {
            parent: parent.into(),
            work,
            start,
            end: None,
            cancel_time: None,
            error: None,
            cancel: Cancel::None,
            looks: 0,
            foreign: false,
        }
    }

    /// Its full name.
    pub fn name(&self, key: Key) -> String {
        format!("{}/operations/{AUTO_ID}{key}", self.parent)
    }

    /// True until it has ended, however.
    pub fn is_running(&self) -> bool {
        self.end.is_none()
    }

    /// True for an operation that creates a backup.
    pub fn creates_backup(&self) -> bool {
        matches!(self.work, Work::CreateBackup { .. })
    }

    /// Its state, in a word.
    pub fn state(&self) -> OperationState {
        match (&self.error, self.end) {
            (_, None) => OperationState::Running,
            (None, Some(_)) => OperationState::Completed,
            (Some(status), Some(_)) => OperationState::Failed(status.code),
        }
    }

    /// The list that it is in.
    pub fn family(&self) -> Family {
        match self.work {
            Work::CreateBackup { .. } => Family::Backup,
            Work::CreateDatabase { .. } => Family::Database,
        }
    }

    /// The full name of the instance that it belongs to.
    pub fn instance(&self) -> &str {
        // projects/P/instances/I/...
        match self.parent.match_indices('/').nth(3) {
            Some((end, _)) => &self.parent[..end],
            None => &self.parent,
        }
    }

    /// The operation as the API shows it.
    pub fn to_proto(&self, key: Key) -> longrunning::Operation {
        use longrunning::operation::Result;
        let result = match (&self.error, self.end) {
            (_, None) => None,
            (Some(status), Some(_)) => Some(Result::Error(status.to_proto())),
            (None, Some(_)) => self.response().map(Result::Response),
        };
        longrunning::Operation {
            name: self.name(key),
            metadata: Some(self.metadata()),
            done: self.end.is_some(),
            result,
        }
    }

    fn response(&self) -> Option<prost_types::Any> {
        match &self.work {
            Work::CreateBackup { made, .. } => {
                made.as_ref().map(|backup| any(&backup.to_proto(self.instance())))
            }
            Work::CreateDatabase { made } => made.as_ref().map(|database| any(database.as_ref())),
        }
    }

    fn metadata(&self) -> prost_types::Any {
        match &self.work {
            Work::CreateBackup { database, .. } => any(&pb::CreateBackupMetadata {
                name: self.parent.to_string(),
                database: database.to_string(),
                progress: Some(self.progress()),
                cancel_time: self.cancel_time.map(Time::to_proto),
            }),
            Work::CreateDatabase { .. } => {
                any(&pb::CreateDatabaseMetadata { database: self.parent.to_string() })
            }
        }
    }

    fn progress(&self) -> pb::OperationProgress {
        pb::OperationProgress {
            progress_percent: self.percent(),
            start_time: Some(self.start.to_proto()),
            end_time: self.end.map(Time::to_proto),
        }
    }

    /// How far it is: a tenth further at every look, and complete only when it is.
    fn percent(&self) -> i32 {
        match self.state() {
            OperationState::Completed => 100,
            _ => i32::try_from(self.looks.min(9)).unwrap_or_default() * 10,
        }
    }
}

/// The operations of a project.
#[derive(Debug, Default)]
pub struct Operations {
    all: BTreeMap<Key, Operation>,
    latest: Key,
    by_parent: HashMap<Arc<str>, Vec<Key>>,
    by_instance: HashMap<(Box<str>, Family), Vec<Key>>,
}

impl Operations {
    /// Adds an operation.
    pub fn insert(&mut self, operation: Operation) -> Key {
        self.latest += 1;
        let key = self.latest;
        self.by_parent.entry(operation.parent.clone()).or_default().push(key);
        self.by_instance.entry((operation.instance().into(), operation.family())).or_default().push(key);
        self.all.insert(key, operation);
        key
    }

    /// The operation with this full name.
    ///
    /// # Errors
    /// INVALID_ARGUMENT if it is no name of an operation, NOT_FOUND if there is none of that name.
    pub fn find(&self, name: &str) -> Result<Key, Status> {
        let (parent, id) = name::operation(name)?;
        let key = id.strip_prefix(AUTO_ID).and_then(|digits| digits.parse().ok());
        // Comparing the whole name refuses other spellings of the number, such as `_auto_op_01`.
        key.filter(|key| {
            self.get(*key).is_some_and(|found| *found.parent == *parent && found.name(*key) == name)
        })
        .ok_or_else(|| Status::new(Code::NotFound, format!("Operation not found: {name}")))
    }

    /// The operation with this number.
    pub fn get(&self, key: Key) -> Option<&Operation> {
        self.all.get(&key)
    }

    /// The operation with this number, to be changed.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut Operation> {
        self.all.get_mut(&key)
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &Operation)> {
        self.all.iter().map(|(key, operation)| (*key, operation))
    }

    /// Those of one resource, the oldest first.
    pub fn of_parent(&self, parent: &str) -> &[Key] {
        self.by_parent.get(parent).map_or(&[], Vec::as_slice)
    }

    /// Those of one family in an instance, the oldest first.
    pub fn of_instance(&self, instance: &str, family: Family) -> &[Key] {
        self.by_instance.get(&(instance.into(), family)).map_or(&[], Vec::as_slice)
    }
}
