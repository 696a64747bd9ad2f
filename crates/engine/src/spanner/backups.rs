//! Backups: CreateBackup, GetBackup, UpdateBackup, DeleteBackup, ListBackups.

use std::borrow::Cow;
use std::sync::Arc;

use prost_types::Any;
use rescind_model::{BackupState, Code};

use super::backup::{Backup, LONGEST_ID, LONGEST_LIFE, SHORTEST_LIFE};
use super::family::{AUTO_ID, BACKUP};
use super::state::{Store, Turn};
use super::{ddl, encryption, errors, name, progress};
use crate::kernel::Time;
use crate::kernel::filter::{Fields, Filter, Kind, Value};
use crate::kernel::name::is_id;
use crate::kernel::operation::{End, Ending, Family, Task, Timeline};
use crate::kernel::pagination::Pagination;
use crate::kernel::status::{Detail, Status, any};
use crate::proto::{database as pb, longrunning};

/// The operation that creates the backup that is its parent.
#[derive(Debug)]
pub struct BackupCreation {
    /// The full name of the database.
    database: Arc<str>,
    /// The backup when it was made: the operation's response, which later changes do not touch.
    made: Option<Box<Backup>>,
}

impl BackupCreation {
    /// The creation of a backup of this database.
    pub fn of(database: Arc<str>) -> BackupCreation {
        BackupCreation { database, made: None }
    }
}

impl Task<Store> for BackupCreation {
    fn metadata(&self, parent: &str, timeline: &Timeline) -> Any {
        any(&pb::CreateBackupMetadata {
            name: parent.to_owned(),
            database: self.database.to_string(),
            progress: Some(progress::of_database(timeline)),
            cancel_time: timeline.cancel.map(Time::to_proto),
        })
    }

    fn response(&self, parent: &str) -> Option<Any> {
        self.made.as_ref().map(|backup| any(&backup.to_proto(instance_of(parent))))
    }

    fn end(&mut self, store: &mut Store, parent: &str, ending: &Ending<'_>) {
        let database = store.database_mut(&self.database).ok();
        if let Some(database) = database.filter(|database| database.pending_backup == Some(ending.key)) {
            database.pending_backup = None;
        }
        size(store, parent);
        self.made = finish(store, parent, ending.end).map(Box::new);
    }

    fn family(&self) -> Option<Family> {
        Some(BACKUP)
    }

    fn creates_backup(&self) -> bool {
        true
    }

    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }
}

/// Makes a backup READY, and yields it, or removes it, as the operation that creates it has ended.
pub fn finish(store: &mut Store, backup: &str, end: End) -> Option<Backup> {
    let [_, instance, id] = name::backup(backup).ok()?;
    let instance = store.instance_mut(instance).ok()?;
    if end != End::Completed {
        instance.backups.remove(id);
        return None;
    }
    let backup = instance.backups.get_mut(id)?;
    backup.state = BackupState::Ready;
    Some(backup.clone())
}

/// The size of what has been made of a database: it has none before it is READY.
fn size(store: &mut Store, backup: &str) {
    let size = store.state.choices.backup_size.0;
    if let Some(backup) = store.backup_mut(backup) {
        backup.size_bytes = size;
    }
}

/// The name of the instance in the name of a backup.
pub fn instance_of(backup: &str) -> &str {
    backup.split_once("/backups/").map_or(backup, |(instance, _)| instance)
}

pub fn create(
    turn: &mut Turn<'_>,
    request: pb::CreateBackupRequest,
) -> Result<longrunning::Operation, Status> {
    let backup = check_create(turn, &request)?;
    let database = backup.database.clone();
    let parent = format!("{}/backups/{}", request.parent, backup.id);
    let [_, instance] = name::instance(&request.parent)?;
    let key = turn.start(&parent, BackupCreation::of(database.clone()));
    turn.store.instance_mut(instance)?.backups.insert(Backup { operation: Some(key), ..backup });
    turn.store.database_mut(&database)?.pending_backup = Some(key);
    turn.run_as_decided(key);
    turn.show(key)
}

