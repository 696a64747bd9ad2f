//! Choices that are switched.

use rescind_engine::proto::database as pb;
use rescind_engine::spanner::database_admin as databases;
use rescind_engine::{FreeRunning, InvalidSetting, Project, Settings, Span, services};
use rescind_model::{BackupState, Code};

use crate::support::{Case, INSTANCE, OPERATION_TIME, backup_name, clock, error_code, setup};

/// A project that runs free, with a READY backup `b1`, and with settings.
fn choosing(settings: &[&str]) -> Case {
    let services = crate::support::choosing(settings);
    let mut project = Project::new(services, "p", Box::new(FreeRunning), true);
    project.give(&setup("", &[("b1", BackupState::Ready)]), clock()).unwrap();
    Case::of(project.at_pace(Some(Span::seconds(OPERATION_TIME))))
}

fn restore(case: &mut Case, id: &str) -> Result<String, Code> {
    let request = pb::RestoreDatabaseRequest {
        parent: INSTANCE.into(),
        database_id: id.into(),
        source: Some(pb::restore_database_request::Source::Backup(backup_name("b1"))),
        ..Default::default()
    };
    let operation = case.call::<databases::RestoreDatabase>(request);
    operation.map(|operation| operation.name).map_err(|status| status.code)
}

#[test]
fn backups_that_are_ready_can_have_a_size() {
    let mut setup = setup("create:running", &[("given", BackupState::Ready)]);
    setup.choices.extend(&"backup-size=104857600".parse().unwrap());
    let mut case = Case::with(&setup).unwrap();
    let sizes =
        |backup: pb::Backup| [backup.size_bytes, backup.freeable_size_bytes, backup.exclusive_size_bytes];
    assert_eq!(sizes(case.get("given").unwrap()), [104_857_600; 3]);
    let operation = case.create("b1").unwrap().name;
    assert_eq!(sizes(case.get("b1").unwrap()), [0; 3], "it is being made");
    case.cancel(&operation).unwrap();
    case.create("b2").unwrap();
    case.project.settle(clock());
    assert_eq!(sizes(case.get("b2").unwrap()), [104_857_600; 3]);
    assert_eq!(case.list("size_bytes > 100000000").unwrap().len(), 2);
}

#[test]
fn a_restore_can_be_one_that_cannot_be_cancelled() {
    let mut case = choosing(&["cancel-restore=UNIMPLEMENTED"]);
    let operation = restore(&mut case, "restored").unwrap();
    assert_eq!(case.cancel(&operation).unwrap_err().code, Code::Unimplemented);
    assert!(!case.poll(&operation).unwrap().done);
}

#[test]
fn more_restores_can_be_pending() {
    let mut case = choosing(&["pending-restores=2"]);
    restore(&mut case, "first").unwrap();
    restore(&mut case, "second").unwrap();
    assert_eq!(restore(&mut case, "third"), Err(Code::FailedPrecondition));
}

#[test]
fn codes_and_texts_can_be_others() {
    let mut case =
        choosing(&["bad-id=OUT_OF_RANGE", "cancelled-message=Stopped.", "drop-with-pending-backup=aborted"]);
    assert_eq!(case.create("B").unwrap_err().code, Code::OutOfRange);
    let operation = case.create("b2").unwrap().name;
    let dropped = case.drop_database(crate::support::DATABASE).unwrap_err();
    assert_eq!(dropped.code, Code::Aborted);
    case.cancel(&operation).unwrap();
    let cancelled = case.poll(&operation).unwrap();
    assert_eq!(error_code(&cancelled), Some(Code::Cancelled));
    assert!(format!("{:?}", cancelled.result).contains("Stopped."));
}

/// Texts of which every choice can have at least two.
const VALUES: [&str; 8] = ["ABORTED", "DBS.201214", "failed", "removed", "17", "17d", "other", "none"];

#[test]
fn every_choice_reads_the_value_that_it_shows_and_can_be_another() {
    for switch in services().switches() {
        assert!(!switch.about.is_empty());
        let value = |text: &str| {
            let settings: Settings = format!("{}={text}", switch.name).parse().unwrap();
            let services = services().with(&settings).ok()?;
            services.switches().into_iter().find(|found| found.name == switch.name).map(|found| found.value)
        };
        assert_eq!(value(&switch.value), Some(switch.value.clone()), "{}", switch.name);
        let other = VALUES.iter().filter_map(|text| value(text)).find(|found| *found != switch.value);
        assert!(other.is_some(), "{} can only be {}", switch.name, switch.value);
    }
}

#[test]
fn settings_add_up_and_go_through_json() {
    let mut settings: Settings = "cancel-restore=UNIMPLEMENTED".parse().unwrap();
    settings.extend(&"alloydb.cancelled-backup=failed".parse().unwrap());
    settings.extend(&"cancel-restore=aborted".parse().unwrap());
    let json = serde_json::to_string(&settings).unwrap();
    assert_eq!(json, r#"{"alloydb.cancelled-backup":"failed","cancel-restore":"aborted"}"#);
    assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
    let switches = services().with(&settings).unwrap().switches();
    let restore = switches.iter().find(|switch| switch.name == "cancel-restore").unwrap();
    assert_eq!(restore.value, "ABORTED");
}

#[test]
fn what_is_no_choice_is_told_with_what_there_is() {
    let error = |text: &str| -> InvalidSetting {
        text.parse::<Settings>().and_then(|settings| services().with(&settings)).map(drop).unwrap_err()
    };
    let unknown = error("cancel-restor=OK").to_string();
    assert!(
        unknown.starts_with(
            "there is no choice `cancel-restor` (did you mean `cancel-restore`?); the choices are"
        )
    );
    insta::assert_snapshot!(error("bad-id=OK"), @"the choice `bad-id` cannot be `OK`: a code of google.rpc.Code other than OK is expected");
    insta::assert_snapshot!(error("alloydb.cancelled-backup=gone"), @"the choice `alloydb.cancelled-backup` cannot be `gone`: `removed` or `failed` is expected");
    insta::assert_snapshot!(error("bad-id"), @"`bad-id` is no choice; write NAME=VALUE");
}
