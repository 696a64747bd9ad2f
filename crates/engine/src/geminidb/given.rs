//! What is there in GeminiDB before a case begins.

use rescind_model::BackupState;

use super::backups::is_name;
use super::job::Job;
use super::jobs;
use super::message::Datastore;
use super::state::{Backup, Instance, Store, is_backup_id};
use crate::kernel::choices::Choices;
use crate::kernel::operation::End;
use crate::kernel::{BYSTANDER, InvalidSetup, Setup, Span, Time};

const CASSANDRA: Datastore = Datastore { r#type: "cassandra", version: "3.11" };
const MONGODB: Datastore = Datastore { r#type: "mongodb", version: "4.0" };

/// Gives a store the instance with the id that the set-up calls the database, and the given backups of it,
/// each with the job that made it, and what is there beside.
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
    let instance = Instance { id: id.into(), datastore, building: None };
    if !setup.given.database_missing {
        let there = store.state.instances.insert(instance.id.clone(), instance.clone());
        if there.is_some() {
            return Err(InvalidSetup::Given(format!("instance `{id}`: given twice")));
        }
    }
    let mut begin = clock - choices.age_of_given;
    if setup.bystanders {
        give_bystanders(store, &instance, begin, clock, choices);
    }
    for given in &setup.given.backups {
        let name = given.id.replace("{backup}", &setup.backup);
        begin = begin + Span::MICROSECOND;
        let refused = |why: &str| Err(InvalidSetup::Given(format!("given backup `{name}`: {why}")));
        // An id as the documentation has them stands for itself: such a backup is called by its id.
        let given_id = is_backup_id(&name).then(|| name.as_str().into());
        if given_id.is_none() && !is_name(&name) {
            return refused("no name of a backup in GeminiDB, and no id of one");
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
        let wanted = Wanted { given_id, name: &name, end };
        give_backup(store, &instance, wanted, begin, clock, choices);
    }
    Ok(())
}

/// A READY backup of the instance that the sample is told to use; another instance, and a backup of that which is being made.
fn give_bystanders(store: &mut Store, instance: &Instance, begin: Time, clock: Time, choices: &Choices) {
    let ready = format!("{BYSTANDER}-backup");
    let ready = Wanted { given_id: None, name: &ready, end: Some(End::Completed) };
    give_backup(store, instance, ready, begin - Span::MICROSECOND, clock, choices);
    let id = format!("{BYSTANDER}-instance");
    let other = Instance { id: id.as_str().into(), datastore: CASSANDRA, building: None };
    store.state.instances.insert(other.id.clone(), other.clone());
    let pending = Wanted { given_id: None, name: &format!("{id}-backup"), end: None };
    give_backup(store, &other, pending, begin - Span::hours(1), clock, choices);
}

/// A backup that is to be there.
struct Wanted<'a> {
    given_id: Option<Box<str>>,
    name: &'a str,
    /// How it has ended; none if it is being made.
    end: Option<End>,
}

/// Adds a backup that has ended so, or is being made, with the job that made it.
fn give_backup(
    store: &mut Store,
    instance: &Instance,
    Wanted { given_id, name, end }: Wanted<'_>,
    begin: Time,
    clock: Time,
    choices: &Choices,
) {
    let begin = if end.is_none() { store.pending_since(begin, clock, choices) } else { begin };
    let job = Job::Backup { instance: instance.id.clone(), stops: Vec::new() };
    let key = jobs::start(store, job, begin);
    if let Some(job) = store.operations.get_mut(key) {
        job.foreign = true;
    }
    let backup = Backup {
        given_id,
        name: name.into(),
        description: Box::default(),
        instance: instance.id.clone(),
        datastore: instance.datastore.clone(),
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
