//! What AlloyDB keeps in a project.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use prost::Name;
use rescind_model::{BackupState as Stage, BackupView};

use super::choices::AlloyDbChoices;
use super::requests::Requests;
use crate::kernel::choices::Fate;
use crate::kernel::operation::{End, Key};
use crate::kernel::{self, Time};
use crate::proto::alloydb::v1beta as pb;

/// What is there of AlloyDB in a project, with its operations.
pub type Store = kernel::Store<AlloyDb>;

/// The turn of a request to AlloyDB.
pub type Turn<'a> = kernel::Turn<'a, AlloyDb>;

/// AlloyDB, in one project. Locations are there without being made.
#[derive(Debug, Default)]
pub struct AlloyDb {
    /// What it does where nobody published what the service does.
    pub choices: AlloyDbChoices,
    /// The clusters, by full name.
    pub clusters: Kept<pb::Cluster>,
    /// The instances of clusters, by full name.
    pub instances: Kept<pb::Instance>,
    /// The users of clusters, by full name.
    pub users: BTreeMap<Arc<str>, pb::User>,
    /// The backups, by full name.
    pub backups: Kept<pb::Backup>,
    /// The requests that are not to be carried out again.
    pub requests: Requests,
    /// How many resources have been made; their unique ids are numbers.
    made: u64,
}

impl AlloyDb {
    /// Nothing yet, with these choices.
    pub fn choosing(choices: AlloyDbChoices) -> AlloyDb {
        AlloyDb { choices, ..AlloyDb::default() }
    }

    /// A unique id: a UUID, the same one in every run of a case.
    pub fn next_uid(&mut self) -> String {
        self.made += 1;
        format!("00000000-0000-4000-9000-{:012x}", self.made).into_boxed_str().into()
    }

    /// The backups as snapshots show them.
    pub fn views(&self) -> impl Iterator<Item = BackupView> {
        self.backups.iter().map(|(name, backup)| BackupView {
            name: name.to_owned(),
            state: backup.about.stage(),
            foreign: backup.foreign,
        })
    }
}

/// A resource, with the operation that works on it.
#[derive(Debug)]
pub struct Managed<T> {
    /// The resource, as the API shows it. The operation that made it shares it until it changes.
    pub about: Arc<T>,
    /// The operation that creates, updates or deletes it.
    pub busy: Option<Key>,
    /// True if it was there before the case began.
    pub foreign: bool,
}

impl<T: Resource> Managed<T> {
    /// A resource that nobody works on.
    pub fn new(about: T) -> Managed<T> {
        Managed { about: Arc::new(about), busy: None, foreign: false }
    }

    /// Gives the resource a state, as [`Resource::enter`] does.
    pub fn enter(&mut self, stage: Stage, now: Time) {
        Arc::make_mut(&mut self.about).enter(stage, now);
    }
}

/// The resources of a kind. A project may hold a million of them.
#[derive(Debug)]
pub struct Kept<T>(BTreeMap<Arc<str>, Managed<T>>);

impl<T> Default for Kept<T> {
    fn default() -> Kept<T> {
        Kept(BTreeMap::new())
    }
}

impl<T> Kept<T> {
    /// Adds a resource. Its name must be new.
    pub fn insert(&mut self, name: Arc<str>, managed: Managed<T>) {
        self.0.insert(name, managed);
    }

    /// The resource of this full name.
    pub fn get(&self, name: &str) -> Option<&Managed<T>> {
        self.0.get(name)
    }

    /// The resource of this full name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Managed<T>> {
        self.0.get_mut(name)
    }

    /// Removes the resource of this full name.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Removes all whose names begin with `prefix`.
    pub fn remove_below(&mut self, prefix: &str) {
        self.0.retain(|name, _| !name.starts_with(prefix));
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Managed<T>)> {
        self.0.iter().map(|(name, managed)| (&**name, managed))
    }

    /// Those whose names begin with `prefix`, from behind a name on, in the order of their names.
    pub fn below<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a str, &'a Managed<T>)> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let found = self.0.range::<str, _>((start, Bound::Unbounded));
        found.map(|(name, managed)| (&**name, managed)).take_while(move |(name, _)| name.starts_with(prefix))
    }
}

impl Kept<pb::Backup> {
    /// Gives the backup of this full name another one, which must be new.
    pub fn rename(&mut self, name: &str, new: &str) {
        if let Some(mut managed) = self.0.remove(name) {
            Arc::make_mut(&mut managed.about).name = new.to_owned();
            self.insert(new.into(), managed);
        }
    }
}

/// What clusters and backups have in common.
pub trait Resource: Name + Clone + Default + fmt::Debug + Send + 'static {
    /// The collection that it is in, `backups`.
    const COLLECTION: &'static str;
    /// The type, as errors name it.
    const TYPE: &'static str;

    /// True if a schedule decides upon its creation.
    const DECIDED: bool;

    /// The place of such resources.
    fn kept(alloydb: &mut AlloyDb) -> &mut Kept<Self>;

    /// The same place, to be looked at.
    fn kept_in(alloydb: &AlloyDb) -> &Kept<Self>;

    /// What becomes of one whose creation ends so, unless it is completed.
    fn fate(end: End, choices: &AlloyDbChoices) -> Fate;

    /// Gives it the id that no other resource ever has.
    fn identify(&mut self, uid: String);

    /// Its state.
    fn stage(&self) -> Stage;

    /// Gives it a state. The resource has changed then: it has another etag from now on.
    fn enter(&mut self, stage: Stage, now: Time);

    /// What goes with one that is removed.
    fn removed(_alloydb: &mut AlloyDb, _name: &str) {}

    /// Its creation is complete. Backups are of this size then.
    fn completed(&mut self, _backup_size: i64) {}

    /// Its etag.
    fn etag(&self) -> &str;
}

