//! Long-running operations.

use rescind_engine::operations;
use rescind_engine::proto::{database as pb, longrunning};
use rescind_engine::spanner::database_admin as databases;
use rescind_model::{BackupState, Code};

use crate::support::{Case, DAY, INSTANCE, backup_name, error_code, metadata, response};

#[test]
fn a_cancel_that_wins_ends_the_operation_at_once_and_removes_the_backup() {
    let mut case = Case::new("");
    let name = case.create("b1").unwrap().name;
    case.cancel(&name).unwrap();
    let operation = case.poll(&name).unwrap();
    assert!(operation.done);
    assert_eq!(error_code(&operation), Some(Code::Cancelled));
    let metadata = metadata(&operation);
    assert!(metadata.cancel_time.is_some() && metadata.progress.unwrap().end_time.is_some());
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
    assert!(case.list("").unwrap().is_empty());
    assert_eq!(case.list_operations("").unwrap(), [operation]);
}

#[test]
fn cancelling_what_has_ended_has_no_effect() {
    let mut case = Case::new("create:done");
    let created = case.create("b1").unwrap();
    assert!(created.done && response(&created).is_some());
    case.cancel(&created.name).unwrap();
    case.cancel(&created.name).unwrap();
    assert_eq!(case.poll(&created.name).unwrap(), created);
    assert_eq!(case.get("b1").unwrap().state(), pb::backup::State::Ready);
}

#[test]
fn a_cancel_can_be_repeated() {
    let mut case = Case::new("cancel1:pending");
    let name = case.create("b1").unwrap().name;
    case.cancel(&name).unwrap();
    assert_eq!(case.get("b1").unwrap().state(), pb::backup::State::Creating);
    case.cancel(&name).unwrap();
    assert_eq!(error_code(&case.poll(&name).unwrap()), Some(Code::Cancelled));
}

#[test]
fn unknown_operations_are_not_found_and_malformed_names_are_invalid() {
    let mut case = Case::new("");
    case.create("b1").unwrap();
    for name in [
        "backups/b1/operations/none",
        "backups/b1/operations/_auto_op_01",
        "backups/b2/operations/_auto_op_1",
        "operations/_auto_op_1",
    ] {
        let name = format!("{INSTANCE}/{name}");
        let expected = format!("Operation not found: {name}");
        for status in [case.poll(&name).unwrap_err(), case.cancel(&name).unwrap_err()] {
            assert_eq!((status.code, &status.message), (Code::NotFound, &expected));
        }
    }
    for name in ["", "o", "projects/p/operations/o", "projects/p/instances/test/backups/b1/operations/"] {
        let expected = format!("Invalid operation uri: {name}");
        for status in [case.poll(name).unwrap_err(), case.cancel(name).unwrap_err()] {
            assert_eq!((status.code, &status.message), (Code::InvalidArgument, &expected));
        }
    }
}

#[test]
fn an_operation_that_fails_by_itself_ends_internal_and_its_backup_is_gone() {
    let mut case = Case::new("early-poll1:failed");
    let name = case.create("b1").unwrap().name;
    assert_eq!(error_code(&case.poll(&name).unwrap()), Some(Code::Internal));
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
    case.create("b1").unwrap();
}

#[test]
fn the_response_is_the_backup_as_it_was_made_whatever_becomes_of_it() {
    let mut case = Case::new("create:done");
    let created = case.create("b1").unwrap();
    case.delete("b1").unwrap();
    assert_eq!(case.poll(&created.name).unwrap(), created);
    assert_eq!(response(&created).unwrap().name, backup_name("b1"));
}

#[test]
fn operations_of_backups_and_databases_cannot_be_deleted_and_none_can_be_waited_for() {
    let mut case = Case::new("");
    let name = case.create("b1").unwrap().name;
    let database = case.create_database("other");
    let of_database = list_of(&mut case, format!("{database}/operations")).remove(0);
    for name in [&name, &of_database] {
        let request = longrunning::DeleteOperationRequest { name: name.clone() };
        let status = case.call::<operations::DeleteOperation>(request).unwrap_err();
        assert_eq!(status.code, Code::Unimplemented, "{name}");
        case.poll(name).unwrap();
    }
    let request = longrunning::WaitOperationRequest { name, timeout: None };
    let status = case.call::<operations::WaitOperation>(request).unwrap_err();
    assert_eq!(status.code, Code::Unimplemented);
    assert!(status.message.contains("WaitOperation"));
}

