//! What is there in Spanner before a case begins.

use rescind_model::BackupState;

use super::backup::LONGEST_ID;
use super::databases::LONGEST_ID as LONGEST_DATABASE_ID;
use super::given_backups::GivenState;
use super::state::{Database, Instance, Store};
use super::{bystanders, instances, name};
use crate::kernel::choices::Choices;
use crate::kernel::name::{is_dashed_id, is_id};
use crate::kernel::{InvalidSetup, Setup, Span, Time};
use crate::proto::database::DatabaseDialect;

/// Gives a store the instance of the set-up, with its database and the given backups of it, and what is there beside.
///
/// # Errors
/// The set-up asks for what Spanner could not be in.
pub fn give(setup: &Setup, store: &mut Store, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
    let given = GivenState::new(clock, choices, store.state.choices.backup_size);
    let there = store.state.instances.remove(setup.instance.as_str());
    let new = || Instance::new(instances::new(&store.id, &setup.instance, given.begin));
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
    let mut database = Database::new(database_name, DatabaseDialect::GoogleStandardSql, given.begin);
    give_backups(setup, given, store, &mut instance, &mut database)?;
    if setup.bystanders {
        bystanders::add(setup, given, store, &mut instance, &mut database);
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

/// Whether Spanner could have given the ids in a set-up; those of backups are looked at where these are given.
///
/// # Errors
/// The instance or the database breaks the published form.
pub fn check_ids(setup: &Setup) -> Result<(), InvalidSetup> {
    if !is_dashed_id(&setup.instance, name::LONGEST_INSTANCE_ID) {
        return Err(InvalidSetup::Given(format!(
            "`{}` is no id of an instance in Spanner: it has 2 to 64 characters, lower-case letters, digits and `-`, begins \
             with a letter and does not end with `-`",
            setup.instance
        )));
    }
    let only_an_instance = setup.given.database_missing && setup.database.is_empty();
    if !only_an_instance && !is_id(&setup.database, LONGEST_DATABASE_ID) {
        return Err(InvalidSetup::Given(format!(
            "`{}` is no id of a database in Spanner: it has 2 to 30 characters, lower-case letters, digits, `_` and `-`, \
             begins with a letter and ends with a letter or a digit",
            setup.database
        )));
    }
    Ok(())
}

fn give_backups(
    setup: &Setup,
    given: GivenState<'_>,
    store: &mut Store,
    instance: &mut Instance,
    database: &mut Database,
) -> Result<(), InvalidSetup> {
    let mut create_time = given.begin;
    for wanted in &setup.given.backups {
        let id = wanted.id.replace("{backup}", &setup.backup);
        let refused = |why: &str| Err(InvalidSetup::Given(format!("given backup `{id}`: {why}")));
        create_time = create_time + Span::MICROSECOND;
        if !is_id(&id, LONGEST_ID) {
            return refused("no id of a backup in Spanner");
        }
        if instance.backups.get(&id).is_some() {
            return refused("given twice");
        }
        let backup = match wanted.state {
            BackupState::Ready => given.backup(&id, database, BackupState::Ready, create_time),
            BackupState::Creating if database.pending_backup.is_some() => {
                return refused("only one backup of a database can be CREATING at a time in Spanner");
            }
            BackupState::Creating => {
                given.pending(&id, database, store, &instance.managed.about.name, create_time)
            }
            state => return refused(&format!("backups of Spanner are never {state}")),
        };
        instance.backups.insert(backup);
    }
    Ok(())
}
