//! Backup schedules.

use prost_types::{Duration, FieldMask};
use rescind_engine::Status;
use rescind_engine::proto::database::{
    self as pb, backup_schedule::BackupTypeSpec, backup_schedule_spec::ScheduleSpec,
};
use rescind_engine::spanner::database_admin as databases;
use rescind_model::Code;

use crate::support::{Case, DATABASE, DAY, HOUR};

fn name(id: &str) -> String {
    format!("{DATABASE}/backupSchedules/{id}")
}

fn schedule(cron: &str) -> pb::BackupSchedule {
    let cron = pb::CrontabSpec { text: cron.into(), ..Default::default() };
    pb::BackupSchedule {
        spec: Some(pb::BackupScheduleSpec { schedule_spec: Some(ScheduleSpec::CronSpec(cron)) }),
        retention_duration: Some(Duration { seconds: DAY, nanos: 0 }),
        backup_type_spec: Some(BackupTypeSpec::FullBackupSpec(pb::FullBackupSpec {})),
        ..Default::default()
    }
}

fn create(case: &mut Case, id: &str, schedule: pb::BackupSchedule) -> Result<pb::BackupSchedule, Status> {
    let request = pb::CreateBackupScheduleRequest {
        parent: DATABASE.into(),
        backup_schedule_id: id.into(),
        backup_schedule: Some(schedule),
    };
    case.call::<databases::CreateBackupSchedule>(request)
}

fn get(case: &mut Case, id: &str) -> Result<pb::BackupSchedule, Status> {
    case.call::<databases::GetBackupSchedule>(pb::GetBackupScheduleRequest { name: name(id) })
}

#[test]
fn a_schedule_is_kept_with_what_the_server_alone_says() {
    let mut case = Case::new("");
    let wanted = pb::CrontabSpec {
        text: "0 2 * * *".into(),
        time_zone: "CET".into(),
        creation_window: Some(Duration { seconds: 1, nanos: 0 }),
    };
    let spec = pb::BackupScheduleSpec { schedule_spec: Some(ScheduleSpec::CronSpec(wanted)) };
    let wanted = pb::BackupSchedule { spec: Some(spec), ..schedule("0 2 * * *") };
    let created = create(&mut case, "s1", wanted).unwrap();
    assert_eq!(created.name, name("s1"));
    assert!(created.update_time.is_some());
    let Some(ScheduleSpec::CronSpec(cron)) = created.spec.clone().unwrap().schedule_spec else {
        panic!("no crontab");
    };
    let window = cron.creation_window.unwrap().seconds;
    assert_eq!((cron.time_zone.as_str(), window), ("UTC", 12 * HOUR), "whatever the client says");
    assert_eq!(get(&mut case, "s1").unwrap(), created);
}

#[test]
fn what_a_schedule_may_say_is_checked() {
    let mut case = Case::new("");
    let retention = |seconds| pb::BackupSchedule {
        retention_duration: Some(Duration { seconds, nanos: 0 }),
        ..schedule("0 2 * * *")
    };
    let incremental = BackupTypeSpec::IncrementalBackupSpec(pb::IncrementalBackupSpec {});
    for bad in [
        retention(6 * HOUR - 1),
        retention(366 * DAY + 1),
        pb::BackupSchedule { retention_duration: None, ..schedule("0 2 * * *") },
        pb::BackupSchedule { backup_type_spec: None, ..schedule("0 2 * * *") },
        pb::BackupSchedule { spec: None, ..schedule("0 2 * * *") },
        schedule("0 */6 * * *"),
        schedule("daily"),
        pb::BackupSchedule { backup_type_spec: Some(incremental), ..schedule("0 */2 * * *") },
    ] {
        let status = create(&mut case, "s1", bad.clone()).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument, "{bad:?}");
        assert_eq!(status.details.len(), 1);
    }
    for id in ["s", "S1", "s-", &"s".repeat(61)] {
        assert_eq!(
            create(&mut case, id, schedule("0 2 * * *")).unwrap_err().code,
            Code::InvalidArgument,
            "{id}"
        );
    }
}

