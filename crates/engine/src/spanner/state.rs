//! What Spanner keeps in a project.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rescind_model::Code;

use super::backup::{Backup, Backups};
use super::choices::SpannerChoices;
use super::managed::Managed;
use super::{encryption, errors, name};
use crate::kernel::operation::Key;
use crate::kernel::{self, Span, Status, Time};
use crate::proto::{database as pb, iam, instance as instance_pb, spanner as data_pb};

/// What is there of Spanner in a project, with its operations.
pub type Store = kernel::Store<Spanner>;

/// The turn of a request to Spanner.
pub type Turn<'a> = kernel::Turn<'a, Spanner>;

/// Spanner, in one project.
#[derive(Debug, Default)]
pub struct Spanner {
    /// What it does where nobody published what the service does.
    pub choices: SpannerChoices,
    /// The instances, by id.
    pub instances: BTreeMap<Box<str>, Instance>,
    /// The instance configurations that clients have made, by id.
    pub configs: BTreeMap<Box<str>, Managed<instance_pb::InstanceConfig>>,
    /// How many sessions and transactions have been begun; their ids are numbers.
    pub begun: u64,
    /// Who may do what, by the full names of resources: stored, and never enforced.
    pub policies: HashMap<Box<str>, iam::Policy>,
}

/// An instance.
#[derive(Debug)]
pub struct Instance {
    /// The instance itself, as the API shows it.
    pub managed: Managed<instance_pb::Instance>,
    /// True while it is being moved to another configuration.
    pub moving: bool,
    /// Its databases, by id.
    pub databases: BTreeMap<Box<str>, Database>,
    /// Its backups.
    pub backups: Backups,
    /// Its partitions, by id.
    pub partitions: BTreeMap<Box<str>, Managed<instance_pb::InstancePartition>>,
}

impl Instance {
    /// An instance without contents.
    pub fn new(about: instance_pb::Instance) -> Instance {
        Instance {
            managed: Managed::new(about),
            moving: false,
            databases: BTreeMap::new(),
            backups: Backups::default(),
            partitions: BTreeMap::new(),
        }
    }

    /// Its full name.
    pub fn name(&self) -> &str {
        &self.managed.about.name
    }

    /// Whether databases and backups can be made in it: not before it is ready, and not while it is moved
    /// (spanner_instance_admin.proto, CreateInstance, MoveInstance).
    ///
    /// # Errors
    /// FAILED_PRECONDITION.
    pub fn check_usable(&self) -> Result<(), Status> {
        let why = match self.managed.about.state() {
            instance_pb::instance::State::Creating => "being created",
            _ if self.moving => "being moved to another instance configuration",
            _ => return Ok(()),
        };
        Err(Status::new(Code::FailedPrecondition, format!("Instance {} is {why}.", self.name())))
    }
}

/// How long versions are kept where the schema does not say otherwise: the default of `version_retention_period`.
pub const DEFAULT_RETENTION: (&str, Span) = ("1h", Span::hours(1));

/// A database.
#[derive(Debug)]
pub struct Database {
    /// Its full name, which backups share.
    pub name: Arc<str>,
    /// What the API shows of it, but for what depends on the time of the request.
    pub about: pb::Database,
    /// When it was created.
    pub create_time: Time,
    /// How long versions are kept.
    pub retention: Span,
    /// Its schema, as text.
    pub ddl: Vec<String>,
    /// The backup that is being made of it: there is at most one at a time.
    pub pending_backup: Option<Key>,
    /// The operation that creates, restores or updates it.
    pub busy: Option<Key>,
    /// The operation that optimises it after it was restored.
    pub optimizing: Option<Key>,
    /// Its backup schedules, by id.
    pub schedules: BTreeMap<Box<str>, pb::BackupSchedule>,
    /// Its sessions, by id.
    pub sessions: BTreeMap<Box<str>, data_pb::Session>,
}

