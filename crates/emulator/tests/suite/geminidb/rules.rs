//! The rules of creating, stopping and deleting.

use rescind_emulator::InvalidSetup;
use rescind_model::BackupState::{Creating, Deleting, Failed, Ready};
use rescind_model::{Code, OperationState};

use super::support::{
    BatchDeleteBackups, Case, CreateBackup, INSTANCE, NewBackup, StopBackup, backup_id, create, refusal,
    setup,
};
use crate::support::prepared;

const WRONG_STATE: (&str, u16) = ("DBS.201202", 400);

fn without_cassandra() -> Case {
    let mut setup = setup("", &[]);
    setup.given.not_cassandra = true;
    Case::with(&setup)
}

#[test]
fn creating_answers_a_job_and_a_backup_that_is_building() {
    let mut case = Case::new("");
    let started = case.create("nightly").unwrap();
    assert_eq!(case.status(&started.backup_id).as_deref(), Some("BUILDING"));
    assert_eq!(case.job(&started.job_id), ("Running".to_owned(), String::new()));
    let snapshot = case.project.snapshot();
    assert_eq!(snapshot.backups[0].name, format!("projects/p/instances/{INSTANCE}/backups/nightly"));
    assert_eq!(
        (snapshot.operations[0].name.as_str(), snapshot.operations[0].foreign),
        (&*started.job_id, false)
    );
}

#[test]
fn backups_can_have_the_ids_of_the_documentation() {
    const ID: &str = "2f4ddb93b8994d31994a3e5ed93a0acbin06";
    let mut case = Case::given("", &[(ID, Creating)]);
    assert_eq!(case.status(ID).as_deref(), Some("BUILDING"));
    case.stop(ID).unwrap();
    assert_eq!(case.status(ID), None, "it was stopped");
    assert_eq!(refusal(case.stop(ID)), ("DBS.201214", 400), "an id, of no backup");
    assert_eq!(refusal(case.stop("2f4d")), ("DBS.201212", 400), "no id");
    let mut case = Case::given("", &[(ID, Ready), ("nightly", Ready)]);
    assert_eq!(case.status(ID).as_deref(), Some("COMPLETED"));
    case.delete(ID).unwrap();
    assert_eq!(case.status(ID), None);
    assert_eq!(case.project.snapshot().backups.len(), 1);
}

#[test]
fn the_instance_must_exist() {
    let mut case = Case::new("");
    let elsewhere = CreateBackup { instance: "elsewhere".into(), ..create("nightly") };
    assert_eq!(refusal(case.call(elsewhere)), ("DBS.200002", 404));
    let mut missing = setup("", &[]);
    missing.given.database_missing = true;
    assert_eq!(refusal(Case::with(&missing).create("nightly")), ("DBS.200002", 404));
}

#[test]
fn a_name_has_4_to_64_characters_and_begins_with_a_letter() {
    for name in ["abcd", "A-_9", &"a".repeat(64)] {
        assert!(Case::new("").create(name).is_ok(), "{name}");
    }
    for name in ["", "abc", "1abc", "-abc", "ab c", "äbcd", &"a".repeat(65)] {
        assert_eq!(refusal(Case::new("").create(name)), ("DBS.280277", 400), "{name}");
    }
    let nameless = CreateBackup { instance: INSTANCE.into(), body: NewBackup::default() };
    assert_eq!(refusal(Case::new("").call(nameless)), ("DBS.280277", 400));
}

#[test]
fn a_description_has_at_most_256_characters_and_none_that_is_special() {
    let described = |description: &str| {
        let body = NewBackup {
            description: Some(description.into()),
            name: Some("nightly".into()),
            database_tables: None,
        };
        Case::new("").call(CreateBackup { instance: INSTANCE.into(), body })
    };
    assert!(described(&"ü".repeat(256)).is_ok());
    assert_eq!(refusal(described(&"a".repeat(257))), ("DBS.280127", 400));
    for special in [">", "!", "<", "\"", "&", "'", "="] {
        assert_eq!(refusal(described(special)), ("DBS.280127", 400), "{special}");
    }
}