/// Every rule that CreateBackup checks before it starts anything; the backup that it would create.
fn check_create(turn: &Turn<'_>, request: &pb::CreateBackupRequest) -> Result<Backup, Status> {
    let [_, instance_id] = name::instance(&request.parent)?;
    let instance = turn.store.instance(instance_id)?;
    let name = format!("{}/backups/{}", request.parent, request.backup_id);
    if !is_id(&request.backup_id, LONGEST_ID) {
        return Err(bad_id(turn, &name));
    }
    let wanted = request.backup.as_ref().ok_or_else(|| errors::missing("backup", "CreateBackup"))?;
    let [project, database_instance, database_id] = name::database(&wanted.database)?;
    if project != &*turn.store.id || database_instance != instance_id {
        let message = format!("Backup {name} and database {} must be in the same instance.", wanted.database);
        return Err(Status::new(Code::InvalidArgument, message));
    }
    let database = instance.databases.get(database_id);
    let database = database.ok_or_else(|| errors::database_not_found(&wanted.database))?;
    instance.check_usable()?;
    database.check_usable()?;
    if instance.backups.get(&request.backup_id).is_some() {
        return Err(errors::backup_exists(&name));
    }
    let now = turn.now;
    let expire_time = wanted.expire_time.as_ref().and_then(Time::from_proto);
    let within = expire_time.filter(|time| (now + SHORTEST_LIFE..=now + LONGEST_LIFE).contains(time));
    let expire_time = within.ok_or_else(|| errors::expire_time(&name, now, expire_time))?;
    let version_time = match &wanted.version_time {
        None => now,
        Some(time) => Time::from_proto(time).ok_or_else(|| {
            Status::new(Code::InvalidArgument, "Invalid backup.version_time in the request.")
        })?,
    };
    if version_time > now {
        return Err(errors::version_in_the_future(&wanted.database));
    }
    if version_time < database.earliest_version_time(now) {
        return Err(errors::version_before_creation(&wanted.database));
    }
    let kms_key = check_encryption(request.encryption_config.as_ref())?;
    if database.pending_backup.is_some() {
        return Err(errors::pending_backup(&name, &wanted.database));
    }
    Ok(Backup {
        id: request.backup_id.as_str().into(),
        database: database.name.clone(),
        state: BackupState::Creating,
        create_time: now,
        version_time,
        expire_time,
        max_expire_time: now + LONGEST_LIFE,
        size_bytes: 0,
        dialect: database.about.database_dialect,
        kms_key: kms_key.or_else(|| database.kms_key().map(Into::into)),
        partitions: Some(ddl::placements(&database.ddl))
            .filter(|partitions| !partitions.is_empty())
            .map(|partitions| partitions.into_iter().map(Into::into).collect()),
        operation: None,
        references: None,
        foreign: false,
    })
}

/// The id of a backup breaks the published form.
pub fn bad_id(turn: &Turn<'_>, name: &str) -> Status {
    let rule = "an id has 2 to 60 characters, begins with a lower-case letter, continues with lower-case letters, \
                digits, `_` and `-`, and ends with a letter or a digit";
    Status::new(turn.choices.bad_id, format!("Invalid backup uri: {name}"))
        .with(Detail::Field { field: "backup_id".to_owned(), description: rule.to_owned() })
}

/// The customer's key in the configuration of a backup's encryption.
pub fn check_encryption(
    config: Option<&pb::CreateBackupEncryptionConfig>,
) -> Result<Option<Box<str>>, Status> {
    use pb::create_backup_encryption_config::EncryptionType;
    let Some(config) = config else { return Ok(None) };
    let managed = config.encryption_type() == EncryptionType::CustomerManagedEncryption;
    encryption::key(managed, &config.kms_key_name, &config.kms_key_names)
}

pub fn get(turn: &mut Turn<'_>, request: pb::GetBackupRequest) -> Result<pb::Backup, Status> {
    let [_, instance, id] = name::backup(&request.name)?;
    let instance = turn.store.instance(instance)?;
    let backup = instance.backups.get(id).ok_or_else(|| errors::backup_not_found(&request.name))?;
    Ok(backup.to_proto(instance.managed.about.name.as_str()))
}