impl Database {
    /// A database without tables that is ready.
    pub fn new(name: String, dialect: pb::DatabaseDialect, create_time: Time) -> Database {
        let mut database = Database {
            name: name.as_str().into(),
            about: pb::Database {
                name,
                state: pb::database::State::Ready.into(),
                create_time: Some(create_time.to_proto()),
                version_retention_period: DEFAULT_RETENTION.0.to_owned(),
                database_dialect: dialect.into(),
                ..Default::default()
            },
            create_time,
            retention: DEFAULT_RETENTION.1,
            ddl: Vec::new(),
            pending_backup: None,
            busy: None,
            optimizing: None,
            schedules: BTreeMap::new(),
            sessions: BTreeMap::new(),
        };
        database.encrypt(None);
        database
    }

    /// The earliest moment that can still be read: as far back as versions are kept, and never before the creation.
    pub fn earliest_version_time(&self, now: Time) -> Time {
        self.create_time.max(now - self.retention)
    }

    /// The database as the API shows it.
    pub fn to_proto(&self, now: Time) -> pb::Database {
        pb::Database {
            earliest_version_time: Some(self.earliest_version_time(now).to_proto()),
            ..self.about.clone()
        }
    }

    /// Encrypts it with a customer's key, or with Google's if none is given.
    pub fn encrypt(&mut self, kms_key: Option<&str>) {
        self.about.encryption_config = kms_key.map(|key| pb::EncryptionConfig {
            kms_key_name: key.to_owned(),
            kms_key_names: vec![key.to_owned()],
        });
        self.about.encryption_info = vec![encryption::info(kms_key)];
    }

    /// The key that it is encrypted with, if a customer manages it.
    pub fn kms_key(&self) -> Option<&str> {
        let config = self.about.encryption_config.as_ref()?;
        Some(config.kms_key_name.as_str())
    }

    /// Whether it can be changed and backed up: not while it is being created or restored.
    ///
    /// # Errors
    /// FAILED_PRECONDITION.
    pub fn check_usable(&self) -> Result<(), Status> {
        if self.about.state() != pb::database::State::Creating {
            return Ok(());
        }
        Err(Status::new(Code::FailedPrecondition, format!("Database {} is being created.", self.name)))
    }
}

impl Store {
    /// The instance with this id.
    ///
    /// # Errors
    /// NOT_FOUND.
    pub fn instance(&self, id: &str) -> Result<&Instance, Status> {
        self.state.instances.get(id).ok_or_else(|| errors::instance_not_found(&self.id, id))
    }

    /// The instance with this id, to be changed.
    ///
    /// # Errors
    /// NOT_FOUND.
    pub fn instance_mut(&mut self, id: &str) -> Result<&mut Instance, Status> {
        self.state.instances.get_mut(id).ok_or_else(|| errors::instance_not_found(&self.id, id))
    }

    /// The database of this full name.
    ///
    /// # Errors
    /// NOT_FOUND, for the instance or for the database; INVALID_ARGUMENT if it is no such name.
    pub fn database(&self, name: &str) -> Result<&Database, Status> {
        let [_, instance, id] = name::database(name)?;
        self.instance(instance)?.databases.get(id).ok_or_else(|| errors::database_not_found(name))
    }

    /// The database of this full name, to be changed.
    ///
    /// # Errors
    /// As [`Store::database`].
    pub fn database_mut(&mut self, name: &str) -> Result<&mut Database, Status> {
        let [_, instance, id] = name::database(name)?;
        self.instance_mut(instance)?.databases.get_mut(id).ok_or_else(|| errors::database_not_found(name))
    }

    /// The backup of this full name.
    ///
    /// # Errors
    /// NOT_FOUND, for the instance or for the backup, also if it is in another project: projects share nothing here;
    /// INVALID_ARGUMENT if it is no such name.
    pub fn backup(&self, name: &str) -> Result<&Backup, Status> {
        let [project, instance, id] = name::backup(name)?;
        let found = if project == &*self.id { self.instance(instance)?.backups.get(id) } else { None };
        found.ok_or_else(|| errors::backup_not_found(name))
    }

    /// The backup of this full name, to be changed, if there is one.
    pub fn backup_mut(&mut self, name: &str) -> Option<&mut Backup> {
        let [_, instance, id] = name::backup(name).ok()?;
        self.state.instances.get_mut(instance)?.backups.get_mut(id)
    }
}
