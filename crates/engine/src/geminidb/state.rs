//! The instances and backups of GeminiDB.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rescind_model::{BackupState, BackupView};

use super::choices::GeminiDbChoices;
use super::job::{Job, key_of_job};
use super::message::{BackupItem, DatabaseTable, Datastore, status_word, time_text};
use crate::kernel::choices::Fate;
use crate::kernel::operation::{End, Ending, Key};
use crate::kernel::{self, Time};

/// An instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its id, by which requests name it.
    pub id: Arc<str>,
    /// What it runs.
    pub datastore: Datastore,
    /// The backup of it that is being made.
    pub building: Option<Key>,
}

impl Instance {
    /// True for the only kind of instance whose backups can be stopped.
    pub fn is_cassandra(&self) -> bool {
        self.datastore.r#type == "cassandra"
    }
}

/// A backup. Its key is that of the job that made it.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Its id, if it was there before under one that is not of the emulator's making.
    pub given_id: Option<Box<str>>,
    /// Its name, chosen by who made it.
    pub name: Box<str>,
    /// Its description.
    pub description: Box<str>,
    /// The id of the instance.
    pub instance: Arc<str>,
    /// What the instance runs.
    pub datastore: Datastore,
    /// What of the instance it is limited to.
    pub tables: Vec<DatabaseTable>,
    /// CREATING, READY or FAILED.
    pub state: BackupState,
    /// When it was begun.
    pub begin: Time,
    /// When it was completed or failed.
    pub end: Option<Time>,
    /// True if it was there before the case began.
    pub foreign: bool,
}

impl Backup {
    /// Its id.
    pub fn id(&self, key: Key) -> String {
        self.given_id.as_deref().map_or_else(|| backup_id(key), str::to_owned)
    }

    /// The backup as lists show it, where one that is completed has this size in kilobytes.
    pub fn item(&self, key: Key, size: u64) -> BackupItem {
        BackupItem {
            id: self.id(key),
            name: self.name.to_string(),
            description: self.description.to_string(),
            instance_id: self.instance.to_string(),
            instance_name: self.instance.to_string(),
            datastore: self.datastore.clone(),
            r#type: "Manual",
            status: status_word(self.state),
            size: if self.state == BackupState::Ready { size } else { 0 },
            begin_time: time_text(self.begin),
            end_time: self.end.map(time_text),
            database_tables: self.tables.clone(),
        }
    }
}

/// The end of the id of a backup, after 32 hexadecimal digits.
const BACKUP_SUFFIX: &str = "br06";

/// The id of the backup that the job with this key makes.
pub fn backup_id(key: Key) -> String {
    format!("{key:032x}{BACKUP_SUFFIX}")
}

/// True for what has the form that ids of backups have in the documentation, `2f4ddb93b8994d31994a3e5ed93a0acbbr06`: 32
/// hexadecimal digits, two letters for the kind of the resource and two digits for the kind of the database.
pub fn is_backup_id(id: &str) -> bool {
    let lower_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    match id.as_bytes().split_at_checked(32) {
        Some((digits, [a, b, c, d])) => {
            digits.iter().copied().all(lower_hex)
                && [a, b].iter().all(|letter| letter.is_ascii_lowercase())
                && [c, d].iter().all(|digit| digit.is_ascii_digit())
        }
        _ => false,
    }
}

/// The key in the id of a backup that the emulator made; none for what does not have the form of one.
fn key_of_backup(id: &str) -> Option<Key> {
    let digits = id.strip_suffix(BACKUP_SUFFIX)?;
    let key = Key::from_str_radix(digits, 16).ok()?;
    // Comparing the whole refuses other spellings of the number.
    (backup_id(key) == id).then_some(key)
}

/// What is there of GeminiDB in a project, with its operations.
pub type Store = kernel::Store<GeminiDb>;

/// The turn of a request to GeminiDB.
pub type Turn<'a> = kernel::Turn<'a, GeminiDb>;

/// GeminiDB, in one project: its instances, backups and jobs.
#[derive(Debug, Default)]
pub struct GeminiDb {
    /// What it does where nobody published what the service does.
    pub choices: GeminiDbChoices,
    /// By id.
    pub instances: BTreeMap<Arc<str>, Instance>,
    /// By key.
    pub jobs: BTreeMap<Key, Job>,
    backups: BTreeMap<Key, Backup>,
    by_name: HashMap<(Arc<str>, Box<str>), Key>,
    /// Those that were there before under ids that are not of the emulator's making.
    by_given_id: HashMap<Box<str>, Key>,
}

impl GeminiDb {
    /// Nothing yet, with these choices.
    pub fn choosing(choices: GeminiDbChoices) -> GeminiDb {
        GeminiDb { choices, ..GeminiDb::default() }
    }

    /// Adds a backup. Its name must be new in its instance.
    pub fn insert(&mut self, key: Key, backup: Backup) {
        if let Some(instance) =
            self.instances.get_mut(&backup.instance).filter(|_| backup.state == BackupState::Creating)
        {
            instance.building = Some(key);
        }
        self.by_name.insert((backup.instance.clone(), backup.name.clone()), key);
        self.by_given_id.extend(backup.given_id.clone().map(|id| (id, key)));
        self.backups.insert(key, backup);
    }

