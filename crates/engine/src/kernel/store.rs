//! What is there of a service in a project, and how operations end in it.

use std::collections::BTreeSet;

use rescind_model::Code;

use super::choices::Choices;
use super::inventory::Inventory;
use super::operation::{End, Ending, Key, Operation};
use super::operations::Operations;
use super::status::Status;
use super::time::{Span, Time};

/// All that is there of a service in a project.
pub struct Store<S> {
    /// The project's id.
    pub id: Box<str>,
    /// Its long-running operations.
    pub operations: Operations<Store<S>>,
    /// What the service keeps beside them.
    pub state: S,
    /// The full name of the READY backup that was given as `{backup}`, until it is decided whether it has the name that
    /// the sample asks for.
    pub(super) given_as_wanted: Option<Box<str>>,
    /// What was there before the case began; none if nobody asks what was changed.
    pub(super) given: Option<Inventory>,
    /// How long operations take; none if time is no matter, but the decisions of a schedule.
    pace: Option<Span>,
    /// Operations that will complete, by when.
    due: BTreeSet<(Time, Key)>,
    /// Operations that end before the next request is served.
    ending: Vec<(Key, End)>,
}

impl<S> Store<S> {
    /// A project without operations, in which these resources can have some. How they go on is decided upon: those that
    /// create backups by a schedule; the others complete at once.
    pub fn new(id: &str, state: S, has_operations: fn(&str) -> bool) -> Store<S> {
        Store {
            id: id.into(),
            operations: Operations::new(has_operations),
            state,
            given_as_wanted: None,
            given: None,
            pace: None,
            due: BTreeSet::new(),
            ending: Vec::new(),
        }
    }

    /// From now on operations that are started take this time; none where decisions end them.
    pub fn set_pace(&mut self, pace: Option<Span>) {
        self.pace = pace;
    }

    /// True if operations take time.
    pub fn is_timed(&self) -> bool {
        self.pace.is_some()
    }

    /// Starts an operation.
    pub fn start(&mut self, mut operation: Operation<Store<S>>) -> Key {
        operation.due = self.pace.map(|pace| operation.start + pace);
        let due = operation.due;
        let key = self.operations.insert(operation);
        self.due.extend(due.map(|due| (due, key)));
        key
    }

    /// When what is being made of all that was there before was begun, if the rest was at this moment. Where operations take
    /// time, it is just now: begun long ago, it would be over at the first request.
    pub fn pending_since(&self, moment: Time, clock: Time, choices: &Choices) -> Time {
        if self.is_timed() {
            // Before every request, and as far from the others of its kind.
            (moment + choices.age_of_given).max(clock) - Span::seconds(1)
        } else {
            moment
        }
    }

    /// Lets an operation end before the next request is served.
    pub fn end_later(&mut self, key: Key, end: End) {
        self.ending.push((key, end));
    }

    /// Ends the operations that were to end before this moment.
    pub fn end_due(&mut self, now: Time, choices: &Choices) {
        for (key, end) in std::mem::take(&mut self.ending) {
            self.end(key, end, now, choices);
        }
        // Ending one may start another, which may be due as well.
        while let Some((due, key)) = self.due.first().copied().filter(|(due, _)| *due <= now) {
            self.due.remove(&(due, key));
            self.end(key, End::Completed, due, choices);
        }
    }

    /// Ends an operation, with all that its end means for what it works on. An operation that has ended stays as it
    /// is.
    pub fn end(&mut self, key: Key, end: End, now: Time, choices: &Choices) {
        if !self.operations.get(key).is_some_and(Operation::is_running) {
            return;
        }
        let Some(mut operation) = self.operations.detach(key) else { return };
        if let Some(due) = operation.due {
            self.due.remove(&(due, key));
        }
        operation.end = Some(now);
        operation.error = match end {
            End::Completed => None,
            End::Cancelled => Some(Box::new(Status::new(Code::Cancelled, choices.cancelled_message.clone()))),
            End::Failed => Some(Box::new(Status::new(Code::Internal, choices.failed_message.clone()))),
        };
        let Operation { task, parent, .. } = &mut operation;
        task.end(self, &*parent, &Ending { key, end, now, choices });
        self.operations.attach(key, operation);
    }

    /// Ends an operation as a cancel that was received now ends it.
    pub fn cancel(&mut self, key: Key, now: Time, choices: &Choices) {
        if let Some(operation) = self.operations.get_mut(key).filter(|operation| operation.is_running()) {
            operation.cancel_time.get_or_insert(now);
            self.end(key, End::Cancelled, now, choices);
        }
    }
}
