//! CopyBackup, in projects that run free: copying takes time.

use prost_types::Timestamp;
use rescind_engine::Status;
use rescind_engine::proto::{database as pb, longrunning};
use rescind_engine::spanner::database_admin as databases;
use rescind_model::{BackupState, Code};

use crate::support::{
    Case, DAY, HOUR, INSTANCE, OPERATION_TIME, after, backup_name, error_code, metadata_as, response,
};

/// A project with a finished backup `b1`.
fn case() -> Case {
    let mut case = Case::free_running();
    case.create("b1").unwrap();
    case.pass(OPERATION_TIME);
    case
}

fn request(id: &str) -> pb::CopyBackupRequest {
    pb::CopyBackupRequest {
        parent: INSTANCE.into(),
        backup_id: id.into(),
        source_backup: backup_name("b1"),
        expire_time: after(2 * DAY),
        encryption_config: None,
    }
}

fn copy(case: &mut Case, id: &str) -> Result<longrunning::Operation, Status> {
    case.call::<databases::CopyBackup>(request(id))
}

#[test]
fn a_copy_is_an_operation_of_the_destination_and_inherits_the_times_of_the_source() {
    let mut case = case();
    let started = copy(&mut case, "c1").unwrap();
    assert!(started.name.starts_with(&format!("{}/operations/", backup_name("c1"))));
    let metadata: pb::CopyBackupMetadata = metadata_as(&started);
    assert!(metadata.cancel_time.is_none() && metadata.progress.as_ref().unwrap().start_time.is_some());
    assert_eq!((metadata.name, metadata.source_backup), (backup_name("c1"), backup_name("b1")));
    case.pass(OPERATION_TIME);
    let copied = response(&case.poll(&started.name).unwrap()).unwrap();
    let source = case.get("b1").unwrap();
    assert_eq!(copied, case.get("c1").unwrap());
    assert_eq!((copied.version_time, copied.max_expire_time), (source.version_time, source.max_expire_time));
    assert_eq!((copied.database, copied.expire_time), (source.database, after(2 * DAY)));
    assert_ne!(copied.create_time, source.create_time);
}

#[test]
fn several_copies_of_one_source_run_at_once_and_refer_to_it() {
    let mut case = case();
    copy(&mut case, "c1").unwrap();
    copy(&mut case, "c2").unwrap();
    assert_eq!(case.get("b1").unwrap().referencing_backups, [backup_name("c1"), backup_name("c2")]);
    let status = case.delete("b1").unwrap_err();
    assert_eq!(status.code, Code::FailedPrecondition);
    case.pass(OPERATION_TIME);
    assert!(case.get("b1").unwrap().referencing_backups.is_empty());
    case.delete("b1").unwrap();
    assert_eq!(case.list("").unwrap().len(), 2);
}

#[test]
fn cancelling_a_copy_deletes_the_destination_and_releases_the_source() {
    let mut case = case();
    let operation = copy(&mut case, "c1").unwrap().name;
    case.cancel(&operation).unwrap();
    let cancelled = case.poll(&operation).unwrap();
    assert_eq!(error_code(&cancelled), Some(Code::Cancelled));
    let told: pb::CopyBackupMetadata = metadata_as(&cancelled);
    assert!(told.cancel_time.is_some() && told.progress.unwrap().end_time.is_some());
    assert_eq!(case.get("c1").unwrap_err().code, Code::NotFound);
    case.delete("b1").unwrap();
}

#[test]
fn deleting_the_destination_releases_the_source() {
    let mut case = case();
    copy(&mut case, "c1").unwrap();
    case.delete("c1").unwrap();
    case.delete("b1").unwrap();
}