    /// The key in this id of a backup, which may be gone: its job is not.
    pub fn key_with_id(&self, id: &str) -> Option<Key> {
        self.by_given_id.get(id).copied().or_else(|| key_of_backup(id))
    }

    /// The backup with this key.
    pub fn get(&self, key: Key) -> Option<&Backup> {
        self.backups.get(&key)
    }

    /// Removes a backup.
    pub fn remove(&mut self, key: Key) {
        if let Some(backup) = self.backups.remove(&key) {
            self.by_name.remove(&(backup.instance, backup.name));
        }
    }

    /// The key of the backup of an instance with this name.
    pub fn key_named(&self, instance: &str, name: &str) -> Option<Key> {
        self.by_name.get(&(Arc::from(instance), Box::from(name))).copied()
    }

    /// Gives the backup with this key another name, which must be new in its instance.
    pub fn rename(&mut self, key: Key, new: &str) {
        if let Some(backup) = self.backups.get_mut(&key) {
            let instance = backup.instance.clone();
            let old = std::mem::replace(&mut backup.name, new.into());
            self.by_name.remove(&(instance.clone(), old));
            self.by_name.insert((instance, new.into()), key);
        }
    }

    /// All backups, the latest begun first.
    pub fn latest_first(&self) -> impl Iterator<Item = (Key, &Backup)> {
        self.backups.iter().rev().map(|(key, backup)| (*key, backup))
    }

    /// What the end of a job means for the backup that it makes. Returns the jobs that end with it: those which were
    /// to stop it.
    pub fn ended(&mut self, &Ending { key, end, now, .. }: &Ending<'_>) -> Vec<Key> {
        let Some(Job::Backup { instance, stops }) = self.jobs.get_mut(&key) else { return Vec::new() };
        let stops = std::mem::take(stops);
        if let Some(instance) = self.instances.get_mut(instance).filter(|found| found.building == Some(key)) {
            instance.building = None;
        }
        match end {
            End::Cancelled if self.choices.stopped_backup == Fate::Removed => self.remove(key),
            _ => {
                if let Some(backup) = self.backups.get_mut(&key) {
                    backup.end = Some(now);
                    backup.state =
                        if end == End::Completed { BackupState::Ready } else { BackupState::Failed };
                }
            }
        }
        stops
    }

    /// The key of the backup that the job with this id makes or is to stop.
    pub fn backup_of_job(&self, id: &str) -> Option<Key> {
        let key = key_of_job(id)?;
        match self.jobs.get(&key)? {
            Job::Backup { .. } => Some(key),
            Job::Stop { backup, .. } => Some(*backup),
            Job::Delete { .. } => None,
        }
    }

    /// The key of the backup that a full name is about: one with the name of the backup, as requests that create one have
    /// it, one with its id, or one of a job that makes or stops it.
    pub fn key_in(&self, resource: &str) -> Option<Key> {
        let parts: Vec<&str> = resource.split('/').collect();
        match parts.as_slice() {
            ["projects", _, "instances", instance, "backups", name] => self.key_named(instance, name),
            ["projects", _, "backups", id] => self.key_with_id(id),
            ["projects", _, "jobs", id] => self.backup_of_job(id),
            _ => None,
        }
    }

    /// The backups as snapshots show them, by the names that were chosen for them.
    pub fn views(&self, project: &str) -> impl Iterator<Item = BackupView> {
        self.backups.values().map(move |backup| BackupView {
            name: full_name(project, &backup.instance, &backup.name),
            state: backup.state,
            foreign: backup.foreign,
        })
    }
}

/// The full name of a backup. The API has none; this one has the form of those of the other services.
pub fn full_name(project: &str, instance: &str, name: &str) -> String {
    format!("projects/{project}/instances/{instance}/backups/{name}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ids_of_the_documentation_have_a_form() {
        for id in
            ["2f4ddb93b8994d31994a3e5ed93a0acbbr06", "8c0851d6b5a84d16a5a3e1a3a1d1f0a9in06", &backup_id(1)]
        {
            assert!(is_backup_id(id), "{id}");
        }
        for id in [
            "",
            "br06",
            "2f4ddb93b8994d31994a3e5ed93a0acb",
            "2F4ddb93b8994d31994a3e5ed93a0acbbr06",
            "é".repeat(18).as_str(),
        ] {
            assert!(!is_backup_id(id), "{id}");
        }
    }

    proptest! {
        #[test]
        fn ids_yield_their_keys(key in 1u64..1 << 48) {
            prop_assert_eq!(key_of_backup(&backup_id(key)), Some(key));
            prop_assert_eq!(backup_id(key).len(), 36);
        }

        #[test]
        fn no_text_makes_reading_ids_panic(id in "[0-9a-f+-]{0,40}(br06)?|.{0,40}") {
            if let Some(key) = key_of_backup(&id) {
                prop_assert_eq!(backup_id(key), id);
            }
        }
    }
}
