//! Backups: CreateBackup, GetBackup, UpdateBackup, DeleteBackup, ListBackups.

use std::borrow::Cow;

use rescind_model::{BackupState, Code, Decision};

use super::operations;
use crate::engine::backup::{Backup, LONGEST_ID, LONGEST_LIFE, SHORTEST_LIFE};
use crate::engine::filter::{Fields, Filter, Kind, Value};
use crate::engine::operation::{Operation, Work};
use crate::engine::page::Page;
use crate::engine::status::{Detail, Status};
use crate::engine::time::Time;
use crate::engine::turn::Turn;
use crate::engine::world::End;
use crate::engine::{errors, name};
use crate::proto::{database as pb, longrunning};

pub fn create(
    turn: &mut Turn<'_>,
    request: pb::CreateBackupRequest,
) -> Result<longrunning::Operation, Status> {
    let backup = check_create(turn, &request)?;
    let database = backup.database.clone();
    let [_, instance, database_id] = name::database(&database)?;
    let parent = format!("{}/backups/{}", request.parent, backup.id);
    let work = Work::CreateBackup { database: database.clone(), made: None };
    let key = turn.world.operations.insert(Operation::new(parent, work, turn.now));
    let instance = turn.world.instance_mut(instance)?;
    instance.backups.insert(Backup { operation: Some(key), ..backup });
    if let Some(database) = instance.databases.get_mut(database_id) {
        database.pending_backup = Some(key);
    }
    match turn.choose(&[Decision::Running, Decision::Done, Decision::DoneAfter, Decision::FailedAfter]) {
        Decision::Done => turn.end(key, End::Completed),
        Decision::DoneAfter => turn.world.end_later(key, End::Completed),
        Decision::FailedAfter => turn.world.end_later(key, End::Failed),
        _ => {}
    }
    operations::shown(turn, key)
}

/// Every rule that CreateBackup checks before it starts anything; the backup that it would create.
fn check_create(turn: &Turn<'_>, request: &pb::CreateBackupRequest) -> Result<Backup, Status> {
    let [_, instance_id] = name::instance(&request.parent)?;
    let instance = turn.world.instance(instance_id)?;
    let name = format!("{}/backups/{}", request.parent, request.backup_id);
    if !name::is_id(&request.backup_id, LONGEST_ID) {
        return Err(bad_id(turn, &name));
    }
    let wanted = request.backup.as_ref().ok_or_else(|| errors::missing("backup", "CreateBackup"))?;
    let [project, database_instance, database_id] = name::database(&wanted.database)?;
    if project != &*turn.world.id || database_instance != instance_id {
        let message = format!("Backup {name} and database {} must be in the same instance.", wanted.database);
        return Err(Status::new(Code::InvalidArgument, message));
    }
    let database = instance.databases.get(database_id);
    let database = database.ok_or_else(|| errors::database_not_found(&wanted.database))?;
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
        size_bytes: 0,
        dialect: database.about.database_dialect,
        kms_key,
        operation: None,
        foreign: false,
    })
}

fn bad_id(turn: &Turn<'_>, name: &str) -> Status {
    let rule = "an id has 2 to 60 characters, begins with a lower-case letter, continues with lower-case letters, \
                digits, `_` and `-`, and ends with a letter or a digit";
    Status::new(turn.choices.bad_id, format!("Invalid backup uri: {name}"))
        .with(Detail::Field { field: "backup_id".to_owned(), description: rule.to_owned() })
}

/// The key of a backup whose encryption a customer manages. A key is allowed with that type of encryption only.
fn check_encryption(config: Option<&pb::CreateBackupEncryptionConfig>) -> Result<Option<Box<str>>, Status> {
    use pb::create_backup_encryption_config::EncryptionType;
    let Some(config) = config else { return Ok(None) };
    let managed = config.encryption_type() == EncryptionType::CustomerManagedEncryption;
    let key =
        Some(&config.kms_key_name).filter(|key| !key.is_empty()).or_else(|| config.kms_key_names.first());
    match key {
        Some(key) if managed => Ok(Some(key.as_str().into())),
        None if !managed => Ok(None),
        _ => {
            let message = "Invalid encryption_config in the request: kms_key_name must be given with the encryption \
                           type CUSTOMER_MANAGED_ENCRYPTION, and with no other.";
            Err(Status::new(Code::InvalidArgument, message))
        }
    }
}

pub fn get(turn: &mut Turn<'_>, request: pb::GetBackupRequest) -> Result<pb::Backup, Status> {
    let [_, instance, id] = name::backup(&request.name)?;
    let instance = turn.world.instance(instance)?;
    let backup = instance.backups.get(id).ok_or_else(|| errors::backup_not_found(&request.name))?;
    Ok(backup.to_proto(&instance.about.name))
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
    let instance = turn.world.instance_mut(instance)?;
    let backup = instance.backups.get_mut(id).ok_or_else(|| errors::backup_not_found(&wanted.name))?;
    let expire_time = wanted.expire_time.as_ref().and_then(Time::from_proto);
    let within = expire_time.filter(|time| (now + SHORTEST_LIFE..=backup.max_expire_time()).contains(time));
    backup.expire_time =
        within.ok_or_else(|| errors::expire_time(&wanted.name, backup.create_time, expire_time))?;
    Ok(backup.to_proto(&instance.about.name))
}

/// Deleting what is not there succeeds; deleting what is being created also cancels its creation.
pub fn delete(turn: &mut Turn<'_>, request: pb::DeleteBackupRequest) -> Result<(), Status> {
    let [_, instance, id] = name::backup(&request.name)?;
    let now = turn.now;
    let instance = turn.world.instance_mut(instance)?;
    let Some(backup) = instance.backups.get(id) else { return Ok(()) };
    match (backup.state, backup.operation) {
        (BackupState::Creating, Some(key)) => {
            if let Some(operation) = turn.world.operations.get_mut(key) {
                operation.cancel_time = Some(now);
            }
            turn.end(key, End::Cancelled);
        }
        _ => drop(instance.backups.remove(id)),
    }
    Ok(())
}

pub fn list(turn: &mut Turn<'_>, request: pb::ListBackupsRequest) -> Result<pb::ListBackupsResponse, Status> {
    let [_, instance] = name::instance(&request.parent)?;
    let instance = turn.world.instance(instance)?;
    let filter = Filter::parse(&request.filter, kind).map_err(|error| error.into_status("ListBackups"))?;
    let page = Page::<Time>::new(request.page_size, &request.page_token, turn.choices)?;
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
