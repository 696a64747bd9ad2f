//! RestoreDatabase, in projects that run free: restoring and optimising take time.

use rescind_engine::Status;
use rescind_engine::proto::database::{self as pb, database::State, restore_database_request::Source};
use rescind_engine::proto::{instance as instance_pb, longrunning};
use rescind_engine::spanner::database_admin as databases;
use rescind_model::{BackupState, Code};

use crate::support::{
    Case, DATABASE, INSTANCE, OPERATION_TIME, backup_name, create_request, error_code, metadata_as,
    response_as,
};

const RESTORED: &str = "projects/p/instances/test/databases/restored";

/// A project with a finished backup `b1`.
fn case() -> Case {
    let mut case = Case::free_running();
    case.create("b1").unwrap();
    case.pass(OPERATION_TIME);
    case
}

fn request(id: &str) -> pb::RestoreDatabaseRequest {
    pb::RestoreDatabaseRequest {
        parent: INSTANCE.into(),
        database_id: id.into(),
        encryption_config: None,
        source: Some(Source::Backup(backup_name("b1"))),
    }
}

fn restore(case: &mut Case, id: &str) -> Result<longrunning::Operation, Status> {
    case.call::<databases::RestoreDatabase>(request(id))
}

fn optimize_name(case: &mut Case, restore: &str) -> String {
    metadata_as::<pb::RestoreDatabaseMetadata>(&case.poll(restore).unwrap()).optimize_database_operation_name
}

#[test]
fn a_restored_database_is_creating_then_optimizing_then_ready() {
    let mut case = case();
    let started = restore(&mut case, "restored").unwrap();
    assert!(started.name.starts_with(&format!("{RESTORED}/operations/")));
    assert_eq!(case.database(RESTORED).unwrap().state(), State::Creating);
    assert_eq!(optimize_name(&mut case, &started.name), "");

    case.pass(OPERATION_TIME);
    let operation = case.poll(&started.name).unwrap();
    let restored: pb::Database = response_as(&operation).unwrap();
    assert_eq!(restored.state(), State::ReadyOptimizing);
    let optimize = optimize_name(&mut case, &started.name);
    let optimizing = case.poll(&optimize).unwrap();
    assert!(!optimizing.done);
    assert_eq!(metadata_as::<pb::OptimizeRestoredDatabaseMetadata>(&optimizing).name, RESTORED);

    case.pass(OPERATION_TIME);
    let optimized: pb::OptimizeRestoredDatabaseMetadata = metadata_as(&case.poll(&optimize).unwrap());
    assert_eq!(optimized.progress.unwrap().progress_percent, 100);
    assert_eq!(case.database(RESTORED).unwrap().state(), State::Ready);
}

#[test]
fn what_has_completed_has_a_response_if_only_an_empty_one() {
    let mut case = case();
    let operation = restore(&mut case, "restored").unwrap().name;
    case.pass(OPERATION_TIME);
    let optimize = optimize_name(&mut case, &operation);
    assert!(case.poll(&optimize).unwrap().result.is_none());
    case.pass(OPERATION_TIME);
    assert_eq!(response_as::<()>(&case.poll(&optimize).unwrap()), Some(()));
}

#[test]
fn operation_and_database_tell_what_was_restored_though_the_source_is_gone() {
    let mut case = case();
    let backup = case.get("b1").unwrap();
    case.drop_database(DATABASE).unwrap();
    let operation = restore(&mut case, "restored").unwrap();
    let metadata: pb::RestoreDatabaseMetadata = metadata_as(&operation);
    assert_eq!(metadata.name, RESTORED);
    assert!(metadata.cancel_time.is_none() && metadata.progress.as_ref().unwrap().start_time.is_some());
    let expected = pb::BackupInfo {
        backup: backup.name,
        version_time: backup.version_time,
        create_time: backup.create_time,
        source_database: DATABASE.into(),
    };
    let info = |info| match info {
        Some(pb::restore_database_metadata::SourceInfo::BackupInfo(info)) => info,
        None => panic!("no source"),
    };
    assert_eq!(
        (metadata.source_type(), info(metadata.source_info)),
        (pb::RestoreSourceType::Backup, expected.clone())
    );
    let database = case.database(RESTORED).unwrap();
    assert_eq!(database.database_dialect(), pb::DatabaseDialect::GoogleStandardSql);
    let restore_info = database.restore_info.unwrap();
    assert_eq!(restore_info.source_info, Some(pb::restore_info::SourceInfo::BackupInfo(expected)));
}

