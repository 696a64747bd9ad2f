//! What becomes of a backup once it is there: updates and deletions.

use rescind_engine::alloydb::v1beta as rpc;
use rescind_engine::proto::alloydb::v1beta as pb;
use rescind_model::{BackupState, Code};

use super::support::{CLUSTER, Case, backup_name, made, metadata};
use crate::support::{OPERATION_TIME, error_code};

#[test]
fn an_update_overwrites_what_the_mask_names_and_everything_without_one() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    let new = |display_name: &str, description: &str| pb::Backup {
        name: backup_name("b1"),
        display_name: display_name.into(),
        description: description.into(),
        ..Default::default()
    };
    let operation = case.update(new("One", "first"), &["display_name"]).unwrap();
    assert_eq!(metadata(&operation).verb, "update");
    let backup = case.get("b1").unwrap();
    assert_eq!(made(&operation), Some(backup.clone()));
    assert_eq!((backup.display_name.as_str(), backup.description.as_str()), ("One", ""));
    case.update(new("Two", "second"), &[]).unwrap();
    case.update(new("", "third"), &["*"]).unwrap();
    let backup = case.get("b1").unwrap();
    assert_eq!((backup.display_name.as_str(), backup.description.as_str()), ("", "third"));
    assert_eq!(backup.state(), pb::backup::State::Ready);
    let refused = case.update(new("", ""), &["state"]).unwrap_err();
    assert_eq!(refused.code, Code::InvalidArgument);
}

#[test]
fn an_update_of_what_is_missing_creates_it_only_if_that_is_allowed() {
    let mut case = Case::new("");
    let backup = pb::Backup { name: backup_name("b1"), cluster_name: CLUSTER.into(), ..Default::default() };
    assert_eq!(case.update(backup.clone(), &["labels"]).unwrap_err().code, Code::NotFound);
    let request = pb::UpdateBackupRequest { backup: Some(backup), allow_missing: true, ..Default::default() };
    let operation = case.call::<rpc::UpdateBackup>(request.clone()).unwrap();
    assert_eq!(metadata(&operation).verb, "create");
    assert_eq!(case.get("b1").unwrap().state(), pb::backup::State::Creating);
    case.cancel(&operation.name).unwrap();
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
    assert_eq!(case.project.snapshot().operations.len(), 1, "it is an operation that creates a backup");
}

#[test]
fn a_stale_etag_aborts_updates_and_deletions() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    let stale = case.get("b1").unwrap();
    case.update(pb::Backup { description: "new".into(), ..stale.clone() }, &["description"]).unwrap();
    let again = pb::Backup { description: "newer".into(), ..stale.clone() };
    assert_eq!(case.update(again, &["description"]).unwrap_err().code, Code::Aborted);
    let delete = |etag: &str| pb::DeleteBackupRequest {
        name: backup_name("b1"),
        etag: etag.into(),
        ..Default::default()
    };
    assert_eq!(case.call::<rpc::DeleteBackup>(delete(&stale.etag)).unwrap_err().code, Code::Aborted);
    let current = case.get("b1").unwrap().etag;
    case.call::<rpc::DeleteBackup>(delete(&current)).unwrap();
}

#[test]
fn deleting_is_an_operation_and_what_is_missing_is_not_found() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    let operation = case.delete("b1").unwrap();
    assert_eq!((operation.done, metadata(&operation).verb.as_str()), (true, "delete"));
    assert_eq!(crate::support::response_as::<()>(&operation), Some(()));
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
    assert_eq!(case.delete("b1").unwrap_err().code, Code::NotFound);
}

#[test]
fn a_backup_that_is_being_deleted_is_deleting_and_nothing_else_can_be_done_with_it() {
    let mut case = Case::free_running();
    case.create("b1").unwrap();
    case.pass(OPERATION_TIME);
    let deletion = case.delete("b1").unwrap();
    assert_eq!(case.get("b1").unwrap().state(), pb::backup::State::Deleting);
    assert_eq!(case.delete("b1").unwrap_err().code, Code::Aborted);
    let update = pb::Backup { name: backup_name("b1"), ..Default::default() };
    assert_eq!(case.update(update, &["labels"]).unwrap_err().code, Code::Aborted);
    assert_eq!(case.create("b1").unwrap_err().code, Code::AlreadyExists);
    case.cancel(&deletion.name).unwrap();
    assert_eq!(case.get("b1").unwrap().state(), pb::backup::State::Ready, "a cancelled deletion is undone");
    case.delete("b1").unwrap();
    case.pass(OPERATION_TIME);
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
}

#[test]
fn deleting_what_is_being_created_cancels_its_creation() {
    for choice in ["alloydb.cancelled-backup=removed", "alloydb.cancelled-backup=failed"] {
        let mut case = Case::choosing(&[choice]);
        let creation = case.create("b1").unwrap();
        assert!(case.delete("b1").unwrap().done);
        assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
        assert_eq!(error_code(&case.poll(&creation.name).unwrap()), Some(Code::Cancelled));
    }
    let mut case = Case::choosing(&["alloydb.delete-while-creating=FAILED_PRECONDITION"]);
    case.create("b1").unwrap();
    assert_eq!(case.delete("b1").unwrap_err().code, Code::FailedPrecondition);
}
