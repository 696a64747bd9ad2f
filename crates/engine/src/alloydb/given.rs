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
    let mut begin = clock - choices.age_of_given;
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
        give_backup(store, &location, &name, &cluster, given.state, begin);
    }
    if setup.bystanders {
        give_bystanders(store, &location, &cluster, clock - choices.age_of_given);
    }
    if !setup.given.database_missing && !give_cluster(store, cluster) {
        return Err(InvalidSetup::Given(format!("cluster `{}`: given twice", setup.database)));
    }
    Ok(())
}

/// A READY backup of the cluster that the sample is told to use; another cluster, with a label, and a backup of that which is
/// being made.
fn give_bystanders(store: &mut Store, location: &str, cluster: &pb::Cluster, begin: Time) {
    let name = |id: &str| format!("{location}/backups/{BYSTANDER}-{id}");
    give_backup(store, location, &name("backup"), cluster, Stage::Ready, begin - Span::MICROSECOND);
    let mut other = ready_cluster(store, location, &format!("{BYSTANDER}-cluster"), begin);
    other.labels.insert("owner".to_owned(), BYSTANDER.to_owned());
    give_backup(store, location, &name("cluster-backup"), &other, Stage::Creating, begin - Span::hours(1));
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
    let mut about = pb::Backup {
        name: name.to_owned(),
        uid: store.state.next_uid(),
        cluster_name: cluster.name.clone(),
        cluster_uid: cluster.uid.clone(),
        database_version: cluster.database_version,
        r#type: Type::OnDemand.into(),
        encryption_info: cluster.encryption_info.clone(),
        create_time: Some(begin.to_proto()),
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
