//! The rules of AlloyDB's backups and clusters (service.proto and resources.proto of google/cloud/alloydb).

use std::collections::BTreeMap;

use rescind_engine::alloydb::{v1, v1beta as rpc};
use rescind_engine::operations;
use rescind_engine::proto::alloydb::{v1 as pb_v1, v1beta as pb};
use rescind_engine::proto::longrunning;
use rescind_model::{BackupState, Code, Given};

use super::clusters::create_cluster;
use super::support::{CLUSTER, Case, LOCATION, backup_name, create_request, made, metadata, setup};
use crate::support::{DAY, OPERATION_TIME, error_code};

const ID: &str = "6f1a2b3c-0000-4000-8000-00000000000f";

#[test]
fn a_created_backup_is_there_at_once_and_its_operation_is_below_the_location() {
    let mut case = Case::new("");
    let operation = case.create("b1").unwrap();
    assert_eq!(operation.name, format!("{LOCATION}/operations/operation-1"));
    let told = metadata(&operation);
    assert_eq!((told.verb.as_str(), told.target), ("create", backup_name("b1")));
    assert_eq!((told.api_version.as_str(), told.requested_cancellation), ("v1beta", false));
    assert!(told.create_time.is_some() && told.end_time.is_none());
    let backup = case.get("b1").unwrap();
    assert_eq!(backup.state(), pb::backup::State::Creating);
    assert_eq!((backup.r#type(), backup.cluster_name.as_str()), (pb::backup::Type::OnDemand, CLUSTER));
    assert!(!backup.uid.is_empty() && !backup.cluster_uid.is_empty() && !backup.etag.is_empty());
}

#[test]
fn a_completed_create_has_the_backup_as_its_response() {
    let mut case = Case::new("create:done");
    let operation = case.create("b1").unwrap();
    let backup = case.get("b1").unwrap();
    assert_eq!(backup.state(), pb::backup::State::Ready);
    assert_eq!(made(&operation), Some(backup));
    assert!(metadata(&operation).end_time.is_some());
}

#[test]
fn what_the_service_says_of_a_backup_cannot_be_chosen() {
    let mut case = Case::new("create:done");
    let mut request = create_request("b1");
    let sent = pb::Backup {
        name: "x".into(),
        uid: "x".into(),
        etag: "x".into(),
        size_bytes: 7,
        state: pb::backup::State::Failed.into(),
        cluster_uid: "x".into(),
        display_name: "Kept".into(),
        labels: BTreeMap::from([("team".into(), "a".into())]),
        ..request.backup.take().unwrap()
    };
    case.call::<rpc::CreateBackup>(pb::CreateBackupRequest { backup: Some(sent), ..request }).unwrap();
    let backup = case.get("b1").unwrap();
    assert_eq!((backup.name.as_str(), backup.size_bytes), (backup_name("b1").as_str(), 0));
    assert_eq!((backup.display_name.as_str(), backup.labels["team"].as_str()), ("Kept", "a"));
    assert!(backup.uid != "x" && backup.etag != "x" && backup.cluster_uid != "x");
}

#[test]
fn an_id_that_breaks_the_published_form_is_refused() {
    let mut case = Case::new("");
    for id in ["", "1a", "a_b", "a-", "A", &"a".repeat(64)] {
        assert_eq!(case.create(id).unwrap_err().code, Code::InvalidArgument, "{id}");
    }
    case.create(&"a".repeat(63)).unwrap();
}

#[test]
fn the_cluster_of_a_backup_must_be_there_and_ready() {
    let mut setup = setup("", &[]);
    setup.given = Given { database_missing: true, ..Given::default() };
    let mut case = Case::with(&setup).unwrap();
    let missing = case.create("b1").unwrap_err();
    assert_eq!(missing.code, Code::NotFound);
    assert!(missing.message.contains(CLUSTER), "{missing}");

    let mut case = Case::free_running();
    create_cluster(&mut case, "new").unwrap();
    let mut of_new = create_request("b1");
    of_new.backup.as_mut().unwrap().cluster_name = format!("{LOCATION}/clusters/new");
    let early = case.call::<rpc::CreateBackup>(of_new.clone()).unwrap_err();
    assert_eq!(early.code, Code::FailedPrecondition);
    case.pass(OPERATION_TIME);
    case.call::<rpc::CreateBackup>(of_new.clone()).unwrap();

    of_new.backup_id = "b2".into();
    of_new.backup.as_mut().unwrap().cluster_name = "projects/q/locations/us-central1/clusters/new".into();
    assert_eq!(case.call::<rpc::CreateBackup>(of_new.clone()).unwrap_err().code, Code::InvalidArgument);
    of_new.backup = None;
    assert_eq!(case.call::<rpc::CreateBackup>(of_new).unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn an_id_in_use_is_refused_and_the_backup_of_that_id_stays() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    let before = case.get("b1").unwrap();
    let status = case.create("b1").unwrap_err();
    assert_eq!(status.code, Code::AlreadyExists);
    assert_eq!(status.details[0].resource_info().unwrap().resource_type, "alloydb.googleapis.com/Backup");
    assert_eq!(case.get("b1").unwrap(), before);
}

#[test]
fn several_backups_of_a_cluster_can_be_made_at_once() {
    let mut case = Case::new("");
    case.create("b1").unwrap();
    case.create("b2").unwrap();
}

#[test]
fn a_request_with_the_id_of_an_earlier_one_is_not_carried_out_again_for_an_hour() {
    let mut case = Case::new("");
    let request = pb::CreateBackupRequest { request_id: ID.into(), ..create_request("b1") };
    let first = case.call::<rpc::CreateBackup>(request.clone()).unwrap();
    case.cancel(&first.name).unwrap();
    case.pass(3500);
    let again = case.call::<rpc::CreateBackup>(request.clone()).unwrap();
    assert_eq!((&again.name, error_code(&again)), (&first.name, Some(Code::Cancelled)));
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound, "nothing was made again");

    let other = pb::CreateBackupRequest { request_id: ID.into(), ..create_request("b2") };
    assert_eq!(case.call::<rpc::CreateBackup>(other).unwrap_err().code, Code::InvalidArgument);

    case.pass(3600);
    let later = case.call::<rpc::CreateBackup>(request).unwrap();
    assert_ne!(later.name, first.name);
}

#[test]
fn a_request_id_survives_a_lost_reply_and_a_refused_request_has_none() {
    let mut case = Case::new("create1:lost");
    let request = pb::CreateBackupRequest { request_id: ID.into(), ..create_request("b1") };
    assert_eq!(case.call::<rpc::CreateBackup>(request.clone()).unwrap_err().code, Code::Unavailable);
    let again = case.call::<rpc::CreateBackup>(request).unwrap();
    assert_eq!(metadata(&again).target, backup_name("b1"));

    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    let request = pb::CreateBackupRequest { request_id: ID.into(), ..create_request("b1") };
    assert_eq!(case.call::<rpc::CreateBackup>(request.clone()).unwrap_err().code, Code::AlreadyExists);
    case.delete("b1").unwrap();
    case.call::<rpc::CreateBackup>(request).unwrap();
}

#[test]
fn a_request_id_must_be_a_uuid_and_not_the_zero_one() {
    let mut case = Case::given("", &[("there", BackupState::Ready)]);
    for request_id in ["1", "00000000-0000-0000-0000-000000000000"] {
        let request = pb::CreateBackupRequest { request_id: request_id.into(), ..create_request("b1") };
        assert_eq!(case.call::<rpc::CreateBackup>(request).unwrap_err().code, Code::InvalidArgument);
        let name = backup_name("b1");
        let request = pb::DeleteBackupRequest { name, request_id: request_id.into(), ..Default::default() };
        assert_eq!(case.call::<rpc::DeleteBackup>(request).unwrap_err().code, Code::InvalidArgument);
        let backup = pb::Backup { name: backup_name("there"), ..Default::default() };
        let request = pb::UpdateBackupRequest {
            backup: Some(backup),
            request_id: request_id.into(),
            ..Default::default()
        };
        assert_eq!(case.call::<rpc::UpdateBackup>(request).unwrap_err().code, Code::InvalidArgument);
    }
}

#[test]
fn a_request_that_is_only_validated_does_nothing() {
    let mut case = Case::given("", &[("there", BackupState::Ready)]);
    let before = case.project.snapshot();
    let request = pb::CreateBackupRequest { validate_only: true, ..create_request("b1") };
    let operation = case.call::<rpc::CreateBackup>(request).unwrap();
    assert!(operation.done && operation.name.is_empty());
    assert_eq!(made(&operation).unwrap().name, backup_name("b1"));
    let name = backup_name("there");
    let request = pb::DeleteBackupRequest { name: name.clone(), validate_only: true, ..Default::default() };
    assert!(case.call::<rpc::DeleteBackup>(request).unwrap().done);
    let request = pb::UpdateBackupRequest {
        backup: Some(pb::Backup { name, display_name: "New".into(), ..Default::default() }),
        validate_only: true,
        ..Default::default()
    };
    let operation = case.call::<rpc::UpdateBackup>(request).unwrap();
    assert_eq!(made(&operation).unwrap().display_name, "New");
    assert_eq!(case.get("there").unwrap().display_name, "");
    assert_eq!(case.project.snapshot(), before);

    let request = pb::CreateBackupRequest { validate_only: true, ..create_request("there") };
    assert_eq!(case.call::<rpc::CreateBackup>(request).unwrap_err().code, Code::AlreadyExists);
}

#[test]
fn a_cancelled_operation_is_kept_with_the_code_cancelled_and_says_that_it_was_asked_for() {
    let mut case = Case::new("");
    let name = case.create("b1").unwrap().name;
    case.cancel(&name).unwrap();
    let operation = case.poll(&name).unwrap();
    assert_eq!(error_code(&operation), Some(Code::Cancelled));
    assert!(metadata(&operation).requested_cancellation);
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
    case.cancel(&name).unwrap();
    assert_eq!(case.poll(&name).unwrap(), operation, "cancelling what has ended has no effect");
}

#[test]
fn by_choice_a_cancelled_backup_stays_as_failed() {
    for (choice, state) in [("removed", None), ("failed", Some(pb::backup::State::Failed))] {
        let mut case = Case::choosing(&[&format!("alloydb.cancelled-backup={choice}")]);
        let name = case.create("b1").unwrap().name;
        case.cancel(&name).unwrap();
        assert_eq!(error_code(&case.poll(&name).unwrap()), Some(Code::Cancelled));
        assert_eq!(case.get("b1").ok().map(|backup| backup.state()), state);
    }
}

#[test]
fn a_failed_backup_stays_in_the_state_failed_until_it_is_deleted() {
    let mut case = Case::new("early-poll:failed");
    let name = case.create("b1").unwrap().name;
    assert_eq!(error_code(&case.poll(&name).unwrap()), Some(Code::Internal));
    assert_eq!(case.get("b1").unwrap().state(), pb::backup::State::Failed);
    case.delete("b1").unwrap();
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
}

#[test]
fn operations_are_listed_by_location_and_deleted_once_they_have_ended() {
    let mut case = Case::new("");
    let name = case.create("b1").unwrap().name;
    let list = |case: &mut Case, location: &str| {
        let request = longrunning::ListOperationsRequest { name: location.into(), ..Default::default() };
        case.call::<operations::ListOperations>(request).unwrap().operations
    };
    assert_eq!(list(&mut case, LOCATION).len(), 1);
    assert!(list(&mut case, "projects/p/locations/elsewhere").is_empty());
    let delete = |case: &mut Case| {
        let request = longrunning::DeleteOperationRequest { name: name.clone() };
        case.call::<operations::DeleteOperation>(request)
    };
    assert_eq!(delete(&mut case).unwrap_err().code, Code::FailedPrecondition);
    case.cancel(&name).unwrap();
    delete(&mut case).unwrap();
    assert_eq!(case.poll(&name).unwrap_err().code, Code::NotFound);
    assert!(list(&mut case, LOCATION).is_empty());
}

#[test]
fn an_operation_of_spanner_is_not_found_below_a_location() {
    let mut case = Case::new("");
    case.create("b1").unwrap();
    for id in ["_auto_op_1", "operation-01", "operation-2", "operation-"] {
        let name = format!("{LOCATION}/operations/{id}");
        assert_eq!(case.poll(&name).unwrap_err().code, Code::NotFound, "{id}");
    }
}

#[test]
fn the_versions_of_the_api_share_their_resources_and_name_their_own_types() {
    let mut case = Case::new("create:done");
    let request = pb_v1::CreateBackupRequest {
        parent: LOCATION.into(),
        backup_id: "b1".into(),
        backup: Some(pb_v1::Backup { cluster_name: CLUSTER.into(), ..Default::default() }),
        ..Default::default()
    };
    let operation = case.call::<v1::CreateBackup>(request).unwrap();
    let told: pb_v1::OperationMetadata = crate::support::metadata_as(&operation);
    assert_eq!(told.api_version, "v1");
    let backup: pb_v1::Backup = crate::support::response_as(&operation).unwrap();
    let get = pb_v1::GetBackupRequest { name: backup.name.clone() };
    assert_eq!(case.call::<v1::GetBackup>(get).unwrap(), backup);
    assert_eq!(case.get("b1").unwrap().uid, backup.uid);
}

#[test]
fn malformed_names_are_invalid() {
    let mut case = Case::new("");
    for name in ["", "b1", "projects/p/locations/l/backups/", "projects/p/instances/i/backups/b1"] {
        let request = pb::GetBackupRequest { name: name.into() };
        assert_eq!(case.call::<rpc::GetBackup>(request).unwrap_err().code, Code::InvalidArgument, "{name}");
    }
}

#[test]
fn a_set_up_that_alloydb_could_not_be_in_is_refused() {
    let refusal = |setup: &rescind_emulator::Setup| Case::with(setup).err().unwrap().to_string();
    let changed = |change: fn(&mut rescind_emulator::Setup)| {
        let mut setup = setup("", &[]);
        change(&mut setup);
        refusal(&setup)
    };
    insta::assert_snapshot!(changed(|setup| setup.instance = "a/b".into()), @"`projects/p/locations/a/b` is no name of a location; ids hold no `/` and are not empty");
    insta::assert_snapshot!(changed(|setup| setup.database = "A".into()), @"`A` is no id of a cluster in AlloyDB");
    insta::assert_snapshot!(refusal(&setup("", &[("b_1", BackupState::Ready)])), @"given backup `b_1`: no id of a backup in AlloyDB");
    let twice = [("b1", BackupState::Ready), ("{backup}", BackupState::Ready)];
    insta::assert_snapshot!(refusal(&setup("", &twice)), @"given backup `b1`: given twice");
}

#[test]
fn given_backups_are_in_their_states_and_stay_so() {
    use BackupState::{Creating, Deleting, Failed, Ready};
    let mut case =
        Case::given("", &[("a", Ready), ("b", Creating), ("c", Failed), ("d", Deleting), ("e", Creating)]);
    case.pass(DAY);
    case.project.settle(case.now);
    let snapshot = case.project.snapshot();
    let states: Vec<_> = snapshot.backups.iter().map(|backup| (backup.state, backup.foreign)).collect();
    assert_eq!(states, [Ready, Creating, Failed, Deleting, Creating].map(|state| (state, true)));
}
