//! What is there in GeminiDB before a case begins.

use rescind_model::BackupState;

use super::backups::is_name;
use super::job::Job;
use super::jobs;
use super::message::Datastore;
use super::state::{Backup, Instance, Store};
use crate::kernel::choices::Choices;
use crate::kernel::operation::End;
use crate::kernel::{InvalidSetup, Setup, Span, Time};

const CASSANDRA: Datastore = Datastore { r#type: "cassandra", version: "3.11" };
const MONGODB: Datastore = Datastore { r#type: "mongodb", version: "4.0" };

/// Gives a store the instance with the id that the set-up calls the database, and the given backups of it,
/// each with the job that made it.
///
/// # Errors
/// The set-up asks for what GeminiDB could not be in.
pub fn give(setup: &Setup, store: &mut Store, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
    let id = setup.database.as_str();
    if id.is_empty() || id.contains('/') {
        return Err(InvalidSetup::Given(format!(
            "`{id}` is no id of an instance; ids hold no `/` and are not empty"
        )));
    }
    let datastore = if setup.given.not_cassandra { MONGODB } else { CASSANDRA };
    let instance = Instance { id: id.into(), datastore: datastore.clone(), building: None };
    if !setup.given.database_missing {
        let there = store.state.instances.insert(instance.id.clone(), instance.clone());
        if there.is_some() {
            return Err(InvalidSetup::Given(format!("instance `{id}`: given twice")));
        }
    }
    let mut begin = clock - choices.age_of_given;
    for given in &setup.given.backups {
        let name = given.id.replace("{backup}", &setup.backup);
        begin = begin + Span::MICROSECOND;
        let refused = |why: &str| Err(InvalidSetup::Given(format!("given backup `{name}`: {why}")));
        if !is_name(&name) {
            return refused("no name of a backup in GeminiDB");
        }
        if store.state.key_named(id, &name).is_some() {
            return refused("given twice");
        }
        let building = store.state.instances.get(id).is_some_and(|found| found.building.is_some());
        let end = match given.state {
            BackupState::Creating if building => {
                return refused("only one backup of an instance can be CREATING at a time in GeminiDB");
            }
            BackupState::Creating => None,
            BackupState::Ready => Some(End::Completed),
            BackupState::Failed => Some(End::Failed),
            BackupState::Deleting => return refused("backups of GeminiDB are never DELETING"),
        };
        let job = Job::Backup { instance: instance.id.clone(), stops: Vec::new() };
        let key = jobs::start(store, job, begin);
        if let Some(job) = store.operations.get_mut(key) {
            job.foreign = true;
        }
        let backup = Backup {
            name: name.into(),
            description: Box::default(),
            instance: instance.id.clone(),
            datastore: datastore.clone(),
            tables: Vec::new(),
            state: BackupState::Creating,
            begin,
            end: None,
            foreign: true,
        };
        store.state.insert(key, backup);
        if let Some(end) = end {
            store.end(key, end, begin, choices);
        }
    }
    Ok(())
}
