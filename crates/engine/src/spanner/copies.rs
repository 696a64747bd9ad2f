//! CopyBackup.

use std::sync::Arc;

use prost_types::Any;
use rescind_model::{BackupState, Code};

use super::backup::{Backup, LONGEST_ID, SHORTEST_LIFE};
use super::backups::{bad_id, finish, instance_of};
use super::family::{AUTO_ID, BACKUP};
use super::state::{Store, Turn};
use super::{encryption, errors, name, progress};
use crate::kernel::Time;
use crate::kernel::name::is_id;
use crate::kernel::operation::{Ending, Family, Task, Timeline};
use crate::kernel::status::{Status, any};
use crate::proto::{database as pb, longrunning};

/// The operation that copies a backup into the one that is its parent.
#[derive(Debug)]
struct Copying {
    /// The full name of the source.
    source: Arc<str>,
    /// The copy when it was made.
    made: Option<Box<Backup>>,
}

impl Task<Store> for Copying {
    fn metadata(&self, parent: &str, timeline: &Timeline) -> Any {
        any(&pb::CopyBackupMetadata {
            name: parent.to_owned(),
            source_backup: self.source.to_string(),
            progress: Some(progress::of_database(timeline)),
            cancel_time: timeline.cancel.map(Time::to_proto),
        })
    }

    fn response(&self, parent: &str) -> Option<Any> {
        self.made.as_ref().map(|backup| any(&backup.to_proto(instance_of(parent))))
    }

    fn end(&mut self, store: &mut Store, parent: &str, ending: &Ending<'_>) {
        if let Some(source) = store.backup_mut(&self.source) {
            source.release(parent);
        }
        self.made = finish(store, parent, ending.end).map(Box::new);
    }

    fn family(&self) -> Option<Family> {
        Some(BACKUP)
    }

    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }
}

/// Any number of copies of one backup may be made at once, also into other instances.
pub fn copy(turn: &mut Turn<'_>, request: pb::CopyBackupRequest) -> Result<longrunning::Operation, Status> {
    let copy = check(turn, &request)?;
    let [_, instance] = name::instance(&request.parent)?;
    let parent = format!("{}/backups/{}", request.parent, copy.id);
    let key = turn.start(&parent, Copying { source: request.source_backup.as_str().into(), made: None });
    turn.store.instance_mut(instance)?.backups.insert(Backup { operation: Some(key), ..copy });
    if let Some(source) = turn.store.backup_mut(&request.source_backup) {
        source.refer_backup(parent);
    }
    turn.run(key);
    turn.show(key)
}

fn check(turn: &Turn<'_>, request: &pb::CopyBackupRequest) -> Result<Backup, Status> {
    let [_, instance] = name::instance(&request.parent)?;
    let instance = turn.store.instance(instance)?;
    instance.check_usable()?;
    let name = format!("{}/backups/{}", request.parent, request.backup_id);
    if !is_id(&request.backup_id, LONGEST_ID) {
        return Err(bad_id(turn, &name));
    }
    let source = turn.store.backup(&request.source_backup)?;
    if instance.backups.get(&request.backup_id).is_some() {
        return Err(errors::backup_exists(&name));
    }
    if source.state != BackupState::Ready {
        return Err(errors::copy_of_pending_backup(&request.source_backup));
    }
    let expire_time = request.expire_time.as_ref().and_then(Time::from_proto);
    if expire_time.is_some_and(|time| time > source.max_expire_time) {
        let message = format!(
            "The expire_time of backup {name} exceeded the maximum, {}, which is 366 days after the creation of the \
             source backup.",
            source.max_expire_time
        );
        return Err(Status::new(Code::InvalidArgument, message));
    }
    // The bounds count from the creation of the source (backup.proto, CopyBackupRequest); nothing expires in the past.
    let earliest = (source.create_time + SHORTEST_LIFE).max(turn.now);
    let expire_time = expire_time
        .filter(|time| *time >= earliest)
        .ok_or_else(|| errors::expire_time(&name, source.create_time, expire_time))?;
    let kms_key = check_encryption(request.encryption_config.as_ref())?;
    // Only backups of its own instance refer to a partition (spanner_instance_admin.proto, `referencing_backups`).
    let stays = instance_of(&request.source_backup) == request.parent;
    Ok(Backup {
        id: request.backup_id.as_str().into(),
        state: BackupState::Creating,
        create_time: turn.now,
        expire_time,
        kms_key: kms_key.or_else(|| source.kms_key.clone()),
        partitions: source.partitions.clone().filter(|_| stays),
        operation: None,
        references: None,
        foreign: false,
        ..source.clone()
    })
}

fn check_encryption(config: Option<&pb::CopyBackupEncryptionConfig>) -> Result<Option<Box<str>>, Status> {
    use pb::copy_backup_encryption_config::EncryptionType;
    let Some(config) = config else { return Ok(None) };
    let managed = config.encryption_type() == EncryptionType::CustomerManagedEncryption;
    encryption::key(managed, &config.kms_key_name, &config.kms_key_names)
}
