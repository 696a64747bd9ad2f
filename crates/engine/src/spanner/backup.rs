//! Backups, as an instance keeps them.
//!
//! An instance may hold a million of them, so a record is compact, and both ways to reach one are indexed: by id, and
//! by creation time, the order of lists.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rescind_model::BackupState;

use super::encryption;
use crate::kernel::operation::Key;
use crate::kernel::{Span, Time};
use crate::proto::database as pb;

/// The most characters in the id of a backup.
pub const LONGEST_ID: usize = 60;
/// The shortest time until a backup expires (backup.proto, `expire_time`).
pub const SHORTEST_LIFE: Span = Span::hours(6);
/// The longest time until a backup expires (backup.proto, `expire_time`).
pub const LONGEST_LIFE: Span = Span::days(366);

/// A backup.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Its id in the instance.
    pub id: Arc<str>,
    /// The full name of the database it was made of.
    pub database: Arc<str>,
    /// CREATING or READY.
    pub state: BackupState,
    /// When the request to create it was received; no two backups of a project share it.
    pub create_time: Time,
    /// The moment of the database that it holds.
    pub version_time: Time,
    /// When it may be deleted by the service.
    pub expire_time: Time,
    /// The last moment that `expire_time` may be set to.
    pub max_expire_time: Time,
    /// Its size in bytes once it is READY. The emulated databases hold no rows, so this is 0 unless it was chosen.
    pub size_bytes: i64,
    /// The database dialect, as in the API.
    pub dialect: i32,
    /// The key that it is encrypted with, if a customer manages it.
    pub kms_key: Option<Box<str>>,
    /// The ids of the partitions of its instance that its database placed data in; most backups have none.
    pub partitions: Option<Box<[Box<str>]>>,
    /// The operation that creates it.
    pub operation: Option<Key>,
    /// What is being made of it; most backups have nothing there.
    pub references: Option<Box<References>>,
    /// True if it was there before the case began.
    pub foreign: bool,
}

/// What is being made of a backup, which cannot be deleted meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Full names of databases that are being restored from it, or that still read it.
    pub databases: Vec<String>,
    /// Full names of backups that are being copied from it.
    pub backups: Vec<String>,
}

impl Backup {
    /// Notes that a database reads the backup.
    pub fn refer_database(&mut self, name: String) {
        self.references.get_or_insert_default().databases.push(name);
    }

    /// Notes that a backup is copied from this one.
    pub fn refer_backup(&mut self, name: String) {
        self.references.get_or_insert_default().backups.push(name);
    }

    /// Notes that a database or backup has no more need of this one.
    pub fn release(&mut self, name: &str) {
        if let Some(references) = &mut self.references {
            references.databases.retain(|other| other != name);
            references.backups.retain(|other| other != name);
        }
        self.references.take_if(|references| **references == References::default());
    }

    /// True if it holds data that was placed in the partition with this id.
    pub fn uses_partition(&self, id: &str) -> bool {
        self.partitions.iter().flatten().any(|partition| **partition == *id)
    }

    /// The backup as the API shows it.
    pub fn to_proto(&self, instance: &str) -> pb::Backup {
        let encryption = encryption::info(self.kms_key.as_deref());
        let references = self.references.as_deref().cloned().unwrap_or_default();
        pb::Backup {
            name: format!("{instance}/backups/{}", self.id),
            database: self.database.to_string(),
            state: state_number(self.state),
            create_time: Some(self.create_time.to_proto()),
            version_time: Some(self.version_time.to_proto()),
            expire_time: Some(self.expire_time.to_proto()),
            max_expire_time: Some(self.max_expire_time.to_proto()),
            oldest_version_time: Some(self.version_time.to_proto()),
            size_bytes: self.size_bytes,
            freeable_size_bytes: self.size_bytes,
            exclusive_size_bytes: self.size_bytes,
            database_dialect: self.dialect,
            encryption_information: vec![encryption.clone()],
            encryption_info: Some(encryption),
            referencing_databases: references.databases,
            referencing_backups: references.backups,
            ..Default::default()
        }
    }
}

/// The state's number in the API. Spanner knows two states; a backup that fails or is deleted is gone.
fn state_number(state: BackupState) -> i32 {
    use pb::backup::State;
    match state {
        BackupState::Creating => State::Creating.into(),
        BackupState::Ready => State::Ready.into(),
        BackupState::Failed | BackupState::Deleting => State::Unspecified.into(),
    }
}

/// The backups of an instance.
#[derive(Debug, Default)]
pub struct Backups {
    by_time: BTreeMap<Time, Backup>,
    by_id: HashMap<Arc<str>, Time>,
}

impl Backups {
    /// Adds a backup. Its id and its creation time must be new.
    pub fn insert(&mut self, backup: Backup) {
        self.by_id.insert(backup.id.clone(), backup.create_time);
        self.by_time.insert(backup.create_time, backup);
    }

    /// The backup with this id.
    pub fn get(&self, id: &str) -> Option<&Backup> {
        self.by_time.get(self.by_id.get(id)?)
    }

    /// The backup with this id, to be changed in anything but id and creation time.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Backup> {
        self.by_time.get_mut(self.by_id.get(id)?)
    }

    /// Removes the backup with this id.
    pub fn remove(&mut self, id: &str) -> Option<Backup> {
        self.by_time.remove(&self.by_id.remove(id)?)
    }

    /// Gives the backup with this id another one, which must be new.
    pub fn rename(&mut self, id: &str, new: &str) {
        if let Some(backup) = self.remove(id) {
            self.insert(Backup { id: new.into(), ..backup });
        }
    }

    /// The backups created before a moment (all, if none is given), the latest first.
    pub fn latest_first(&self, before: Option<Time>) -> impl Iterator<Item = &Backup> {
        let end = before.unwrap_or(Time::END);
        self.by_time.range(..end).rev().map(|(_, backup)| backup)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}
