//! The backups that are there in Spanner before a case begins.

use rescind_model::BackupState;

use super::backup::{Backup, LONGEST_LIFE};
use super::backups;
use super::state::{Database, Store};
use crate::kernel::Time;
use crate::kernel::choices::{Bytes, Choices};
use crate::kernel::operation::Operation;

/// Of which moments the given state is.
#[derive(Clone, Copy)]
pub struct GivenState<'a> {
    /// When it was made.
    pub begin: Time,
    /// When the case begins.
    clock: Time,
    choices: &'a Choices,
    /// How large a backup is that is READY.
    size: Bytes,
}

impl<'a> GivenState<'a> {
    /// The given state of a case that begins now, with backups of this size.
    pub fn new(clock: Time, choices: &'a Choices, size: Bytes) -> GivenState<'a> {
        GivenState { begin: clock - choices.age_of_given, clock, choices, size }
    }

    /// A backup of a database that was made at this moment, which no other backup of the project shares.
    pub fn backup(self, id: &str, database: &Database, state: BackupState, create_time: Time) -> Backup {
        Backup {
            id: id.into(),
            database: database.name.clone(),
            state,
            create_time,
            version_time: create_time,
            expire_time: self.clock + self.choices.given_backups_expire_after,
            max_expire_time: create_time + LONGEST_LIFE,
            size_bytes: if state == BackupState::Ready { self.size.0 } else { 0 },
            dialect: database.about.database_dialect,
            kms_key: None,
            partitions: None,
            operation: None,
            references: None,
            foreign: true,
        }
    }

    /// A backup that is being made, for as long as the case lasts, by an operation of its own.
    pub fn pending(
        self,
        id: &str,
        database: &mut Database,
        store: &mut Store,
        instance: &str,
        create_time: Time,
    ) -> Backup {
        let task = Box::new(backups::BackupCreation::of(database.name.clone()));
        let create_time = store.pending_since(create_time, self.clock, self.choices);
        let parent = format!("{instance}/backups/{id}");
        let operation = Operation { foreign: true, ..Operation::new(parent, task, create_time) };
        let key = Some(store.start(operation));
        database.pending_backup = key;
        Backup { operation: key, ..self.backup(id, database, BackupState::Creating, create_time) }
    }
}