#[test]
fn only_backups_of_cassandra_are_limited_to_tables() {
    let body: NewBackup = serde_json::from_str(
        r#"{"name":"nightly","database_tables":[{"database_name":"d","table_names":["t"]}]}"#,
    )
    .unwrap();
    let limited = CreateBackup { instance: INSTANCE.into(), body };
    assert!(Case::new("").call(limited.clone()).is_ok());
    assert_eq!(refusal(without_cassandra().call(limited)), ("DBS.280001", 400));
}

#[test]
fn a_name_is_taken_once_in_an_instance() {
    let mut case = Case::given("", &[("nightly", Ready)]);
    assert_eq!(refusal(case.create("nightly")), ("DBS.201201", 400));
    assert!(case.create("other").is_ok());
}

#[test]
fn one_backup_of_an_instance_is_made_at_a_time() {
    let mut case = Case::new("");
    let first = case.create("first").unwrap();
    assert_eq!(refusal(case.create("second")), ("DBS.200019", 403));
    case.stop(&first.backup_id).unwrap();
    assert!(case.create("second").is_ok());
}

#[test]
fn a_stop_ends_the_backup_and_is_a_job_of_its_own() {
    let mut case = Case::new("");
    let started = case.create("nightly").unwrap();
    let stop = case.stop(&started.backup_id).unwrap();
    assert_ne!(stop.job_id, started.job_id);
    assert_eq!(case.job(&stop.job_id), ("Completed".to_owned(), String::new()));
    assert_eq!(case.job(&started.job_id), ("Failed".to_owned(), "The operation was cancelled.".to_owned()));
    assert_eq!(case.status(&started.backup_id), None);
    let snapshot = case.project.snapshot();
    let states: Vec<_> = snapshot.operations.iter().map(|operation| operation.state).collect();
    assert_eq!(states, [OperationState::Failed(Code::Cancelled)], "the job that stops creates no backup");
}

#[test]
fn only_a_backup_that_is_building_can_be_stopped() {
    let mut case = Case::given("", &[("done", Ready), ("broken", Failed)]);
    for id in case.given_ids() {
        assert_eq!(refusal(case.stop(&id)), WRONG_STATE);
    }
    let mut case = Case::new("create:done-after");
    let started = case.create("nightly").unwrap();
    assert_eq!(refusal(case.stop(&started.backup_id)), WRONG_STATE);
    assert_eq!(case.status(&started.backup_id).as_deref(), Some("COMPLETED"));
    assert_eq!(case.jobs(Default::default()).unwrap().total_count, 1, "a stop that is refused starts no job");
}

#[test]
fn only_a_backup_of_cassandra_can_be_stopped() {
    let mut case = without_cassandra();
    let started = case.create("nightly").unwrap();
    assert_eq!(refusal(case.stop(&started.backup_id)), WRONG_STATE);
    assert_eq!(case.status(&started.backup_id).as_deref(), Some("BUILDING"));
}

#[test]
fn stop_is_the_only_action() {
    let mut case = Case::new("");
    let backup = case.create("nightly").unwrap().backup_id;
    for action in [None, Some("pause".to_owned()), Some("Stop".to_owned())] {
        let call = StopBackup { backup: backup.clone(), action };
        assert_eq!(refusal(case.call(call)), ("DBS.280391", 400));
    }
}

#[test]
fn ids_without_the_form_of_one_and_ids_of_nothing_are_told_apart() {
    let mut case = Case::new("");
    for id in ["nightly", "", "0123br06"] {
        assert_eq!(refusal(case.stop(id)), ("DBS.201212", 400), "{id}");
        assert_eq!(refusal(case.delete(id)), ("DBS.201212", 400), "{id}");
    }
    assert_eq!(refusal(case.stop(&backup_id(7))), ("DBS.201214", 400));
    assert_eq!(refusal(case.delete(&backup_id(7))), ("DBS.201214", 400));
}