pub fn update(turn: &mut Turn<'_>, request: pb::UpdateBackupRequest) -> Result<pb::Backup, Status> {
    let wanted = request.backup.ok_or_else(|| errors::missing("backup", "UpdateBackup"))?;
    let [_, instance, id] = name::backup(&wanted.name)?;
    let paths = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
    if paths != ["expire_time"] {
        let message = "Invalid update_mask in the request: it must name `expire_time`, which is all that can be updated.";
        return Err(Status::new(turn.choices.bad_update_mask, message));
    }
    let now = turn.now;
    let instance = turn.store.instance_mut(instance)?;
    let backup = instance.backups.get_mut(id).ok_or_else(|| errors::backup_not_found(&wanted.name))?;
    let expire_time = wanted.expire_time.as_ref().and_then(Time::from_proto);
    let within = expire_time.filter(|time| (now + SHORTEST_LIFE..=backup.max_expire_time).contains(time));
    backup.expire_time =
        within.ok_or_else(|| errors::expire_time(&wanted.name, backup.create_time, expire_time))?;
    Ok(backup.to_proto(instance.managed.about.name.as_str()))
}

/// Deleting what is not there succeeds; deleting what is being created also cancels its creation. What something is
/// being made of cannot be deleted.
pub fn delete(turn: &mut Turn<'_>, request: pb::DeleteBackupRequest) -> Result<(), Status> {
    let [_, instance, id] = name::backup(&request.name)?;
    let instance = turn.store.instance_mut(instance)?;
    let Some(backup) = instance.backups.get(id) else { return Ok(()) };
    if let Some(references) = &backup.references {
        let names: Vec<&str> =
            references.databases.iter().chain(&references.backups).map(String::as_str).collect();
        let message =
            format!("Cannot delete backup {} because it is used by {}.", request.name, names.join(", "));
        return Err(Status::new(Code::FailedPrecondition, message));
    }
    match (backup.state, backup.operation) {
        (BackupState::Creating, Some(key)) => turn.cancel(key),
        _ => drop(instance.backups.remove(id)),
    }
    Ok(())
}

pub fn list(turn: &mut Turn<'_>, request: pb::ListBackupsRequest) -> Result<pb::ListBackupsResponse, Status> {
    let [_, instance] = name::instance(&request.parent)?;
    let instance = turn.store.instance(instance)?;
    let filter = Filter::parse(&request.filter, kind).map_err(|error| error.into_status("ListBackups"))?;
    let page = Pagination::<Time>::new(request.page_size, &request.page_token, turn.choices)?;
    let found = (instance.backups.latest_first(page.after))
        .filter(|backup| filter.matches(&Listed { backup, instance: &request.parent }));
    let (backups, next_page_token) = page.take(found, |backup| backup.create_time);
    let backups = backups.into_iter().map(|backup| backup.to_proto(&request.parent)).collect();
    Ok(pb::ListBackupsResponse { backups, next_page_token })
}

/// The fields that backups can be filtered by (backup.proto, `ListBackupsRequest.filter`).
fn kind(path: &str) -> Option<Kind> {
    match path {
        "name" | "database" | "state" | "backup_schedules" => Some(Kind::Text),
        "create_time" | "expire_time" | "version_time" => Some(Kind::Time),
        "size_bytes" => Some(Kind::Number),
        _ => None,
    }
}

/// A backup with the name of its instance, which its own name begins with.
struct Listed<'a> {
    backup: &'a Backup,
    instance: &'a str,
}

impl Fields for Listed<'_> {
    fn field(&self, path: &str) -> Value<'_> {
        let Listed { backup, instance } = self;
        match path {
            "name" => Value::Text(Cow::Owned(format!("{instance}/backups/{}", backup.id))),
            "database" => Value::Text(Cow::Borrowed(&backup.database)),
            "state" => Value::Text(Cow::Owned(backup.state.to_string())),
            "create_time" => Value::Time(backup.create_time),
            "expire_time" => Value::Time(backup.expire_time),
            "version_time" => Value::Time(backup.version_time),
            #[expect(
                clippy::cast_precision_loss,
                reason = "backups of 2^53 bytes are far beyond the service"
            )]
            "size_bytes" => Value::Number(backup.size_bytes as f64),
            _ => Value::Absent,
        }
    }
}
