//! What is there in a project, and how operations end in it.

use std::collections::BTreeSet;
use std::collections::HashMap;

use rescind_model::Code;

use super::alloydb::AlloyDb;
use super::choices::Choices;
use super::geminidb;
use super::operation::{End, Ending, Key, Operation};
use super::operations::Operations;
use super::spanner::Spanner;
use super::status::Status;
use super::time::{Span, Time};
use crate::proto::iam;

/// All that is there in a project.
#[derive(Debug)]
pub struct World {
    /// The project's id.
    pub id: Box<str>,
    /// Its long-running operations, of all services.
    pub operations: Operations,
    /// What Spanner has.
    pub spanner: Spanner,
    /// What AlloyDB has.
    pub alloydb: AlloyDb,
    /// What GeminiDB has.
    pub geminidb: geminidb::Store,
    /// The full name of the READY backup that was given as `{backup}`, until it is decided whether it has the name that
    /// the sample asks for.
    pub given_as_wanted: Option<Box<str>>,
    /// Who may do what, by the full names of resources: stored, and never enforced.
    pub policies: HashMap<Box<str>, iam::Policy>,
    /// How long operations take; none if time is no matter, but the decisions of a schedule.
    pace: Option<Span>,
    /// Operations that will complete, by when.
    due: BTreeSet<(Time, Key)>,
    /// Operations that end before the next request is served.
    ending: Vec<(Key, End)>,
    /// The latest moment that was given out.
    latest: Time,
}

impl World {
    /// A project without contents, in which operations take this long, or, if none is given, are decided upon: those
    /// that create backups by a schedule; the others complete at once.
    pub fn new(id: impl Into<Box<str>>, pace: Option<Span>) -> World {
        World {
            id: id.into(),
            operations: Operations::default(),
            spanner: Spanner::default(),
            alloydb: AlloyDb::default(),
            geminidb: geminidb::Store::default(),
            given_as_wanted: None,
            policies: HashMap::new(),
            pace,
            due: BTreeSet::new(),
            ending: Vec::new(),
            latest: Time::default(),
        }
    }

    /// The same world, in which operations take this time; none where decisions end them.
    pub fn at_pace(self, pace: Option<Span>) -> World {
        World { pace, ..self }
    }

    /// The moment of a request: what the clock says, and later than the moment of every request before.
    pub fn tick(&mut self, clock: Time) -> Time {
        self.latest = clock.max(self.latest + Span::MICROSECOND);
        self.latest
    }

    /// True if operations take time.
    pub fn is_timed(&self) -> bool {
        self.pace.is_some()
    }

    /// Starts an operation.
    pub fn start(&mut self, mut operation: Operation) -> Key {
        operation.due = self.pace.map(|pace| operation.start + pace);
        let due = operation.due;
        let key = self.operations.insert(operation);
        self.due.extend(due.map(|due| (due, key)));
        key
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
