//! What is there in Spanner before a case begins.

use rescind_model::BackupState;

use super::backup::{Backup, LONGEST_ID, LONGEST_LIFE};
use super::state::{Database, Instance, Store};
use super::{backups, instances, name};
use crate::kernel::choices::Choices;
use crate::kernel::name::is_id;
use crate::kernel::operation::Operation;
use crate::kernel::{InvalidSetup, Setup, Span, Time};
use crate::proto::database::DatabaseDialect;

/// Gives a store the instance of the set-up, with its database and the given backups of it.
///
/// # Errors
/// The set-up asks for what Spanner could not be in.
pub fn give(setup: &Setup, store: &mut Store, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
    let begin = clock - choices.age_of_given;
    let there = store.state.instances.remove(setup.instance.as_str());
    let new = || Instance::new(instances::new(&store.id, &setup.instance, begin));
    let mut instance = there.unwrap_or_else(new);
    let instance_name = instance.name().to_owned();
    let database_name = format!("{instance_name}/databases/{}", setup.database);
    let mut names = vec![("an instance", &instance_name)];
    // Where there is only an instance, no database need be named.
    if !(setup.given.database_missing && setup.database.is_empty()) {
        names.push(("a database", &database_name));
    }
    for (what, name) in names {
        if name::instance(name).is_err() && name::database(name).is_err() {
            return Err(InvalidSetup::Given(format!(
                "`{name}` is no name of {what}; ids hold no `/` and are not empty"
            )));
        }
    }
    let mut database = Database::new(database_name, DatabaseDialect::GoogleStandardSql, begin);
    let mut create_time = begin;
    for given in &setup.given.backups {
        let id = given.id.replace("{backup}", &setup.backup);
        create_time = create_time + Span::MICROSECOND;
        let mut backup = Backup {
            id: id.as_str().into(),
            database: database.name.clone(),
            state: given.state,
            create_time,
            version_time: create_time,
            expire_time: clock + choices.given_backups_expire_after,
            max_expire_time: create_time + LONGEST_LIFE,
            size_bytes: 0,
            dialect: database.about.database_dialect,
            kms_key: None,
            partitions: None,
            operation: None,
            references: None,
            foreign: true,
        };
        if !is_id(&id, LONGEST_ID) {
            return Err(InvalidSetup::Given(format!("given backup `{id}`: no id of a backup in Spanner")));
        }
        if instance.backups.get(&id).is_some() {
            return Err(InvalidSetup::Given(format!("given backup `{id}`: given twice")));
        }
        match given.state {
            BackupState::Ready => {}
            BackupState::Creating if database.pending_backup.is_some() => {
                let message = "only one backup of a database can be CREATING at a time in Spanner";
                return Err(InvalidSetup::Given(format!("given backup `{id}`: {message}")));
            }
            BackupState::Creating => {
                let parent = format!("{instance_name}/backups/{id}");
                let task = Box::new(backups::BackupCreation::of(database.name.clone()));
                let operation = Operation { foreign: true, ..Operation::new(parent, task, create_time) };
                let key = store.start(operation);
                backup.operation = Some(key);
                database.pending_backup = Some(key);
            }
            state => {
                let message = format!("given backup `{id}`: backups of Spanner are never {state}");
                return Err(InvalidSetup::Given(message));
            }
        }
        instance.backups.insert(backup);
    }
    if !setup.given.database_missing {
        let there = instance.databases.insert(setup.database.as_str().into(), database);
        if there.is_some() {
            return Err(InvalidSetup::Given(format!("database `{}`: given twice", setup.database)));
        }
    }
    store.state.instances.insert(setup.instance.as_str().into(), instance);
    Ok(())
}
