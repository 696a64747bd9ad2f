//! What is there of Spanner beside what a sample is told to use: whatever it changes of that, it should not have touched.

use prost_types::Duration;
use rescind_model::BackupState;

use super::given_backups::GivenState;
use super::state::{Database, Instance, Store};
use crate::kernel::{BYSTANDER, Setup, Span, Time};
use crate::proto::database::{
    self as pb, BackupScheduleSpec, CrontabSpec, DatabaseDialect, FullBackupSpec,
    backup_schedule::BackupTypeSpec, backup_schedule_spec::ScheduleSpec,
};
use crate::proto::iam;

/// Adds to an instance and to its database, which the sample is told to use: labels and a policy of the instance; a READY
/// backup and a schedule of the database; another database, of which a backup is being made.
pub fn add(
    setup: &Setup,
    given: GivenState<'_>,
    store: &mut Store,
    instance: &mut Instance,
    database: &mut Database,
) {
    let begin = given.begin;
    let about = &mut instance.managed.about;
    about.labels.insert("owner".to_owned(), BYSTANDER.to_owned());
    store.state.policies.insert(about.name.as_str().into(), policy());
    let ready =
        given.backup(&format!("{BYSTANDER}-backup"), database, BackupState::Ready, begin - Span::MICROSECOND);
    instance.backups.insert(ready);
    if !setup.given.database_missing {
        let id = format!("{BYSTANDER}-schedule");
        let name = format!("{}/backupSchedules/{id}", database.name);
        database.schedules.insert(id.into(), schedule(name, begin));
    }
    let id = format!("{BYSTANDER}-db");
    let name = format!("{}/databases/{id}", instance.name());
    let mut other = Database::new(name, DatabaseDialect::GoogleStandardSql, begin);
    let pending =
        given.pending(&format!("{id}-backup"), &mut other, store, instance.name(), begin - Span::hours(1));
    instance.backups.insert(pending);
    instance.databases.insert(id.into(), other);
}

/// Somebody may look at the instance.
fn policy() -> iam::Policy {
    let members = vec![format!("user:{BYSTANDER}@example.com")];
    let binding = iam::Binding { role: "roles/spanner.viewer".to_owned(), members, ..Default::default() };
    iam::Policy { version: 1, etag: vec![1], bindings: vec![binding], ..Default::default() }
}

/// A full backup each day, kept for a week.
fn schedule(name: String, update_time: Time) -> pb::BackupSchedule {
    let cron = CrontabSpec {
        text: "0 2 * * *".to_owned(),
        time_zone: "UTC".to_owned(),
        creation_window: Some(Duration { seconds: 12 * 3600, nanos: 0 }),
    };
    pb::BackupSchedule {
        name,
        spec: Some(BackupScheduleSpec { schedule_spec: Some(ScheduleSpec::CronSpec(cron)) }),
        retention_duration: Some(Duration { seconds: 7 * 24 * 3600, nanos: 0 }),
        update_time: Some(update_time.to_proto()),
        backup_type_spec: Some(BackupTypeSpec::FullBackupSpec(FullBackupSpec {})),
        ..Default::default()
    }
}
