//! A long-running operation: what every service's operations have in common.

use std::fmt;
use std::sync::Arc;

use prost_types::Any;
use rescind_model::OperationState;

use super::choices::Choices;
use super::status::Status;
use super::time::Time;
use crate::proto::longrunning;

/// The number of an operation in its project, from 1.
pub type Key = u64;

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

/// A list of operations of one kind below one resource, beside the list of each resource's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Family {
    /// What its operations work on, in a word.
    pub of: &'static str,
    /// How many segments the name of the resource has whose list it is: 4 for `projects/P/instances/I`.
    pub segments: usize,
}

impl Family {
    /// The resource whose list an operation of this family is in: the beginning of its parent's name.
    pub(super) fn owner(self, parent: &str) -> &str {
        match parent.match_indices('/').nth(self.segments - 1) {
            Some((end, _)) => &parent[..end],
            None => parent,
        }
    }
}

/// What an operation does in a store `T`. Every service implements this for its operations, beside the RPCs that start
/// them.
pub trait Task<T>: fmt::Debug + Send {
    /// The message that says what the operation does and how far it is.
    fn metadata(&self, parent: &str, timeline: &Timeline) -> Any;

    /// What came of it; asked only of operations that have completed.
    fn response(&self, parent: &str) -> Option<Any>;

    /// What the operation's end means for the store. The operation itself is not in the store meanwhile.
    fn end(&mut self, store: &mut T, parent: &str, ending: &Ending<'_>);

    /// The full name of the operation, if it does not have the usual form.
    fn name(&self, _key: Key) -> Option<String> {
        None
    }

    /// How the id of the operation begins, before its number.
    fn id_prefix(&self) -> &'static str {
        "operation-"
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
    fn check_cancel(&self, _store: &T) -> Result<(), Status> {
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

/// An operation in a store `T`.
#[derive(Debug)]
pub struct Operation<T> {
    /// The full name of the resource below which it is: what it works on, unless its task says otherwise.
    pub parent: Arc<str>,
    /// Its id, if the client chose one.
    pub id: Option<Box<str>>,
    /// What it does.
    pub task: Box<dyn Task<T>>,
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
    /// True if it was there before the case began; where decisions end operations, it then never progresses.
    pub foreign: bool,
}

impl<T> Operation<T> {
    /// An operation that begins.
    pub fn new(parent: impl Into<Arc<str>>, task: Box<dyn Task<T>>, start: Time) -> Operation<T> {
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

/// An id as a beginning and the number at its end: the form of those that the server makes.
pub fn split_id(id: &str) -> Option<(&str, Key)> {
    let prefix = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &id[prefix.len()..];
    // One number has one spelling: `operation-01` is no id.
    let key = digits.parse().ok().filter(|key: &Key| key.to_string() == digits)?;
    Some((prefix, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_belong_to_the_beginning_of_the_parents_name() {
        let of = |segments| Family { of: "backups", segments };
        assert_eq!(of(4).owner("projects/p/instances/i/backups/b"), "projects/p/instances/i");
        assert_eq!(of(4).owner("projects/p/instances/i"), "projects/p/instances/i");
        assert_eq!(of(2).owner("projects/p/instanceConfigs/c"), "projects/p");
    }

    #[test]
    fn one_number_has_one_spelling() {
        assert_eq!(split_id("_auto_op_17"), Some(("_auto_op_", 17)));
        for id in ["", "17a", "op", "op-01", "op-00", "op-99999999999999999999999"] {
            assert_eq!(split_id(id), None, "{id}");
        }
        assert_eq!(split_id("7"), Some(("", 7)));
    }
}