fn list_of(case: &mut Case, name: String) -> Vec<String> {
    let request = longrunning::ListOperationsRequest { name, ..Default::default() };
    let reply = case.call::<operations::ListOperations>(request).unwrap();
    reply.operations.into_iter().map(|operation| operation.name).collect()
}

#[test]
fn a_list_of_operations_names_their_collection_and_is_empty_for_unknown_parents() {
    let mut case = Case::new("create:done");
    let first = case.create("b1").unwrap().name;
    case.delete("b1").unwrap();
    let second = case.create("b1").unwrap().name;
    case.create("b2").unwrap();
    assert_eq!(list_of(&mut case, format!("{}/operations", backup_name("b1"))), [second, first]);
    assert!(list_of(&mut case, format!("{}/operations", backup_name("none"))).is_empty());
    assert!(list_of(&mut case, format!("{INSTANCE}/operations")).is_empty());
    assert!(list_of(&mut case, "nothing".into()).is_empty());
}

#[test]
fn backup_operations_are_listed_latest_first_until_seven_days_after_their_end() {
    let mut case = Case::given("create1:done", &[("given", BackupState::Ready)]);
    let first = case.create("b1").unwrap().name;
    let second = case.create("b2").unwrap().name;
    let listed = case.list_operations("").unwrap();
    assert_eq!(listed.iter().map(|operation| &operation.name).collect::<Vec<_>>(), [&second, &first]);
    case.pass(7 * DAY - 60);
    assert_eq!(case.list_operations("").unwrap().len(), 2);
    case.pass(120);
    let later = case.list_operations("").unwrap();
    assert_eq!(later.len(), 1, "the pending one stays");
    assert_eq!(later[0].name, second);
}

#[test]
fn database_operations_are_listed_latest_first_until_seven_days_after_their_end() {
    let mut case = Case::new("");
    let mut names = [case.create_database("first"), case.create_database("second")];
    names.reverse();
    let list = |case: &mut Case| {
        let request = pb::ListDatabaseOperationsRequest { parent: INSTANCE.into(), ..Default::default() };
        case.call::<databases::ListDatabaseOperations>(request).unwrap().operations
    };
    case.pass(7 * DAY - 60);
    let listed = list(&mut case);
    assert!(listed.iter().all(|operation| operation.done));
    let databases = listed.iter().map(|operation| operation.name.split("/operations/").next().unwrap());
    assert_eq!(databases.collect::<Vec<_>>(), names);
    case.pass(120);
    assert!(list(&mut case).is_empty());
}

#[test]
fn database_operations_are_a_list_of_their_own() {
    let mut case = Case::new("");
    case.create("b1").unwrap();
    let database = case.create_database("other");
    let request = pb::ListDatabaseOperationsRequest { parent: INSTANCE.into(), ..Default::default() };
    let reply = case.call::<databases::ListDatabaseOperations>(request).unwrap();
    assert_eq!(reply.operations.len(), 1);
    assert!(reply.operations[0].name.starts_with(&database));
    assert_eq!(case.list_operations("").unwrap().len(), 1);
    let request =
        pb::ListDatabaseOperationsRequest { parent: "projects/p/instances/x".into(), ..Default::default() };
    assert_eq!(case.call::<databases::ListDatabaseOperations>(request).unwrap_err().code, Code::NotFound);
}

#[test]
fn progress_grows_while_clients_look_and_is_complete_only_when_done() {
    let mut case = Case::new("early-poll:running early-poll15:done");
    let name = case.create("b1").unwrap().name;
    let percents: Vec<i32> =
        (0..15).map(|_| metadata(&case.poll(&name).unwrap()).progress.unwrap().progress_percent).collect();
    assert!(percents.is_sorted());
    assert_eq!((percents[0], percents[13], percents[14]), (10, 90, 100));
}