/// An etag is the moment of the last change: no two changes of a project share it.
fn etag(now: Time) -> String {
    format!("{:016x}", now.micros())
}

impl Resource for pb::Backup {
    const COLLECTION: &'static str = "backups";
    const TYPE: &'static str = "alloydb.googleapis.com/Backup";
    const DECIDED: bool = true;

    fn kept(alloydb: &mut AlloyDb) -> &mut Kept<pb::Backup> {
        &mut alloydb.backups
    }

    fn kept_in(alloydb: &AlloyDb) -> &Kept<pb::Backup> {
        &alloydb.backups
    }

    fn fate(end: End, choices: &AlloyDbChoices) -> Fate {
        if end == End::Failed { choices.failed_backup } else { choices.cancelled_backup }
    }

    fn identify(&mut self, uid: String) {
        self.uid = uid;
    }

    fn stage(&self) -> Stage {
        match self.state() {
            pb::backup::State::Creating | pb::backup::State::Unspecified => Stage::Creating,
            pb::backup::State::Ready => Stage::Ready,
            pb::backup::State::Failed => Stage::Failed,
            pb::backup::State::Deleting => Stage::Deleting,
        }
    }

    fn enter(&mut self, stage: Stage, now: Time) {
        self.set_state(match stage {
            Stage::Creating => pb::backup::State::Creating,
            Stage::Ready => pb::backup::State::Ready,
            Stage::Failed => pb::backup::State::Failed,
            Stage::Deleting => pb::backup::State::Deleting,
        });
        self.update_time = Some(now.to_proto());
        self.etag = etag(now);
    }

    fn completed(&mut self, backup_size: i64) {
        self.size_bytes = backup_size;
    }

    fn etag(&self) -> &str {
        &self.etag
    }
}

impl Resource for pb::Cluster {
    const COLLECTION: &'static str = "clusters";
    const TYPE: &'static str = "alloydb.googleapis.com/Cluster";
    const DECIDED: bool = false;

    fn kept(alloydb: &mut AlloyDb) -> &mut Kept<pb::Cluster> {
        &mut alloydb.clusters
    }

    fn kept_in(alloydb: &AlloyDb) -> &Kept<pb::Cluster> {
        &alloydb.clusters
    }

    fn fate(_end: End, _choices: &AlloyDbChoices) -> Fate {
        Fate::Removed
    }

    /// Its instances and users.
    fn removed(alloydb: &mut AlloyDb, name: &str) {
        let inside = format!("{name}/");
        alloydb.instances.remove_below(&inside);
        alloydb.users.retain(|user, _| !user.starts_with(&inside));
    }

    fn identify(&mut self, uid: String) {
        self.uid = uid;
    }

    fn stage(&self) -> Stage {
        match self.state() {
            pb::cluster::State::Creating => Stage::Creating,
            pb::cluster::State::Deleting => Stage::Deleting,
            pb::cluster::State::Failed => Stage::Failed,
            _ => Stage::Ready,
        }
    }

    fn enter(&mut self, stage: Stage, now: Time) {
        self.set_state(match stage {
            Stage::Creating => pb::cluster::State::Creating,
            Stage::Ready => pb::cluster::State::Ready,
            Stage::Failed => pb::cluster::State::Failed,
            Stage::Deleting => pb::cluster::State::Deleting,
        });
        self.update_time = Some(now.to_proto());
        self.etag = etag(now);
    }

    fn etag(&self) -> &str {
        &self.etag
    }
}

impl Resource for pb::Instance {
    const COLLECTION: &'static str = "instances";
    const TYPE: &'static str = "alloydb.googleapis.com/Instance";
    const DECIDED: bool = false;

    fn kept(alloydb: &mut AlloyDb) -> &mut Kept<pb::Instance> {
        &mut alloydb.instances
    }

    fn kept_in(alloydb: &AlloyDb) -> &Kept<pb::Instance> {
        &alloydb.instances
    }

    fn fate(_end: End, _choices: &AlloyDbChoices) -> Fate {
        Fate::Removed
    }

    fn identify(&mut self, uid: String) {
        self.uid = uid;
    }

    fn stage(&self) -> Stage {
        match self.state() {
            pb::instance::State::Creating => Stage::Creating,
            pb::instance::State::Deleting => Stage::Deleting,
            pb::instance::State::Failed => Stage::Failed,
            _ => Stage::Ready,
        }
    }

    fn enter(&mut self, stage: Stage, now: Time) {
        self.set_state(match stage {
            Stage::Creating => pb::instance::State::Creating,
            Stage::Ready => pb::instance::State::Ready,
            Stage::Failed => pb::instance::State::Failed,
            Stage::Deleting => pb::instance::State::Deleting,
        });
        self.update_time = Some(now.to_proto());
        self.etag = etag(now);
    }

    fn etag(&self) -> &str {
        &self.etag
    }
}
