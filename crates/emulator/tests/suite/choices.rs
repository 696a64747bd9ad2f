//! Choices that are switched.

use std::sync::Arc;

use rescind_engine::proto::database as pb;
use rescind_engine::rpc::database_admin as databases;
use rescind_engine::{FreeRunning, Project, Settings, Span};
use rescind_model::{BackupState, Code};

use crate::support::{Case, INSTANCE, OPERATION_TIME, backup_name, clock, error_code, setup};

/// A project that runs free, with a READY backup `b1`, and with settings.
fn choosing(settings: &[&str]) -> Case {
    let mut all = Settings::default();
    settings.iter().for_each(|setting| all.extend(&setting.parse().unwrap()));
    let choices = Arc::new(all.choices());
    let world = setup("", &[("b1", BackupState::Ready)]).world("p", clock(), &choices).unwrap();
    let world = world.at_pace(Some(Span::seconds(OPERATION_TIME)));
    Case::of(Project::new(world, choices, Box::new(FreeRunning), true))
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
