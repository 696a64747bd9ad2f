//! What becomes of a backup once it is there: updates and deletions.

use prost_types::{FieldMask, Timestamp};
use rescind_engine::Status;
use rescind_engine::proto::database as pb;
use rescind_engine::spanner::database_admin as databases;
use rescind_model::{BackupState, Code};

use crate::support::{Case, DAY, HOUR, after, backup_name};

fn update(case: &mut Case, seconds: i64, paths: &[&str]) -> Result<pb::Backup, Status> {
    let backup = pb::Backup { name: backup_name("b1"), expire_time: after(seconds), ..Default::default() };
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let update_mask = Some(FieldMask { paths });
    case.call::<databases::UpdateBackup>(pb::UpdateBackupRequest { backup: Some(backup), update_mask })
}

#[test]
fn update_takes_a_mask_of_expire_time_and_nothing_else() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    assert_eq!(update(&mut case, 2 * DAY, &["expire_time"]).unwrap().expire_time, after(2 * DAY));
    assert_eq!(case.get("b1").unwrap().expire_time, after(2 * DAY));
    for paths in [&[][..], &["database"], &["expire_time", "database"]] {
        assert_eq!(update(&mut case, 2 * DAY, paths).unwrap_err().code, Code::InvalidArgument);
    }
    let request = pb::UpdateBackupRequest { backup: None, update_mask: None };
    assert_eq!(case.call::<databases::UpdateBackup>(request).unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn update_keeps_expire_time_6_hours_ahead_and_within_366_days_of_the_creation() {
    let mut case = Case::new("create:done");
    case.create("b1").unwrap();
    update(&mut case, 366 * DAY, &["expire_time"]).unwrap();
    for seconds in [-DAY, 300, 6 * HOUR - 1, 366 * DAY + 1] {
        let status = update(&mut case, seconds, &["expire_time"]).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument);
        assert!(
            status.message.starts_with("Invalid request for backup projects/p/instances/test/backups/b1.")
        );
    }
    let status = update(&mut case, HOUR, &["expire_time"]).unwrap_err();
    insta::assert_snapshot!(status.message, @"Invalid request for backup projects/p/instances/test/backups/b1. `expire_time` is either missing, in the wrong format, or is not within the minimum and maximum expire times supported. `expire_time` must be a Unix Epoch Time (UTC time since 1970-01-01 00:00:00) with microseconds granularity, and be at least 6 hours and at most 366 days from the time the CreateBackup request is processed. The CreateBackup request was processed at `create_time` (2026-11-21T12:00:00Z), and the input `expire_time` is 2026-11-21T13:00:00Z.");
    // The last moment counts from the creation of the backup, to the microsecond.
    let latest = case.get("b1").unwrap().max_expire_time.unwrap();
    let mut update_to = |expire_time: Timestamp| {
        let name = backup_name("b1");
        let backup = pb::Backup { name, expire_time: Some(expire_time), ..Default::default() };
        let update_mask = Some(FieldMask { paths: vec!["expire_time".into()] });
        case.call::<databases::UpdateBackup>(pb::UpdateBackupRequest { backup: Some(backup), update_mask })
    };
    assert_eq!(update_to(latest).unwrap().expire_time, Some(latest));
    let later = Timestamp { nanos: latest.nanos + 1000, ..latest };
    assert_eq!(update_to(later).unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn a_backup_stays_when_its_expire_time_has_passed() {
    let mut case = Case::free_running();
    case.create("b1").unwrap();
    case.pass(30 * DAY);
    let backup = case.get("b1").unwrap();
    assert_eq!((backup.state(), backup.expire_time), (pb::backup::State::Ready, after(DAY)));
    assert_eq!(case.list("").unwrap(), [backup]);
}

#[test]
fn update_of_what_is_not_there_is_not_found_and_of_a_pending_backup_works() {
    let mut case = Case::new("");
    assert_eq!(update(&mut case, DAY, &["expire_time"]).unwrap_err().code, Code::NotFound);
    case.create("b1").unwrap();
    update(&mut case, 2 * DAY, &["expire_time"]).unwrap();
}

#[test]
fn deleting_what_is_not_there_succeeds() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    case.delete("none").unwrap();
    case.delete("b1").unwrap();
    case.delete("b1").unwrap();
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
}

#[test]
fn deleting_a_backup_that_is_being_created_cancels_its_operation() {
    let mut case = Case::new("");
    let operation = case.create("b1").unwrap().name;
    case.delete("b1").unwrap();
    let operation = case.poll(&operation).unwrap();
    assert_eq!(crate::support::error_code(&operation), Some(Code::Cancelled));
    assert_eq!(case.get("b1").unwrap_err().code, Code::NotFound);
}