#[test]
fn deleting_takes_effect_at_once_and_is_a_job_that_is_completed() {
    let mut case = Case::given("", &[("done", Ready), ("broken", Failed)]);
    for id in case.given_ids() {
        let job = case.delete(&id).unwrap().job_id;
        assert_eq!(case.job(&job), ("Completed".to_owned(), String::new()));
        assert_eq!(refusal(case.delete(&id)), ("DBS.201214", 400));
    }
    assert!(case.project.snapshot().backups.is_empty());
    assert!(case.create("done").is_ok(), "the name is free again");
}

#[test]
fn a_backup_that_is_building_cannot_be_deleted() {
    let mut case = Case::new("");
    let started = case.create("nightly").unwrap();
    assert_eq!(refusal(case.delete(&started.backup_id)), WRONG_STATE);
    assert_eq!(case.status(&started.backup_id).as_deref(), Some("BUILDING"));
}

#[test]
fn by_choice_deleting_stops_a_backup_that_is_building() {
    for fate in ["geminidb.stopped-backup=removed", "geminidb.stopped-backup=failed"] {
        let mut case = Case::choosing(&["geminidb.delete-while-building=none", fate]);
        let started = case.create("nightly").unwrap();
        case.delete(&started.backup_id).unwrap();
        assert_eq!(case.job(&started.job_id).0, "Failed");
        assert_eq!(case.status(&started.backup_id), None);
    }
}

#[test]
fn by_choice_a_stopped_backup_stays_as_failed() {
    let mut case = Case::choosing(&["geminidb.stopped-backup=failed"]);
    let started = case.create("nightly").unwrap();
    case.stop(&started.backup_id).unwrap();
    assert_eq!(case.status(&started.backup_id).as_deref(), Some("FAILED"));
    case.delete(&started.backup_id).unwrap();
    assert_eq!(case.status(&started.backup_id), None);
}

#[test]
fn a_batch_deletes_all_or_none_of_at_most_10_backups() {
    let mut case = Case::given("", &[("one-", Ready), ("two-", Failed), ("building", Creating)]);
    let ids = case.given_ids();
    let batch = |ids: &[String]| BatchDeleteBackups { backup_ids: ids.to_vec() };
    assert_eq!(refusal(case.call(batch(&ids))), WRONG_STATE);
    assert_eq!(refusal(case.call(batch(&[ids[0].clone(), backup_id(99)]))), ("DBS.201214", 400));
    assert_eq!(refusal(case.call(batch(&[]))), ("DBS.280001", 400));
    assert_eq!(refusal(case.call(batch(&vec![ids[0].clone(); 11]))), ("DBS.280001", 400));
    assert_eq!(case.given_ids(), ids);
    case.call(batch(&[ids[0].clone(), ids[1].clone(), ids[0].clone()])).unwrap();
    assert_eq!(case.given_ids(), ids[2..]);
}

#[test]
fn set_ups_that_geminidb_could_not_be_in_are_refused() {
    let error = |setup: &rescind_emulator::Setup| -> InvalidSetup { prepared(setup).err().unwrap() };
    insta::assert_snapshot!(error(&setup("", &[("b", Ready)])), @"given backup `b`: no name of a backup in GeminiDB, and no id of one");
    insta::assert_snapshot!(error(&setup("", &[("{backup}", Ready), ("nightly", Failed)])), @"given backup `nightly`: given twice");
    insta::assert_snapshot!(error(&setup("", &[("one-", Creating), ("two-", Creating)])), @"given backup `two-`: only one backup of an instance can be CREATING at a time in GeminiDB");
    insta::assert_snapshot!(error(&setup("", &[("one-", Deleting)])), @"given backup `one-`: backups of GeminiDB are never DELETING");
    let mut nameless = setup("", &[]);
    nameless.database = "a/b".into();
    insta::assert_snapshot!(error(&nameless), @"`a/b` is no id of an instance; ids hold no `/` and are not empty");
}
