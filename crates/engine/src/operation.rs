//! A long-running operation: what every service's operations have in common.

use std::fmt;
use std::sync::Arc;

use prost_types::Any;
use rescind_model::OperationState;

use super::choices::Choices;
use super::status::Status;
use super::time::Time;
use super::world::World;
use crate::proto::{database, instance, longrunning};

/// The number of an operation in its project, from 1.
pub type Key = u64;

/// How the ids begin that the server makes for operations of Spanner. Ids that begin with `_` are the server's own
/// (spanner_database_admin.proto, UpdateDatabaseDdl).
const AUTO_ID: &str = "_auto_op_";
/// How the ids begin that the server makes for operations of AlloyDB, whose clients choose none.
pub const OPERATION_ID: &str = "operation-";

/// How an operation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a response.
    Completed,
    /// With the code CANCELLED.
    Cancelled,
    /// With the code INTERNAL.
    Failed,
}

/// The end of an operation, as its task sees it.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// The operation.
    pub key: Key,
    /// How it ends.
    pub end: End,
    /// When.
    pub now: Time,
    /// The table of choices.
    pub choices: &'a Choices,
}

/// Which list of operations, besides that of its resource, an operation is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// ListBackupOperations of an instance.
    Backup,
    /// ListDatabaseOperations of an instance.
    Database,
    /// ListInstancePartitionOperations of an instance.
    InstancePartition,
    /// ListInstanceConfigOperations of a project.
    InstanceConfig,
}

/// What an operation does. Every service implements this for its operations, beside the RPCs that start them.
pub trait Task: fmt::Debug + Send {
    /// The message that says what the operation does and how far it is.
    fn metadata(&self, parent: &str, timeline: &Timeline) -> Any;

    /// What came of it; asked only of operations that have completed.
    fn response(&self, parent: &str) -> Option<Any>;

    /// What the operation's end means for the world. The operation itself is not in the world meanwhile.
    fn end(&mut self, world: &mut World, parent: &str, ending: &Ending<'_>);

    /// The full name of the operation, if it does not have the usual form.
    fn name(&self, _key: Key) -> Option<String> {
        None
    }

    /// How the id of the operation begins, before its number.
    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }

    /// The full name of the resource that it works on, if it is another one than its parent.
    fn target(&self) -> Option<&Arc<str>> {
        None
    }

    /// The list that it is in.
    fn family(&self) -> Option<Family> {
        None
    }

    /// True for a task that creates a backup: its end is decided by the schedule of the case.
    fn creates_backup(&self) -> bool {
        false
    }

    /// Whether the operation can be cancelled at all.
    ///
    /// # Errors
    /// What CancelOperation answers if it cannot.
    fn check_cancel(&self, _choices: &Choices) -> Result<(), Status> {
        Ok(())
    }
}

/// When things happened to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// When it was started.
    pub start: Time,
    /// When it ended.
    pub end: Option<Time>,
    /// When a cancel was acknowledged.
    pub cancel: Option<Time>,
    /// How far it is.
    pub percent: i32,
}

impl Timeline {
    /// The progress, as the metadata of operations on databases and backups has it.
    pub fn progress(&self) -> database::OperationProgress {
        database::OperationProgress {
            progress_percent: self.percent,
            start_time: Some(self.start.to_proto()),
            end_time: self.end.map(Time::to_proto),
        }
    }

    /// The progress, as the metadata of operations on instance configurations has it.
    pub fn instance_progress(&self) -> instance::OperationProgress {
        instance::OperationProgress {
            progress_percent: self.percent,
            start_time: Some(self.start.to_proto()),
            end_time: self.end.map(Time::to_proto),
        }
    }
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
    /// The full name of the resource below which it is: what it works on, but for AlloyDB, where it is the location.
    pub parent: Arc<str>,
    /// Its id, if the client chose one.
    pub id: Option<Box<str>>,
    /// What it does.
    pub task: Box<dyn Task>,
    /// When it was started.
    pub start: Time,
    /// When it will complete, if nothing happens before; none if that is not a matter of time.
    pub due: Option<Time>,
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
    pub fn new(parent: impl Into<Arc<str>>, task: Box<dyn Task>, start: Time) -> Operation {
        Operation {
            parent: parent.into(),
            id: None,
            task,
            start,
            due: None,
            end: None,
            cancel_time: None,
            error: None,
            cancel: Cancel::None,
            looks: 0,
            foreign: false,
        }
    }

    /// The full name of the resource that it works on.
    pub fn target(&self) -> &str {
        self.task.target().unwrap_or(&self.parent)
    }

    /// Its full name.
    pub fn name(&self, key: Key) -> String {
        if let Some(name) = self.task.name(key) {
            return name;
        }
        match &self.id {
            Some(id) => format!("{}/operations/{id}", self.parent),
            None => format!("{}/operations/{}{key}", self.parent, self.task.id_prefix()),
        }
    }

    /// True until it has ended, however.
    pub fn is_running(&self) -> bool {
        self.end.is_none()
    }

    /// Its state, in a word.
    pub fn state(&self) -> OperationState {
        match (&self.error, self.end) {
            (_, None) => OperationState::Running,
            (None, Some(_)) => OperationState::Completed,
            (Some(status), Some(_)) => OperationState::Failed(status.code),
        }
    }

    /// The operation as the API shows it at this moment.
    pub fn to_proto(&self, key: Key, now: Time) -> longrunning::Operation {
        use longrunning::operation::Result;
        let result = match (&self.error, self.end) {
            (_, None) => None,
            (Some(status), Some(_)) => Some(Result::Error(status.to_proto())),
            (None, Some(_)) => self.task.response(&self.parent).map(Result::Response),
        };
        let timeline = Timeline {
            start: self.start,
            end: self.end,
            cancel: self.cancel_time,
            percent: self.percent(now),
        };
        longrunning::Operation {
            name: self.name(key),
            metadata: Some(self.task.metadata(&self.parent, &timeline)),
            done: self.end.is_some(),
            result,
        }
    }

    /// How far it is: by the time that has passed, or, where time is no matter, a tenth further at every look. It is
    /// complete only when it has completed.
    pub fn percent(&self, now: Time) -> i32 {
        if self.state() == OperationState::Completed {
            return 100;
        }
        let Some(due) = self.due else {
            return i32::try_from(self.looks.min(9)).unwrap_or_default() * 10;
        };
        let (passed, whole) =
            (self.end.unwrap_or(now).micros() - self.start.micros(), due.micros() - self.start.micros());
        let percent = passed.saturating_mul(100).checked_div(whole).unwrap_or_default();
        i32::try_from(percent.clamp(0, 99)).unwrap_or_default()
    }
}

/// The beginning of an id that the server made, and the number in it.
pub fn parse_auto_id(id: &str) -> Option<(&'static str, Key)> {
    let (prefix, digits) =
        [AUTO_ID, OPERATION_ID].into_iter().find_map(|prefix| Some((prefix, id.strip_prefix(prefix)?)))?;
    // One number has one spelling: `_auto_op_01` is no id.
    let key = digits.parse().ok().filter(|key: &Key| key.to_string() == digits)?;
    Some((prefix, key))
}
