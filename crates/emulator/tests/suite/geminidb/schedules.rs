//! Schedules: what the server decides in a case, what the journal says of it, how a case settles.

use rescind_model::{Code, OperationState, RequestKind};

use super::support::{BackupQuery, Case, JobQuery, create, refusal};
use crate::cases::lines;
use crate::support::clock;

/// A client that creates, looks, stops, looks until the end, and cleans up.
fn play(schedule: &str) -> Case {
    let mut case = Case::new(schedule);
    let look = |case: &mut Case, job: &str| {
        let list = case.jobs(JobQuery { id: Some(job.into()), ..JobQuery::default() });
        list.is_ok_and(|list| list.jobs[0].status != "Running")
    };
    let started = case.create("nightly");
    if let Ok(started) = &started
        && !look(&mut case, &started.job_id)
    {
        let _ = case.stop(&started.backup_id);
        let _ = (0..5).find(|_| look(&mut case, &started.job_id));
    }
    let listed = case.list(BackupQuery::default()).unwrap();
    for backup in listed.backups {
        let _ = if backup.status == "BUILDING" { case.stop(&backup.id) } else { case.delete(&backup.id) };
    }
    case
}

fn journal(schedule: &str) -> String {
    lines(play(schedule).project.journal())
}

#[test]
fn by_default_the_stop_wins() {
    insta::assert_snapshot!(journal(""), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 ListJobs [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 StopBackup [cancel1:honoured] OK CREATING/running -> -/CANCELLED
    4 ListJobs [] OK shows CANCELLED -/CANCELLED -> -/CANCELLED
    5 ListBackups [] OK -/- -> -/-
    ");
}

#[test]
fn a_stop_can_lag() {
    insta::assert_snapshot!(journal("cancel:pending poll1:running"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 ListJobs [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 StopBackup [cancel1:pending] OK CREATING/running -> CREATING/running
    4 ListJobs [poll1:running] OK shows running CREATING/running -> CREATING/running
    5 ListJobs [poll2:cancelled] OK shows CANCELLED CREATING/running -> -/CANCELLED
    6 ListBackups [] OK -/- -> -/-
    ");
}

#[test]
fn a_backup_can_complete_before_and_despite_the_stop() {
    insta::assert_snapshot!(journal("create:done-after"), @"
    1 CreateBackup [create1:done-after] OK shows running -/- -> CREATING/running
    2 ListJobs [] OK shows completed READY/completed -> READY/completed
    3 ListBackups [] OK -/- -> -/-
    4 DeleteBackup [] OK READY/completed -> -/completed
    ");
    insta::assert_snapshot!(journal("cancel:ignored poll1:running"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 ListJobs [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 StopBackup [cancel1:ignored] OK CREATING/running -> CREATING/running
    4 ListJobs [poll1:running] OK shows running CREATING/running -> CREATING/running
    5 ListJobs [poll2:done] OK shows completed CREATING/running -> READY/completed
    6 ListBackups [] OK -/- -> -/-
    7 DeleteBackup [] OK READY/completed -> -/completed
    ");
}

#[test]
fn a_job_can_end_between_the_stop_and_the_next_look() {
    insta::assert_snapshot!(journal("cancel:done-after"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 ListJobs [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 StopBackup [cancel1:done-after] OK CREATING/running -> CREATING/running
    4 ListJobs [] OK shows completed READY/completed -> READY/completed
    5 ListBackups [] OK -/- -> -/-
    6 DeleteBackup [] OK READY/completed -> -/completed
    ");
    insta::assert_snapshot!(journal("cancel:failed-after"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 ListJobs [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 StopBackup [cancel1:failed-after] OK CREATING/running -> CREATING/running
    4 ListJobs [] OK shows INTERNAL FAILED/INTERNAL -> FAILED/INTERNAL
    5 ListBackups [] OK -/- -> -/-
    6 DeleteBackup [] OK FAILED/INTERNAL -> -/INTERNAL
    ");
}

#[test]
fn a_create_cannot_be_done_for_its_answer_would_not_show_it() {
    insta::assert_snapshot!(journal("create:done"), @"
    1 CreateBackup [create1:done] FAILED_PRECONDITION fault -/- -> CREATING/running
    2 ListBackups [] OK -/- -> -/-
    3 StopBackup [cancel1:honoured] OK CREATING/running -> -/CANCELLED
    ");
}

#[test]
fn a_refused_stop_has_no_effect_and_the_job_goes_on() {
    insta::assert_snapshot!(journal("cancel:permission-denied"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 ListJobs [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 StopBackup [cancel1:permission-denied] PERMISSION_DENIED fault CREATING/running -> CREATING/running
    4 ListJobs [poll1:done] OK shows completed CREATING/running -> READY/completed
    5 ListBackups [] OK -/- -> -/-
    6 DeleteBackup [] OK READY/completed -> -/completed
    ");
}

#[test]
fn a_job_can_fail_and_then_the_backup_stays_as_failed() {
    insta::assert_snapshot!(journal("create:failed-after"), @"
    1 CreateBackup [create1:failed-after] OK shows running -/- -> CREATING/running
    2 ListJobs [] OK shows INTERNAL FAILED/INTERNAL -> FAILED/INTERNAL
    3 ListBackups [] OK -/- -> -/-
    4 DeleteBackup [] OK FAILED/INTERNAL -> -/INTERNAL
    ");
    insta::assert_snapshot!(journal("cancel:ignored poll1:failed"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 ListJobs [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 StopBackup [cancel1:ignored] OK CREATING/running -> CREATING/running
    4 ListJobs [poll1:failed] OK shows INTERNAL CREATING/running -> FAILED/INTERNAL
    5 ListBackups [] OK -/- -> -/-
    6 DeleteBackup [] OK FAILED/INTERNAL -> -/INTERNAL
    ");
}

#[test]
fn a_lost_reply_hides_the_ids_of_what_was_begun() {
    insta::assert_snapshot!(journal("create:lost"), @"
    1 CreateBackup [create1:lost] UNAVAILABLE fault -/- -> CREATING/running
    2 ListBackups [] OK -/- -> -/-
    3 StopBackup [cancel1:honoured] OK CREATING/running -> -/CANCELLED
    ");
}

#[test]
fn the_job_that_stops_a_backup_ends_with_it() {
    for (schedule, expected) in [
        ("cancel:pending", "Completed"),
        ("cancel:ignored", "Failed"),
        ("cancel:done-after", "Failed"),
        ("cancel:pending poll1:failed", "Failed"),
    ] {
        let mut case = Case::new(schedule);
        let started = case.create("nightly").unwrap();
        let stop = case.stop(&started.backup_id).unwrap();
        let (status, reason) = case.job(&stop.job_id);
        assert_eq!((&*status, reason.is_empty()), (expected, expected == "Completed"), "{schedule}");
        let entry = case.project.journal().last().unwrap();
        assert_eq!(entry.kind(), RequestKind::Poll, "looking at it is looking at the backup's job");
        assert_eq!(entry.reply.operation.as_ref().unwrap().name, started.job_id);
        assert_ne!(entry.reply.operation.as_ref().unwrap().state, OperationState::Running);
    }
}

#[test]
fn a_list_of_jobs_without_an_id_looks_at_the_latest_backup() {
    let mut case = Case::new("early-poll1:done");
    let started = case.create("nightly").unwrap();
    let list = case.jobs(JobQuery::default()).unwrap();
    assert_eq!((list.jobs[0].id.as_str(), &*list.jobs[0].status), (&*started.job_id, "Completed"));
}

#[test]
fn a_request_without_credentials_is_refused_with_401_and_has_no_effect() {
    let mut case = Case::new("");
    let reply = case.ask(create("nightly"), None);
    assert_eq!(refusal(reply), ("APIGW.0301", 401));
    assert_eq!(case.project.journal()[0].reply.code, Code::Unauthenticated);
    assert!(case.project.snapshot().backups.is_empty());
}

#[test]
fn settling_follows_the_schedule_at_further_looks() {
    for (schedule, end) in [
        ("cancel:pending poll1:running", OperationState::Failed(Code::Cancelled)),
        ("cancel:ignored", OperationState::Completed),
        ("cancel:pending poll:running", OperationState::Running),
    ] {
        let mut case = Case::new(schedule);
        let backup = case.create("nightly").unwrap().backup_id;
        case.stop(&backup).unwrap();
        case.project.settle(clock());
        assert_eq!(case.project.snapshot().operations[0].state, end, "{schedule}");
    }
}
