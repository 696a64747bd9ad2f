//! RestoreDatabase, and the optimisation that follows a restore by itself.

use prost_types::Any;
use rescind_model::{BackupState, Code};

use super::databases::check_new;
use super::family::{AUTO_ID, DATABASE};
use super::state::{Database, Store, Turn};
use super::{encryption, errors, name, progress};
use crate::kernel::Time;
use crate::kernel::operation::{End, Ending, Family, Operation, Task, Timeline};
use crate::kernel::status::{Status, any};
use crate::proto::database::{self as pb, restore_database_metadata, restore_info};
use crate::proto::longrunning;

/// The operation that restores the database that is its parent.
#[derive(Debug)]
struct Restoring {
    from: pb::BackupInfo,
    /// The operation that optimises the database, once there is one.
    optimizing: String,
    /// The database when it was restored.
    made: Option<Box<pb::Database>>,
}

impl Task<Store> for Restoring {
    fn metadata(&self, parent: &str, timeline: &Timeline) -> Any {
        any(&pb::RestoreDatabaseMetadata {
            name: parent.to_owned(),
            source_type: pb::RestoreSourceType::Backup.into(),
            progress: Some(progress::of_database(timeline)),
            cancel_time: timeline.cancel.map(Time::to_proto),
            optimize_database_operation_name: self.optimizing.clone(),
            source_info: Some(restore_database_metadata::SourceInfo::BackupInfo(self.from.clone())),
        })
    }

    fn response(&self, _parent: &str) -> Option<Any> {
        self.made.as_ref().map(|database| any(database.as_ref()))
    }

    fn end(&mut self, store: &mut Store, parent: &str, ending: &Ending<'_>) {
        if ending.end != End::Completed {
            release(store, &self.from.backup, parent);
            if let Ok([_, instance, id]) = name::database(parent)
                && let Ok(instance) = store.instance_mut(instance)
            {
                instance.databases.remove(id);
            }
            return;
        }
        let task = Box::new(Optimizing { backup: self.from.backup.clone() });
        let optimizing = store.start(Operation::new(parent, task, ending.now));
        self.optimizing =
            store.operations.get(optimizing).map(|found| found.name(optimizing)).unwrap_or_default();
        if let Ok(database) = store.database_mut(parent) {
            database.busy = None;
            database.optimizing = Some(optimizing);
            database.about.state = pb::database::State::ReadyOptimizing.into();
            self.made = Some(Box::new(database.to_proto(ending.now)));
        }
    }

    fn family(&self) -> Option<Family> {
        Some(DATABASE)
    }

    fn check_cancel(&self, store: &Store) -> Result<(), Status> {
        match store.state.choices.cancel_restore {
            None => Ok(()),
            Some(code) => Err(Status::new(code, "Restore operations cannot be cancelled.")),
        }
    }

    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }
}

/// The operation that optimises the restored database that is its parent. Until it ends, the database reads the backup.
#[derive(Debug)]
struct Optimizing {
    /// The full name of the backup.
    backup: String,
}

impl Task<Store> for Optimizing {
    fn metadata(&self, parent: &str, timeline: &Timeline) -> Any {
        any(&pb::OptimizeRestoredDatabaseMetadata {
            name: parent.to_owned(),
            progress: Some(progress::of_database(timeline)),
        })
    }

    /// No response is published, and every operation that has completed has one (operations.proto): an empty one, then.
    fn response(&self, _parent: &str) -> Option<Any> {
        Some(any(&()))
    }

    fn end(&mut self, store: &mut Store, parent: &str, ending: &Ending<'_>) {
        release(store, &self.backup, parent);
        if let Ok(database) = store.database_mut(parent)
            && database.optimizing == Some(ending.key)
        {
            database.optimizing = None;
            database.about.state = pb::database::State::Ready.into();
        }
    }

    fn family(&self) -> Option<Family> {
        Some(DATABASE)
    }