#[test]
fn the_shortest_and_the_longest_that_a_schedule_may_say_is_taken() {
    let mut case = Case::new("");
    let retention = |seconds| pb::BackupSchedule {
        retention_duration: Some(Duration { seconds, nanos: 0 }),
        ..schedule("0 2 * * *")
    };
    let incremental = BackupTypeSpec::IncrementalBackupSpec(pb::IncrementalBackupSpec {});
    let longest = "s".repeat(60);
    for (id, good) in [
        ("s1", retention(6 * HOUR)),
        ("s1", retention(366 * DAY)),
        (&longest, schedule("0 2/12 * * *")),
        ("s1", schedule("0 2 * * 0")),
        ("s1", schedule("0 2 8 * *")),
        ("s1", pb::BackupSchedule { backup_type_spec: Some(incremental), ..schedule("0 */4 * * *") }),
    ] {
        create(&mut case, id, good).unwrap();
        let request = pb::DeleteBackupScheduleRequest { name: name(id) };
        case.call::<databases::DeleteBackupSchedule>(request).unwrap();
    }
}

#[test]
fn a_database_has_at_most_four_schedules_of_different_ids() {
    let mut case = Case::new("");
    for id in ["s1", "s2", "s3", "s4"] {
        create(&mut case, id, schedule("0 2 * * *")).unwrap();
    }
    assert_eq!(create(&mut case, "s1", schedule("0 2 * * *")).unwrap_err().code, Code::AlreadyExists);
    assert_eq!(create(&mut case, "s5", schedule("0 2 * * *")).unwrap_err().code, Code::ResourceExhausted);
    let mut list = |page_size, page_token| {
        let request = pb::ListBackupSchedulesRequest { parent: DATABASE.into(), page_size, page_token };
        case.call::<databases::ListBackupSchedules>(request).unwrap()
    };
    let first = list(3, String::new());
    let second = list(3, first.next_page_token.clone());
    assert_eq!((first.backup_schedules.len(), second.backup_schedules.len()), (3, 1));
    assert_eq!(second.backup_schedules[0].name, name("s4"));
}

#[test]
fn update_changes_what_the_mask_names_and_needs_one() {
    let mut case = Case::new("");
    create(&mut case, "s1", schedule("0 2 * * *")).unwrap();
    let mut update = |id: &str, changed: pb::BackupSchedule, paths: &[&str]| {
        let request = pb::UpdateBackupScheduleRequest {
            backup_schedule: Some(pb::BackupSchedule { name: name(id), ..changed }),
            update_mask: Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }),
        };
        case.call::<databases::UpdateBackupSchedule>(request)
    };
    let weekly = pb::BackupSchedule { retention_duration: None, ..schedule("0 2 * * 0") };
    let updated = update("s1", weekly.clone(), &["spec.cron_spec.text"]).unwrap();
    let Some(ScheduleSpec::CronSpec(cron)) = updated.spec.unwrap().schedule_spec else {
        panic!("no crontab")
    };
    assert_eq!((cron.text.as_str(), cron.time_zone.as_str()), ("0 2 * * 0", "UTC"));
    assert_eq!(updated.retention_duration.unwrap().seconds, DAY, "the mask does not name it");
    for paths in [&[][..], &["name"], &["update_time"]] {
        assert_eq!(update("s1", weekly.clone(), paths).unwrap_err().code, Code::InvalidArgument);
    }
    assert_eq!(
        update("s1", weekly.clone(), &["retention_duration"]).unwrap_err().code,
        Code::InvalidArgument
    );
    assert_eq!(update("none", weekly, &["spec"]).unwrap_err().code, Code::NotFound);
}

#[test]
fn deleting_removes_a_schedule_and_what_is_missing_is_not_found() {
    let mut case = Case::new("");
    create(&mut case, "s1", schedule("0 2 * * *")).unwrap();
    let mut delete =
        || case.call::<databases::DeleteBackupSchedule>(pb::DeleteBackupScheduleRequest { name: name("s1") });
    delete().unwrap();
    assert_eq!(delete().unwrap_err().code, Code::NotFound);
    assert_eq!(get(&mut case, "s1").unwrap_err().code, Code::NotFound);
}
