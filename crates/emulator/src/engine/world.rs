//! What is there in a project: instances, databases, backups, operations, and how operations end.

use std::collections::BTreeMap;
use std::sync::Arc;

use rescind_model::{BackupState, Code};

use super::backup::Backups;
use super::choices::Choices;
use super::errors;
use super::name;
use super::operation::{Key, Operations, Work};
use super::status::Status;
use super::time::{Span, Time};
use crate::proto::{database as pb, instance as instance_pb};

/// A database.
#[derive(Debug)]
pub struct Database {
    /// Its full name, which backups share.
    pub name: Arc<str>,
    /// What the API shows of it, but for what depends on the time of the request.
    pub about: pb::Database,
    /// When it was created.
    pub create_time: Time,
    /// Its schema, as text.
    pub ddl: Vec<String>,
    /// The backup that is being made of it: there is at most one at a time.
    pub pending_backup: Option<Key>,
}

/// How long versions are kept where the schema does not say otherwise: the default of `version_retention_period`.
pub const DEFAULT_RETENTION: (&str, Span) = ("1h", Span::hours(1));

impl Database {
    /// The earliest moment that can still be read: as far back as versions are kept, and never before the creation.
    pub fn earliest_version_time(&self, now: Time) -> Time {
        self.create_time.max(now - DEFAULT_RETENTION.1)
    }

    /// The database as the API shows it.
    pub fn to_proto(&self, now: Time) -> pb::Database {
        pb::Database {
            earliest_version_time: Some(self.earliest_version_time(now).to_proto()),
            ..self.about.clone()
        }
    }
}

/// An instance.
#[derive(Debug)]
pub struct Instance {
    /// What the API shows of it.
    pub about: instance_pb::Instance,
    /// Its databases, by id.
    pub databases: BTreeMap<Box<str>, Database>,
    /// Its backups.
    pub backups: Backups,
}

impl Instance {
    /// An instance without contents.
    pub fn new(about: instance_pb::Instance) -> Instance {
        Instance { about, databases: BTreeMap::new(), backups: Backups::default() }
    }
}

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

/// All that is there in a project.
#[derive(Debug)]
pub struct World {
    /// The project's id.
    pub id: Box<str>,
    /// Its instances, by id.
    pub instances: BTreeMap<Box<str>, Instance>,
    /// Its operations.
    pub operations: Operations,
    /// Operations that end before the next request is served.
    ending: Vec<(Key, End)>,
    /// The latest moment that was given out.
    latest: Time,
}

impl World {
    /// A project without contents.
    pub fn new(id: impl Into<Box<str>>) -> World {
        World {
            id: id.into(),
            instances: BTreeMap::new(),
            operations: Operations::default(),
            ending: Vec::new(),
            latest: Time::default(),
        }
    }

    /// The moment of a request: what the clock says, and later than the moment of every request before.
    pub fn tick(&mut self, clock: Time) -> Time {
        self.latest = clock.max(self.latest + Span::MICROSECOND);
        self.latest
    }

    /// The instance with this id.
    ///
    /// # Errors
    /// NOT_FOUND.
    pub fn instance(&self, id: &str) -> Result<&Instance, Status> {
        self.instances.get(id).ok_or_else(|| errors::instance_not_found(&self.id, id))
    }

    /// The instance with this id, to be changed.
    ///
    /// # Errors
    /// NOT_FOUND.
    pub fn instance_mut(&mut self, id: &str) -> Result<&mut Instance, Status> {
        self.instances.get_mut(id).ok_or_else(|| errors::instance_not_found(&self.id, id))
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
    }

    /// Ends an operation, with all that its end means for what it works on. An operation that has ended stays as it
    /// is.
    pub fn end(&mut self, key: Key, end: End, now: Time, choices: &Choices) {
        let Some(operation) = self.operations.get_mut(key).filter(|operation| operation.is_running()) else {
            return;
        };
        operation.end = Some(now);
        operation.error = match end {
            End::Completed => None,
            End::Cancelled => Some(Box::new(Status::new(Code::Cancelled, choices.cancelled_message))),
            End::Failed => Some(Box::new(Status::new(Code::Internal, choices.failed_message))),
        };
        match &mut operation.work {
            Work::CreateBackup { made, database } => {
                let Ok([_, instance, id]) = name::backup(&operation.parent) else { return };
                let Some(instance) = self.instances.get_mut(instance) else { return };
                let database =
                    name::database(database).ok().and_then(|[.., id]| instance.databases.get_mut(id));
                if let Some(database) = database.filter(|database| database.pending_backup == Some(key)) {
                    database.pending_backup = None;
                }
                if end != End::Completed {
                    instance.backups.remove(id);
                } else if let Some(backup) = instance.backups.get_mut(id) {
                    backup.state = BackupState::Ready;
                    *made = Some(Box::new(backup.clone()));
                }
            }
            Work::CreateDatabase { made } => {
                let Ok([_, instance, id]) = name::database(&operation.parent) else { return };
                let Some(instance) = self.instances.get_mut(instance) else { return };
                if end != End::Completed {
                    instance.databases.remove(id);
                } else if let Some(database) = instance.databases.get_mut(id) {
                    database.about.state = pb::database::State::Ready.into();
                    *made = Some(Box::new(database.to_proto(now)));
                }
            }
        }
    }
}