#[test]
fn the_source_must_be_there_and_ready_and_the_destination_not() {
    let mut case = Case::given("", &[("b1", BackupState::Creating), ("c1", BackupState::Ready)]);
    let pending = copy(&mut case, "c2").unwrap_err();
    assert_eq!(pending.code, Code::FailedPrecondition);
    insta::assert_snapshot!(pending.message, @"Cannot copy source backup projects/p/instances/test/backups/b1 because the backup is still being created. Please retry the operation once the pending backup is complete.");
    assert_eq!(copy(&mut case, "c1").unwrap_err().code, Code::AlreadyExists);
    assert_eq!(copy(&mut case, "C").unwrap_err().code, Code::InvalidArgument);
    let missing = pb::CopyBackupRequest { source_backup: backup_name("none"), ..request("c2") };
    assert_eq!(case.call::<databases::CopyBackup>(missing).unwrap_err().code, Code::NotFound);
}

#[test]
fn a_source_in_another_project_is_not_found() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    let source_backup = "projects/other/instances/test/backups/b1".to_owned();
    let expected = format!("Backup not found: {source_backup}");
    let elsewhere = pb::CopyBackupRequest { source_backup, ..request("c1") };
    let status = case.call::<databases::CopyBackup>(elsewhere).unwrap_err();
    assert_eq!((status.code, status.message), (Code::NotFound, expected));
    copy(&mut case, "c1").unwrap();
}

#[test]
fn expire_time_counts_from_the_creation_of_the_source() {
    let mut case = case();
    let source = case.get("b1").unwrap();
    let mut copy_until = |id: &str, expire_time: Option<Timestamp>| {
        case.call::<databases::CopyBackup>(pb::CopyBackupRequest { expire_time, ..request(id) })
    };
    copy_until("c1", source.max_expire_time).unwrap();
    copy_until("c2", after(7 * HOUR)).unwrap();
    let beyond = source.max_expire_time.map(|time| Timestamp { seconds: time.seconds + 1, ..time });
    let status = copy_until("c3", beyond).unwrap_err();
    assert_eq!(status.code, Code::InvalidArgument);
    assert!(status.message.contains("exceeded the maximum"), "{}", status.message);
    for time in [None, after(-DAY), after(5 * HOUR)] {
        assert_eq!(copy_until("c3", time).unwrap_err().code, Code::InvalidArgument);
    }
}

#[test]
fn the_least_expire_time_counts_from_the_creation_of_the_source_too() {
    let mut case = case();
    let created = case.get("b1").unwrap().create_time.unwrap();
    case.pass(5 * HOUR);
    let mut copy_until = |id: &str, seconds: i64| {
        let expire_time = Some(Timestamp { seconds: created.seconds + seconds, ..created });
        case.call::<databases::CopyBackup>(pb::CopyBackupRequest { expire_time, ..request(id) })
    };
    // Only an hour ahead, but 6 hours after the creation of the source.
    copy_until("c1", 6 * HOUR).unwrap();
    assert_eq!(copy_until("c2", 6 * HOUR - 1).unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn backups_are_copied_into_other_instances_with_other_keys() {
    let mut case = case();
    case.create_instance("other").unwrap();
    case.pass(OPERATION_TIME);
    let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
    let config = |encryption_type: i32| {
        Some(pb::CopyBackupEncryptionConfig {
            encryption_type,
            kms_key_name: key.into(),
            kms_key_names: Vec::new(),
        })
    };
    use pb::copy_backup_encryption_config::EncryptionType;
    let to = |encryption_config| pb::CopyBackupRequest {
        parent: "projects/p/instances/other".into(),
        encryption_config,
        ..request("c1")
    };
    let bad = case.call::<databases::CopyBackup>(to(config(EncryptionType::GoogleDefaultEncryption.into())));
    assert_eq!(bad.unwrap_err().code, Code::InvalidArgument);
    case.call::<databases::CopyBackup>(to(config(EncryptionType::CustomerManagedEncryption.into()))).unwrap();
    let name = "projects/p/instances/other/backups/c1".to_owned();
    let copied = case.call::<databases::GetBackup>(pb::GetBackupRequest { name }).unwrap();
    assert!(copied.encryption_info.unwrap().kms_key_version.starts_with(key));
}
