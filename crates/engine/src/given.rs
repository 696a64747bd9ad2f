//! What is there before a case begins.

use rescind_model::{BackupState, Given, RequestKind, Schedule, Service, suggestion};
use serde::{Deserialize, Serialize};

use super::alloydb;
use super::choices::{Choices, Settings};
use super::geminidb;
use super::name;
use super::operation::Operation;
use super::spanner::{Backup, Database, Instance, LONGEST_ID, LONGEST_LIFE, backups, instances};
use super::time::{Span, Time};
use super::world::World;
use crate::proto::database::DatabaseDialect;

/// The services that a project can be set up for.
pub const SERVICES: [&str; 3] = ["spanner", "alloydb", "geminidb"];

/// How a project is set up for a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The service that the sample talks to.
    pub service: Service,
    /// The id of the instance (of the location, for AlloyDB), which always is there.
    pub instance: String,
    /// The id of the database (of the cluster, for AlloyDB; of the instance, for GeminiDB) that the sample is told to
    /// back up.
    pub database: String,
    /// The id of the backup that the sample is told to create; it stands for `{backup}` in the given state.
    #[serde(default)]
    pub backup: String,
    /// What is there before.
    #[serde(default)]
    pub given: Given,
    /// What the server decides.
    #[serde(default)]
    pub schedule: Schedule,
    /// What is decided otherwise than the emulator does, where nobody has published what the service does.
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub choices: Settings,
}

/// A set-up that no service could be in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSetup(pub(super) String);

impl Setup {
    /// The world that a case begins with.
    ///
    /// # Errors
    /// The set-up asks for what no service could be in.
    pub fn world(&self, project: &str, clock: Time, choices: &Choices) -> Result<World, InvalidSetup> {
        let mut world = World::new(project, None);
        self.furnish(&mut world, clock, choices)?;
        Ok(world)
    }

    /// Gives a world, which may hold something already, what a case begins with.
    ///
    /// # Errors
    /// As [`world`](Self::world); and for what is there already. The world is then of no use any more.
    pub fn furnish(&self, world: &mut World, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
        match self.service.name() {
            "spanner" => self.spanner(world, clock, choices),
            "geminidb" => geminidb::furnish(self, world, clock, choices),
            "alloydb" => alloydb::furnish(self, world, clock, choices),
            name => {
                let close = suggestion(name, SERVICES);
                let known = SERVICES.join(", ");
                Err(InvalidSetup(format!("there is no service `{name}`{close}; the services are {known}")))
            }
        }?;
        world.given_as_wanted = self.given_as_wanted(&world.id).map(Into::into);
        let decides = self.schedule.terms().iter().any(|term| term.request == RequestKind::Given);
        if decides && world.given_as_wanted.is_none() {
            let message = "`given:same-name` needs a given backup `{backup}` that is READY";
            return Err(InvalidSetup(message.to_owned()));
        }
        Ok(())
    }

    /// The full name of the READY backup that is given as `{backup}`.
    fn given_as_wanted(&self, project: &str) -> Option<String> {
        self.given.backups.iter().find(|given| given.may_take_the_name())?;
        let Setup { instance, database, backup, .. } = self;
        Some(match self.service.name() {
            "spanner" => format!("projects/{project}/instances/{instance}/backups/{backup}"),
            "alloydb" => format!("projects/{project}/locations/{instance}/backups/{backup}"),
            "geminidb" => geminidb::full_name(project, database, backup),
            _ => return None,
        })
    }

    fn spanner(&self, world: &mut World, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
        let begin = clock - choices.age_of_given;
        let there = world.spanner.instances.remove(self.instance.as_str());
        let new = || Instance::new(instances::new(&world.id, &self.instance, begin));
        let mut instance = there.unwrap_or_else(new);
        let instance_name = instance.name().to_owned();
        let database_name = format!("{instance_name}/databases/{}", self.database);
        let mut names = vec![("an instance", &instance_name)];
        // Where there is only an instance, no database need be named.
        if !(self.given.database_missing && self.database.is_empty()) {
            names.push(("a database", &database_name));
        }
        for (what, name) in names {
            if name::instance(name).is_err() && name::database(name).is_err() {
                return Err(InvalidSetup(format!(
                    "`{name}` is no name of {what}; ids hold no `/` and are not empty"
                )));
            }
        }
        let mut database = Database::new(database_name, DatabaseDialect::GoogleStandardSql, begin);
        let mut create_time = begin;
        for given in &self.given.backups {
            let id = given.id.replace("{backup}", &self.backup);
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
            if !name::is_id(&id, LONGEST_ID) {
                return Err(InvalidSetup(format!("given backup `{id}`: no id of a backup in Spanner")));
            }
            if instance.backups.get(&id).is_some() {
                return Err(InvalidSetup(format!("given backup `{id}`: given twice")));
            }
            match given.state {
                BackupState::Ready => {}
                BackupState::Creating if database.pending_backup.is_some() => {
                    let message = "only one backup of a database can be CREATING at a time in Spanner";
                    return Err(InvalidSetup(format!("given backup `{id}`: {message}")));
                }
                BackupState::Creating => {
                    let parent = format!("{instance_name}/backups/{id}");
                    let task = Box::new(backups::Creation::of(database.name.clone()));
                    let operation = Operation { foreign: true, ..Operation::new(parent, task, create_time) };
                    let key = world.start(operation);
                    backup.operation = Some(key);
                    database.pending_backup = Some(key);
                }
                state => {
                    let message = format!("given backup `{id}`: backups of Spanner are never {state}");
                    return Err(InvalidSetup(message));
                }
            }
            instance.backups.insert(backup);
        }
        if !self.given.database_missing {
            let there = instance.databases.insert(self.database.as_str().into(), database);
            if there.is_some() {
                return Err(InvalidSetup(format!("database `{}`: given twice", self.database)));
            }
        }
        world.spanner.instances.insert(self.instance.as_str().into(), instance);
        Ok(())
    }
}

/// Gives a backup that was there before the name that a create asks for, as if it had always had it. It stays as it is
/// if that name is taken, or is no name beside its own.
pub fn rename(world: &mut World, backup: &str, wanted: &str) {
    let (Some((parent, id)), Some((wanted_parent, wanted_id))) =
        (backup.rsplit_once('/'), wanted.rsplit_once('/'))
    else {
        return;
    };
    if parent != wanted_parent || wanted_id.is_empty() {
        return;
    }
    if let Some(key) = geminidb::backup_in(world, backup) {
        if geminidb::backup_in(world, wanted).is_none() {
            world.geminidb.rename(key, wanted_id);
        }
    } else if world.alloydb.backups.get(backup).is_some() {
        if world.alloydb.backups.get(wanted).is_none() {
            world.alloydb.backups.rename(backup, wanted);
        }
    } else if let Ok([_, instance, _]) = name::backup(backup)
        && let Ok(instance) = world.instance_mut(instance)
        && instance.backups.get(wanted_id).is_none()
    {
        instance.backups.rename(id, wanted_id);
    }
}