    /// Optimisation cannot be cancelled (spanner_database_admin.proto, OptimizeRestoredDatabaseMetadata).
    fn check_cancel(&self, store: &Store) -> Result<(), Status> {
        Err(Status::new(store.state.choices.cancel_optimize, "Optimize operations cannot be cancelled."))
    }

    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }
}

fn release(store: &mut Store, backup: &str, database: &str) {
    if let Some(backup) = store.backup_mut(backup) {
        backup.release(database);
    }
}

pub fn restore(
    turn: &mut Turn<'_>,
    request: pb::RestoreDatabaseRequest,
) -> Result<longrunning::Operation, Status> {
    let (database, from) = check(turn, &request)?;
    let [_, instance] = name::instance(&request.parent)?;
    let (name, backup) = (database.name.to_string(), from.backup.clone());
    let key = turn.start(&name, Restoring { from, optimizing: String::new(), made: None });
    let restored = Database { busy: Some(key), ..database };
    turn.store.instance_mut(instance)?.databases.insert(request.database_id.as_str().into(), restored);
    if let Some(backup) = turn.store.backup_mut(&backup) {
        backup.refer_database(name);
    }
    turn.run(key);
    turn.show(key)
}

fn check(
    turn: &Turn<'_>,
    request: &pb::RestoreDatabaseRequest,
) -> Result<(Database, pb::BackupInfo), Status> {
    let [_, instance_id] = name::instance(&request.parent)?;
    let instance = turn.store.instance(instance_id)?;
    let Some(pb::restore_database_request::Source::Backup(backup_name)) = &request.source else {
        return Err(errors::missing("backup", "RestoreDatabase"));
    };
    let backup = turn.store.backup(backup_name)?;
    let name = check_new(turn, instance, &request.database_id)?;
    let [_, source_instance, _] = name::backup(backup_name)?;
    if turn.store.instance(source_instance)?.managed.about.config != instance.managed.about.config {
        let message = format!(
            "Cannot restore database {name} from backup {backup_name}: their instances must have the same instance \
             configuration."
        );
        return Err(Status::new(Code::InvalidArgument, message));
    }
    if backup.state != BackupState::Ready {
        let message = format!("Cannot restore database {name} because backup {backup_name} is not ready.");
        return Err(Status::new(Code::FailedPrecondition, message));
    }
    let pending = instance.databases.values().filter(|database| {
        database.about.restore_info.is_some() && database.about.state() == pb::database::State::Creating
    });
    if pending.count() >= turn.store.state.choices.pending_restores {
        return Err(errors::pending_restores(
            &name,
            instance.name(),
            turn.store.state.choices.pending_restores,
        ));
    }
    let kms_key = check_encryption(request.encryption_config.as_ref())?.or_else(|| backup.kms_key.clone());
    let from = pb::BackupInfo {
        backup: backup_name.clone(),
        version_time: Some(backup.version_time.to_proto()),
        create_time: Some(backup.create_time.to_proto()),
        source_database: backup.database.to_string(),
    };
    let dialect = pb::DatabaseDialect::try_from(backup.dialect).unwrap_or_default();
    let mut database = Database::new(name, dialect, turn.now);
    database.encrypt(kms_key.as_deref());
    database.about.state = pb::database::State::Creating.into();
    database.about.restore_info = Some(pb::RestoreInfo {
        source_type: pb::RestoreSourceType::Backup.into(),
        source_info: Some(restore_info::SourceInfo::BackupInfo(from.clone())),
    });
    Ok((database, from))
}

fn check_encryption(
    config: Option<&pb::RestoreDatabaseEncryptionConfig>,
) -> Result<Option<Box<str>>, Status> {
    use pb::restore_database_encryption_config::EncryptionType;
    let Some(config) = config else { return Ok(None) };
    let managed = config.encryption_type() == EncryptionType::CustomerManagedEncryption;
    encryption::key(managed, &config.kms_key_name, &config.kms_key_names)
}
