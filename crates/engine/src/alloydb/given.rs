//! What is there in AlloyDB before a case begins.

use std::sync::Arc;

use rescind_model::BackupState as Stage;

use super::state::{Managed, Resource, Store};
use super::version::{V1, Version};
use super::work::{Action, Work};
use super::{check, clusters, name};
use crate::kernel::choices::Choices;
use crate::kernel::operation::Operation;
use crate::kernel::{BYSTANDER, InvalidSetup, Setup, Span, Time};
use crate::proto::alloydb::v1beta::{self as pb, backup::Type};

/// Gives a store, in the location with the id that the set-up calls the instance, the cluster with the id that it
/// calls the database, and the given backups of it, and what is there beside.
///
/// # Errors
/// The set-up asks for what AlloyDB could not be in.
pub fn give(setup: &Setup, store: &mut Store, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
    let location = format!("projects/{}/locations/{}", store.id, setup.instance);
    if name::location(&location).is_err() {
        let message = format!("`{location}` is no name of a location; ids hold no `/` and are not empty");
        return Err(InvalidSetup::Given(message));
    }
    if !check::is_id(&setup.database) {
        return Err(InvalidSetup::Given(format!("`{}` is no id of a cluster in AlloyDB", setup.database)));
    }
    let moments = Moments { clock, choices };
    let mut begin = moments.begin();
    let cluster = ready_cluster(store, &location, &setup.database, begin);
    for given in &setup.given.backups {
        let id = given.id.replace("{backup}", &setup.backup);
        begin = begin + Span::MICROSECOND;
        let refused = |why: &str| Err(InvalidSetup::Given(format!("given backup `{id}`: {why}")));
        if !check::is_id(&id) {
            return refused("no id of a backup in AlloyDB");
        }
        let name = format!("{location}/backups/{id}");
        if store.state.backups.get(&name).is_some() {
            return refused("given twice");
        }
        let since = moments.at(store, given.state, begin);
        give_backup(store, &location, &name, &cluster, given.state, since);
    }
    if setup.bystanders {
        give_bystanders(store, &location, &cluster, moments);
    }
    if !setup.given.database_missing && !give_cluster(store, cluster) {
        return Err(InvalidSetup::Given(format!("cluster `{}`: given twice", setup.database)));
    }
    Ok(())
}

/// Whether AlloyDB could have given the ids in a set-up; that of the cluster is looked at where it is given.
///
/// # Errors
/// The location does not have the form of one.
pub fn check_ids(setup: &Setup) -> Result<(), InvalidSetup> {
    let location = &setup.instance;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if location.starts_with(|c: char| c.is_ascii_lowercase()) && location.chars().all(plain) {
        return Ok(());
    }
    Err(InvalidSetup::Given(format!("`{location}` is no location of AlloyDB; one is `us-central1`")))
}

/// When what was there before was made.
#[derive(Clone, Copy)]
struct Moments<'a> {
    /// When the case begins.
    clock: Time,
    choices: &'a Choices,
}

impl Moments<'_> {
    /// When the first of it was made.
    fn begin(self) -> Time {
        self.clock - self.choices.age_of_given
    }

    /// When a backup was begun that is in this state, where one that is READY was at that moment.
    fn at(self, store: &Store, state: Stage, moment: Time) -> Time {
        match state {
            Stage::Ready | Stage::Failed => moment,
            Stage::Creating | Stage::Deleting => store.pending_since(moment, self.clock, self.choices),
        }
    }
}

/// A READY backup of the cluster that the sample is told to use; another cluster, with a label, and a backup of that which is
/// being made.
fn give_bystanders(store: &mut Store, location: &str, cluster: &pb::Cluster, moments: Moments<'_>) {
    let begin = moments.begin();
    let name = |id: &str| format!("{location}/backups/{BYSTANDER}-{id}");
    give_backup(store, location, &name("backup"), cluster, Stage::Ready, begin - Span::MICROSECOND);
    let mut other = ready_cluster(store, location, &format!("{BYSTANDER}-cluster"), begin);
    other.labels.insert("owner".to_owned(), BYSTANDER.to_owned());
    let pending = moments.at(store, Stage::Creating, begin - Span::hours(1));
    give_backup(store, location, &name("cluster-backup"), &other, Stage::Creating, pending);
    give_cluster(store, other);
}

fn ready_cluster(store: &mut Store, location: &str, id: &str, begin: Time) -> pb::Cluster {
    let mut cluster = clusters::new(&format!("{location}/clusters/{id}"), begin);
    cluster.uid = store.state.next_uid();
    cluster.enter(Stage::Ready, begin);
    cluster
}

/// Adds a cluster, unless one of its name is there. True if it was added.
fn give_cluster(store: &mut Store, cluster: pb::Cluster) -> bool {
    let name: Arc<str> = cluster.name.as_str().into();
    let is_new = store.state.clusters.get(&name).is_none();
    if is_new {
        store.state.clusters.insert(name, Managed { foreign: true, ..Managed::new(cluster) });
    }
    is_new
}

/// Adds a backup, with the operation that works on it, if one does.
fn give_backup(
    store: &mut Store,
    location: &str,
    name: &str,
    cluster: &pb::Cluster,
    state: Stage,
    begin: Time,
) {
    let size_bytes = if state == Stage::Ready { store.state.choices.backup_size.0 } else { 0 };
    let mut about = pb::Backup {
        name: name.to_owned(),
        uid: store.state.next_uid(),
        cluster_name: cluster.name.clone(),
        cluster_uid: cluster.uid.clone(),
        database_version: cluster.database_version,
        r#type: Type::OnDemand.into(),
        encryption_info: cluster.encryption_info.clone(),
        create_time: Some(begin.to_proto()),
        size_bytes,
        ..Default::default()
    };
    about.enter(state, begin);
    let action = match state {
        Stage::Ready | Stage::Failed => None,
        Stage::Creating => Some(Action::Create),
        Stage::Deleting => Some(Action::Delete(Stage::Ready)),
    };
    let name: Arc<str> = name.into();
    let busy = action.map(|action| {
        let task = Box::new(Work::<pb::Backup>::new(V1::NAME, name.clone(), action));
        store.start(Operation { foreign: true, ..Operation::new(location, task, begin) })
    });
    store.state.backups.insert(name, Managed { busy, foreign: true, ..Managed::new(about) });
}
