//! Moving an instance to another configuration.

use prost_types::FieldMask;
use rescind_engine::Status;
use rescind_engine::proto::database::{self as database_pb, restore_database_request::Source};
use rescind_engine::proto::{instance as pb, longrunning};
use rescind_engine::spanner::{database_admin as databases, instance_admin as instances};
use rescind_model::Code;

use crate::support::{
    CONFIG, Case, DATABASE, DAY, INSTANCE, OPERATION_TIME, after, backup_name, create_request, response_as,
};

const NAM3: &str = "projects/p/instanceConfigs/nam3";

fn move_to_nam3(case: &mut Case, name: &str) -> Result<longrunning::Operation, Status> {
    let request = pb::MoveInstanceRequest { name: name.into(), target_config: NAM3.into() };
    case.call::<instances::MoveInstance>(request)
}

fn start_move(case: &mut Case) -> Result<longrunning::Operation, Status> {
    move_to_nam3(case, INSTANCE)
}

fn rename(case: &mut Case) -> Result<longrunning::Operation, Status> {
    let instance = pb::Instance { name: INSTANCE.into(), display_name: "New".into(), ..Default::default() };
    let field_mask = Some(FieldMask { paths: vec!["display_name".into()] });
    case.call::<instances::UpdateInstance>(pb::UpdateInstanceRequest { instance: Some(instance), field_mask })
}

fn change_schema(case: &mut Case, statement: &str) -> Result<longrunning::Operation, Status> {
    case.call::<databases::UpdateDatabaseDdl>(database_pb::UpdateDatabaseDdlRequest {
        database: DATABASE.into(),
        statements: vec![statement.into()],
        ..Default::default()
    })
}

#[test]
fn an_instance_that_is_moved_takes_no_databases_backups_and_changes() {
    let mut case = Case::free_running();
    let operation = start_move(&mut case).unwrap().name;
    assert_eq!(start_move(&mut case).unwrap_err().code, Code::FailedPrecondition);
    let create = database_pb::CreateDatabaseRequest {
        parent: INSTANCE.into(),
        create_statement: "CREATE DATABASE other".into(),
        ..Default::default()
    };
    assert_eq!(case.call::<databases::CreateDatabase>(create).unwrap_err().code, Code::FailedPrecondition);
    let backup = case.call::<databases::CreateBackup>(create_request("b1")).unwrap_err();
    assert_eq!(backup.code, Code::FailedPrecondition);
    assert_eq!(rename(&mut case).unwrap_err().code, Code::FailedPrecondition);
    let lead = "ALTER DATABASE db SET OPTIONS (default_leader = 'us-east4')";
    assert_eq!(change_schema(&mut case, lead).unwrap_err().code, Code::FailedPrecondition);
    change_schema(&mut case, "CREATE ROLE reader").unwrap();
    case.pass(OPERATION_TIME);
    assert_eq!(response_as(&case.poll(&operation).unwrap()), Some(pb::MoveInstanceResponse {}));
    assert_eq!(case.instance().config, NAM3);
    case.create("b1").unwrap();
    assert_eq!(start_move(&mut case).unwrap_err().code, Code::FailedPrecondition, "it has backups");
}

#[test]
fn a_cancelled_move_leaves_the_instance_where_it_was() {
    let mut case = Case::free_running();
    let operation = start_move(&mut case).unwrap().name;
    case.cancel(&operation).unwrap();
    assert_eq!(case.instance().config, CONFIG);
    case.create("b1").unwrap();
}

#[test]
fn an_instance_that_is_being_updated_or_has_keys_of_a_customer_cannot_be_moved() {
    let mut case = Case::free_running();
    let update = rename(&mut case).unwrap().name;
    assert_eq!(start_move(&mut case).unwrap_err().code, Code::FailedPrecondition, "it is being updated");
    case.cancel(&update).unwrap();

    let encrypted = database_pb::CreateDatabaseRequest {
        parent: INSTANCE.into(),
        create_statement: "CREATE DATABASE encrypted".into(),
        encryption_config: Some(database_pb::EncryptionConfig {
            kms_key_name: "projects/p/locations/l/keyRings/r/cryptoKeys/k".into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    case.call::<databases::CreateDatabase>(encrypted).unwrap();
    case.pass(OPERATION_TIME);
    let status = start_move(&mut case).unwrap_err();
    assert_eq!(status.code, Code::FailedPrecondition);
    assert!(status.message.ends_with("encrypted with keys of a customer."), "{}", status.message);
    case.drop_database(&format!("{INSTANCE}/databases/encrypted")).unwrap();
    start_move(&mut case).unwrap();
}

#[test]
fn nothing_is_copied_or_restored_into_an_instance_that_is_moved() {
    // An instance with backups cannot be moved, so the backup is in another.
    let mut case = Case::free_running();
    case.create("b1").unwrap();
    case.create_instance("moved").unwrap();
    case.pass(OPERATION_TIME);
    let parent = "projects/p/instances/moved";
    move_to_nam3(&mut case, parent).unwrap();
    let copy = database_pb::CopyBackupRequest {
        parent: parent.into(),
        backup_id: "c1".into(),
        source_backup: backup_name("b1"),
        expire_time: after(2 * DAY),
        encryption_config: None,
    };
    let restore = database_pb::RestoreDatabaseRequest {
        parent: parent.into(),
        database_id: "restored".into(),
        encryption_config: None,
        source: Some(Source::Backup(backup_name("b1"))),
    };
    for status in [
        case.call::<databases::CopyBackup>(copy.clone()).unwrap_err(),
        case.call::<databases::RestoreDatabase>(restore).unwrap_err(),
    ] {
        let expected = format!("Instance {parent} is being moved to another instance configuration.");
        assert_eq!((status.code, status.message), (Code::FailedPrecondition, expected));
    }
    case.pass(OPERATION_TIME);
    case.call::<databases::CopyBackup>(copy).unwrap();
}
