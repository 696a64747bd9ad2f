//! What is there in AlloyDB before a case begins.

use std::sync::Arc;

use rescind_model::BackupState as Stage;

use super::state::{Managed, Resource, Store};
use super::version::{V1, Version};
use super::work::{Action, Work};
use super::{check, clusters, name};
use crate::kernel::choices::Choices;
use crate::kernel::operation::Operation;
use crate::kernel::{InvalidSetup, Setup, Span, Time};
use crate::proto::alloydb::v1beta::{self as pb, backup::Type};

/// Gives a store, in the location with the id that the set-up calls the instance, the cluster with the id that it
/// calls the database, and the given backups of it.
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
    let mut cluster = clusters::new(&format!("{location}/clusters/{}", setup.database), begin);
    cluster.uid = store.state.next_uid();
    cluster.enter(Stage::Ready, begin);
    for given in &setup.given.backups {
        let id = given.id.replace("{backup}", &setup.backup);
        begin = begin + Span::MICROSECOND;
        let refused = |why: &str| Err(InvalidSetup::Given(format!("given backup `{id}`: {why}")));
        if !check::is_id(&id) {
            return refused("no id of a backup in AlloyDB");
        }
        let name: Arc<str> = format!("{location}/backups/{id}").into();
        if store.state.backups.get(&name).is_some() {
            return refused("given twice");
        }
        let mut about = pb::Backup {
            name: name.to_string(),
            uid: store.state.next_uid(),
            cluster_name: cluster.name.clone(),
            cluster_uid: cluster.uid.clone(),
            database_version: cluster.database_version,
            r#type: Type::OnDemand.into(),
            encryption_info: cluster.encryption_info.clone(),
            create_time: Some(begin.to_proto()),
            ..Default::default()
        };
        about.enter(given.state, begin);
        let action = match given.state {
            Stage::Ready | Stage::Failed => None,
            Stage::Creating => Some(Action::Create),
            Stage::Deleting => Some(Action::Delete(Stage::Ready)),
        };
        let busy = action.map(|action| {
            let task = Box::new(Work::<pb::Backup>::new(V1::NAME, name.clone(), action));
            store.start(Operation { foreign: true, ..Operation::new(location.as_str(), task, begin) })
        });
        store.state.backups.insert(name, Managed { busy, foreign: true, ..Managed::new(about) });
    }
    if !setup.given.database_missing {
        let name: Arc<str> = cluster.name.as_str().into();
        if store.state.clusters.get(&name).is_some() {
            return Err(InvalidSetup::Given(format!("cluster `{}`: given twice", setup.database)));
        }
        store.state.clusters.insert(name, Managed { foreign: true, ..Managed::new(cluster) });
    }
    Ok(())
}
