//! Backup schedules. The emulator keeps them, and never creates a backup because of one.

use std::ops::Bound;

use prost_types::Duration;
use rescind_model::Code;

use super::state::Turn;
use super::{backups, cron, errors, name};
use crate::kernel::name::is_id;
use crate::kernel::pagination::Pagination;
use crate::kernel::reflect;
use crate::kernel::status::{Detail, Status};
use crate::proto::database::{
    self as pb, backup_schedule::BackupTypeSpec, backup_schedule_spec::ScheduleSpec,
};

/// The most characters in the id of a schedule (backup_schedule.proto).
const LONGEST_ID: usize = 60;
/// The most schedules of a database (documentation, quotas).
const MOST: usize = 4;
/// How long a backup may be retained, in seconds: 6 hours to 366 days (backup_schedule.proto).
const RETENTION: std::ops::RangeInclusive<i64> = 6 * 3600..=366 * 24 * 3600;
/// What may be updated.
const UPDATABLE: [&str; 5] =
    ["spec", "retention_duration", "encryption_config", "full_backup_spec", "incremental_backup_spec"];

pub fn create(
    turn: &mut Turn<'_>,
    request: pb::CreateBackupScheduleRequest,
) -> Result<pb::BackupSchedule, Status> {
    let now = turn.now;
    let bad_id = turn.choices.bad_id;
    let database = turn.store.database_mut(&request.parent)?;
    let name = format!("{}/backupSchedules/{}", request.parent, request.backup_schedule_id);
    if !is_id(&request.backup_schedule_id, LONGEST_ID) {
        return Err(Status::new(bad_id, format!("Invalid backup schedule uri: {name}")));
    }
    let wanted = request.backup_schedule;
    let mut schedule = wanted.ok_or_else(|| errors::missing("backup_schedule", "CreateBackupSchedule"))?;
    if database.schedules.contains_key(request.backup_schedule_id.as_str()) {
        return Err(Status::new(Code::AlreadyExists, format!("Backup schedule already exists: {name}")));
    }
    check(&schedule)?;
    if database.schedules.len() >= MOST {
        let message = format!("Too many backup schedules for database: {}", request.parent);
        return Err(Status::new(Code::ResourceExhausted, message));
    }
    schedule.name = name;
    schedule.update_time = Some(now.to_proto());
    fill_output(&mut schedule);
    database.schedules.insert(request.backup_schedule_id.into(), schedule.clone());
    Ok(schedule)
}

/// Sets what the server alone says.
fn fill_output(schedule: &mut pb::BackupSchedule) {
    let full = matches!(schedule.backup_type_spec, Some(BackupTypeSpec::FullBackupSpec(_)));
    let spec = schedule.spec.as_mut().and_then(|spec| spec.schedule_spec.as_mut());
    if let Some(ScheduleSpec::CronSpec(cron)) = spec {
        "UTC".clone_into(&mut cron.time_zone);
        let hours = shortest_hours(full);
        cron.creation_window = Some(Duration { seconds: i64::from(hours) * 3600, nanos: 0 });
    }
}

/// The shortest time between two backups, in hours: full ones (backup_schedule.proto), incremental ones (documentation).
fn shortest_hours(full: bool) -> u32 {
    if full { 12 } else { 4 }
}

fn check(schedule: &pb::BackupSchedule) -> Result<(), Status> {
    let invalid = |field: &str, why: &str| {
        let message = format!("Invalid backup_schedule.{field} in the request: {why}.");
        let detail = Detail::Field { field: format!("backup_schedule.{field}"), description: why.to_owned() };
        Err(Status::new(Code::InvalidArgument, message).with(detail))
    };
    let Some(kind) = &schedule.backup_type_spec else {
        return invalid(
            "backup_type_spec",
            "one of full_backup_spec and incremental_backup_spec must be set",
        );
    };
    let full = matches!(kind, BackupTypeSpec::FullBackupSpec(_));
    if !schedule.retention_duration.is_some_and(|retention| RETENTION.contains(&retention.seconds)) {
        return invalid("retention_duration", "it must be between 6 hours and 366 days");
    }
    let spec = schedule.spec.as_ref().and_then(|spec| spec.schedule_spec.as_ref());
    let Some(ScheduleSpec::CronSpec(cron)) = spec else {
        return invalid("spec.cron_spec", "it must be set");
    };
    if let Err(why) = cron::check(&cron.text, shortest_hours(full)) {
        return invalid("spec.cron_spec.text", &why);
    }
    backups::check_encryption(schedule.encryption_config.as_ref()).map(drop)
}

fn not_found(name: &str) -> Status {
    Status::new(Code::NotFound, format!("Backup schedule not found: {name}"))
}

pub fn get(turn: &mut Turn<'_>, request: pb::GetBackupScheduleRequest) -> Result<pb::BackupSchedule, Status> {
    let (database, id) = name::backup_schedule(&request.name)?;
    let found = turn.store.database(database)?.schedules.get(id).cloned();
    found.ok_or_else(|| not_found(&request.name))
}

pub fn update(
    turn: &mut Turn<'_>,
    request: pb::UpdateBackupScheduleRequest,
) -> Result<pb::BackupSchedule, Status> {
    let wanted = request.backup_schedule;
    let wanted = wanted.ok_or_else(|| errors::missing("backup_schedule", "UpdateBackupSchedule"))?;
    let (database, id) = name::backup_schedule(&wanted.name)?;
    let paths = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
    reflect::check_mask(&paths, &UPDATABLE, turn.choices.bad_update_mask)?;
    let now = turn.now;
    let schedules = &mut turn.store.database_mut(database)?.schedules;
    let schedule = schedules.get_mut(id).ok_or_else(|| not_found(&wanted.name))?;
    let mut updated = reflect::merge_fields(schedule.clone(), &wanted, &paths);
    check(&updated)?;
    updated.update_time = Some(now.to_proto());
    fill_output(&mut updated);
    *schedule = updated.clone();
    Ok(updated)
}

pub fn delete(turn: &mut Turn<'_>, request: pb::DeleteBackupScheduleRequest) -> Result<(), Status> {
    let (database, id) = name::backup_schedule(&request.name)?;
    let removed = turn.store.database_mut(database)?.schedules.remove(id);
    removed.map(drop).ok_or_else(|| not_found(&request.name))
}

pub fn list(
    turn: &mut Turn<'_>,
    request: pb::ListBackupSchedulesRequest,
) -> Result<pb::ListBackupSchedulesResponse, Status> {
    let database = turn.store.database(&request.parent)?;
    let page = Pagination::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let after = page.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let found = database.schedules.range::<str, _>((after, Bound::Unbounded));
    let (schedules, next_page_token) = page.take(found, |(id, _)| id.to_string());
    let backup_schedules = schedules.into_iter().map(|(_, schedule)| schedule.clone()).collect();
    Ok(pb::ListBackupSchedulesResponse { backup_schedules, next_page_token })
}