#[test]
fn a_restored_database_has_the_dialect_of_its_source() {
    let mut case = case();
    let create = pb::CreateDatabaseRequest {
        parent: INSTANCE.into(),
        create_statement: "CREATE DATABASE \"postgres\"".into(),
        database_dialect: pb::DatabaseDialect::Postgresql.into(),
        ..Default::default()
    };
    case.call::<databases::CreateDatabase>(create).unwrap();
    case.pass(OPERATION_TIME);
    let mut backup = create_request("b2");
    backup.backup.as_mut().unwrap().database = format!("{INSTANCE}/databases/postgres");
    case.call::<databases::CreateBackup>(backup).unwrap();
    case.pass(OPERATION_TIME);
    let source = Some(Source::Backup(backup_name("b2")));
    case.call::<databases::RestoreDatabase>(pb::RestoreDatabaseRequest { source, ..request("restored") })
        .unwrap();
    assert_eq!(case.get("b2").unwrap().database_dialect(), pb::DatabaseDialect::Postgresql);
    assert_eq!(case.database(RESTORED).unwrap().database_dialect(), pb::DatabaseDialect::Postgresql);
}

#[test]
fn the_backup_is_referenced_until_the_database_is_ready() {
    let mut case = case();
    restore(&mut case, "restored").unwrap();
    for _ in 0..2 {
        assert_eq!(case.get("b1").unwrap().referencing_databases, [RESTORED]);
        assert_eq!(case.delete("b1").unwrap_err().code, Code::FailedPrecondition);
        case.pass(OPERATION_TIME);
    }
    assert!(case.get("b1").unwrap().referencing_databases.is_empty());
    case.delete("b1").unwrap();
}

#[test]
fn dropping_the_restored_database_releases_the_backup_also_while_it_is_optimized() {
    let mut case = case();
    restore(&mut case, "restored").unwrap();
    case.pass(OPERATION_TIME);
    assert_eq!(case.database(RESTORED).unwrap().state(), State::ReadyOptimizing);
    case.drop_database(RESTORED).unwrap();
    case.delete("b1").unwrap();
}

#[test]
fn cancelling_a_restore_deletes_the_database() {
    let mut case = case();
    let operation = restore(&mut case, "restored").unwrap().name;
    case.cancel(&operation).unwrap();
    let cancelled = case.poll(&operation).unwrap();
    assert_eq!(error_code(&cancelled), Some(Code::Cancelled));
    let told: pb::RestoreDatabaseMetadata = metadata_as(&cancelled);
    assert!(told.cancel_time.is_some() && told.progress.unwrap().end_time.is_some());
    assert_eq!(told.optimize_database_operation_name, "", "nothing is optimised");
    assert_eq!(case.database(RESTORED).unwrap_err().code, Code::NotFound);
    case.delete("b1").unwrap();
}

#[test]
fn the_optimisation_cannot_be_cancelled() {
    let mut case = case();
    let operation = restore(&mut case, "restored").unwrap().name;
    case.pass(OPERATION_TIME);
    let optimize = optimize_name(&mut case, &operation);
    assert_eq!(case.cancel(&optimize).unwrap_err().code, Code::Unimplemented);
    assert!(!case.poll(&optimize).unwrap().done);
}

#[test]
fn one_restore_of_an_instance_is_pending_at_a_time_and_optimising_does_not_count() {
    let mut case = case();
    case.create_instance("other").unwrap();
    case.pass(OPERATION_TIME);
    restore(&mut case, "restored").unwrap();
    let elsewhere =
        pb::RestoreDatabaseRequest { parent: "projects/p/instances/other".into(), ..request("restored") };
    case.call::<databases::RestoreDatabase>(elsewhere).unwrap();
    let status = restore(&mut case, "second").unwrap_err();
    assert_eq!(status.code, Code::FailedPrecondition);
    insta::assert_snapshot!(status.message, @"Cannot restore database (projects/p/instances/test/databases/second) because the maximum number of pending restores (1) for the instance (projects/p/instances/test) has been reached. Please retry the operation once the pending restores complete.");
    case.pass(OPERATION_TIME);
    restore(&mut case, "second").unwrap();
}

#[test]
fn the_backup_must_be_there_and_ready_and_the_database_not() {
    let mut case = Case::given("", &[("b1", BackupState::Creating)]);
    assert_eq!(restore(&mut case, "restored").unwrap_err().code, Code::FailedPrecondition);
    assert_eq!(restore(&mut case, "db").unwrap_err().code, Code::AlreadyExists);
    let missing =
        pb::RestoreDatabaseRequest { source: Some(Source::Backup(backup_name("none"))), ..request("new") };
    assert_eq!(case.call::<databases::RestoreDatabase>(missing).unwrap_err().code, Code::NotFound);
    let nothing = pb::RestoreDatabaseRequest { source: None, ..request("new") };
    assert_eq!(case.call::<databases::RestoreDatabase>(nothing).unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn the_instances_must_have_the_same_configuration() {
    let mut case = case();
    let instance = instance_pb::Instance {
        config: "projects/p/instanceConfigs/nam3".into(),
        display_name: "j".into(),
        ..Default::default()
    };
    let create = instance_pb::CreateInstanceRequest {
        parent: "projects/p".into(),
        instance_id: "j1".into(),
        instance: Some(instance),
    };
    case.call::<rescind_engine::spanner::instance_admin::CreateInstance>(create).unwrap();
    case.pass(OPERATION_TIME);
    let other = pb::RestoreDatabaseRequest { parent: "projects/p/instances/j1".into(), ..request("new") };
    assert_eq!(case.call::<databases::RestoreDatabase>(other).unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn a_kms_key_goes_with_customer_managed_encryption_only() {
    use pb::restore_database_encryption_config::EncryptionType;
    let mut case = case();
    let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
    let with = |encryption: EncryptionType| pb::RestoreDatabaseRequest {
        encryption_config: Some(pb::RestoreDatabaseEncryptionConfig {
            encryption_type: encryption.into(),
            kms_key_name: key.into(),
            kms_key_names: Vec::new(),
        }),
        ..request("restored")
    };
    let bad = case.call::<databases::RestoreDatabase>(with(EncryptionType::GoogleDefaultEncryption));
    assert_eq!(bad.unwrap_err().code, Code::InvalidArgument);
    case.call::<databases::RestoreDatabase>(with(EncryptionType::CustomerManagedEncryption)).unwrap();
    let database = case.database(RESTORED).unwrap();
    assert_eq!(database.encryption_config.unwrap().kms_key_name, key);
}

#[test]
fn in_a_case_a_restore_is_done_in_the_reply_and_the_optimisation_at_the_first_look() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    let operation = restore(&mut case, "restored").unwrap();
    assert!(operation.done);
    assert_eq!(case.database(RESTORED).unwrap().state(), State::ReadyOptimizing);
    assert_eq!(case.delete("b1").unwrap_err().code, Code::FailedPrecondition);
    let optimize = optimize_name(&mut case, &operation.name);
    assert!(case.poll(&optimize).unwrap().done);
    assert_eq!(case.database(RESTORED).unwrap().state(), State::Ready);
    case.delete("b1").unwrap();
}
