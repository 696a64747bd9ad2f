//! Schedules: what the server decides in a case, what the journal says of it, how a case settles.

use rescind_emulator::Setup;
use rescind_engine::proto::database as pb;
use rescind_engine::spanner::database_admin as databases;
use rescind_model::{BackupState, Code, Entry, OperationState, Snapshot};

use crate::support::{Case, backup_name, create_request, error_code, setup};

/// Each entry of a journal in a line.
pub fn lines(journal: &[Entry]) -> String {
    let word = |backup: Option<BackupState>, operation: Option<OperationState>| {
        let backup = backup.map_or("-".into(), |state| state.to_string());
        let operation = operation.map_or("-".into(), |state| state.to_string());
        format!("{backup}/{operation}")
    };
    let line = |entry: &Entry| {
        let before = word(entry.before.backup, entry.before.operation);
        let after = word(entry.after.backup, entry.after.operation);
        let shown =
            entry.reply.operation.as_ref().map_or(String::new(), |view| format!(" shows {}", view.state));
        let fault = if entry.fault { " fault" } else { "" };
        let decisions: Vec<String> = entry.terms().map(ToString::to_string).collect();
        let decisions = decisions.join(" ");
        format!(
            "{} {} [{decisions}] {}{fault}{shown} {before} -> {after}",
            entry.seq, entry.rpc, entry.reply.code
        )
    };
    journal.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A client that creates, looks, cancels, looks until the end, and cleans up.
fn play(schedule: &str) -> Case {
    let mut case = Case::new(schedule);
    if let Ok(operation) = case.create("b1") {
        let name = operation.name;
        let looked = case.poll(&name);
        if !looked.is_ok_and(|operation| operation.done) {
            let _ = case.cancel(&name);
            for _ in 0..5 {
                if case.poll(&name).is_ok_and(|operation| operation.done) {
                    break;
                }
            }
        }
    }
    if case.get("b1").is_ok() {
        let _ = case.delete("b1");
    }
    case
}

fn journal(schedule: &str) -> String {
    lines(play(schedule).project.journal())
}

#[test]
fn by_default_the_cancel_wins() {
    insta::assert_snapshot!(journal(""), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:honoured] OK CREATING/running -> -/CANCELLED
    4 GetOperation [] OK shows CANCELLED -/CANCELLED -> -/CANCELLED
    5 GetBackup [] NOT_FOUND -/CANCELLED -> -/CANCELLED
    ");
}

#[test]
fn a_cancel_can_lag() {
    insta::assert_snapshot!(journal("cancel:pending poll1:running poll2:running"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:pending] OK CREATING/running -> CREATING/running
    4 GetOperation [poll1:running] OK shows running CREATING/running -> CREATING/running
    5 GetOperation [poll2:running] OK shows running CREATING/running -> CREATING/running
    6 GetOperation [poll3:cancelled] OK shows CANCELLED CREATING/running -> -/CANCELLED
    7 GetBackup [] NOT_FOUND -/CANCELLED -> -/CANCELLED
    ");
}

#[test]
fn a_backup_can_complete_before_in_and_despite_the_cancel() {
    insta::assert_snapshot!(journal("create:done-after"), @"
    1 CreateBackup [create1:done-after] OK shows running -/- -> CREATING/running
    2 GetOperation [] OK shows completed READY/completed -> READY/completed
    3 GetBackup [] OK READY/completed -> READY/completed
    4 DeleteBackup [] OK READY/completed -> -/completed
    ");
    insta::assert_snapshot!(journal("create:done"), @"
    1 CreateBackup [create1:done] OK shows completed -/- -> READY/completed
    2 GetOperation [] OK shows completed READY/completed -> READY/completed
    3 GetBackup [] OK READY/completed -> READY/completed
    4 DeleteBackup [] OK READY/completed -> -/completed
    ");
    insta::assert_snapshot!(journal("cancel:pending poll1:running poll2:done"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:pending] OK CREATING/running -> CREATING/running
    4 GetOperation [poll1:running] OK shows running CREATING/running -> CREATING/running
    5 GetOperation [poll2:done] OK shows completed CREATING/running -> READY/completed
    6 GetBackup [] OK READY/completed -> READY/completed
    7 DeleteBackup [] OK READY/completed -> -/completed
    ");
    insta::assert_snapshot!(journal("cancel:ignored poll1:running"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:ignored] OK CREATING/running -> CREATING/running
    4 GetOperation [poll1:running] OK shows running CREATING/running -> CREATING/running
    5 GetOperation [poll2:done] OK shows completed CREATING/running -> READY/completed
    6 GetBackup [] OK READY/completed -> READY/completed
    7 DeleteBackup [] OK READY/completed -> -/completed
    ");
}

#[test]
fn an_operation_can_end_between_the_cancel_and_the_next_look() {
    insta::assert_snapshot!(journal("cancel:done-after"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:done-after] OK CREATING/running -> CREATING/running
    4 GetOperation [] OK shows completed READY/completed -> READY/completed
    5 GetBackup [] OK READY/completed -> READY/completed
    6 DeleteBackup [] OK READY/completed -> -/completed
    ");
    insta::assert_snapshot!(journal("cancel:failed-after"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:failed-after] OK CREATING/running -> CREATING/running
    4 GetOperation [] OK shows INTERNAL -/INTERNAL -> -/INTERNAL
    5 GetBackup [] NOT_FOUND -/INTERNAL -> -/INTERNAL
    ");
}

#[test]
fn a_refused_cancel_has_no_effect_and_the_operation_goes_on() {
    insta::assert_snapshot!(journal("cancel:unimplemented"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:unimplemented] UNIMPLEMENTED fault CREATING/running -> CREATING/running
    4 GetOperation [poll1:done] OK shows completed CREATING/running -> READY/completed
    5 GetBackup [] OK READY/completed -> READY/completed
    6 DeleteBackup [] OK READY/completed -> -/completed
    ");
}

#[test]
fn an_operation_can_fail_before_and_after_the_cancel() {
    insta::assert_snapshot!(journal("create:failed-after"), @"
    1 CreateBackup [create1:failed-after] OK shows running -/- -> CREATING/running
    2 GetOperation [] OK shows INTERNAL -/INTERNAL -> -/INTERNAL
    3 GetBackup [] NOT_FOUND -/INTERNAL -> -/INTERNAL
    ");
    insta::assert_snapshot!(journal("cancel:ignored poll1:failed"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:ignored] OK CREATING/running -> CREATING/running
    4 GetOperation [poll1:failed] OK shows INTERNAL CREATING/running -> -/INTERNAL
    5 GetBackup [] NOT_FOUND -/INTERNAL -> -/INTERNAL
    ");
}

#[test]
fn a_poll_can_meet_a_fault_though_the_operation_has_ended() {
    insta::assert_snapshot!(journal("poll1:unavailable"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:honoured] OK CREATING/running -> -/CANCELLED
    4 GetOperation [poll1:unavailable] UNAVAILABLE fault -/CANCELLED -> -/CANCELLED
    5 GetOperation [] OK shows CANCELLED -/CANCELLED -> -/CANCELLED
    6 GetBackup [] NOT_FOUND -/CANCELLED -> -/CANCELLED
    ");
}

#[test]
fn a_lost_reply_hides_what_took_effect() {
    insta::assert_snapshot!(journal("create:lost"), @"
    1 CreateBackup [create1:lost] UNAVAILABLE fault -/- -> CREATING/running
    2 GetBackup [] OK CREATING/running -> CREATING/running
    3 DeleteBackup [] OK CREATING/running -> -/CANCELLED
    ");
    insta::assert_snapshot!(journal("cancel:unimplemented delete:lost"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:unimplemented] UNIMPLEMENTED fault CREATING/running -> CREATING/running
    4 GetOperation [poll1:done] OK shows completed CREATING/running -> READY/completed
    5 GetBackup [] OK READY/completed -> READY/completed
    6 DeleteBackup [delete1:lost] UNAVAILABLE fault READY/completed -> -/completed
    ");
}

#[test]
fn a_refused_create_creates_nothing() {
    insta::assert_snapshot!(journal("create:permission-denied"), @"
    1 CreateBackup [create1:permission-denied] PERMISSION_DENIED fault -/- -> -/-
    2 GetBackup [] NOT_FOUND -/- -> -/-
    ");
}

#[test]
fn any_rpc_can_meet_a_fault() {
    let mut case =
        Case::given("UpdateBackup1:aborted ListBackupOperations:unavailable", &[("b1", BackupState::Ready)]);
    let request = pb::UpdateBackupRequest {
        backup: Some(pb::Backup { name: backup_name("b1"), ..Default::default() }),
        update_mask: None,
    };
    let first = case.call::<databases::UpdateBackup>(request.clone()).unwrap_err();
    let second = case.call::<databases::UpdateBackup>(request).unwrap_err();
    assert_eq!((first.code, second.code), (Code::Aborted, Code::InvalidArgument));
    assert_eq!(case.list_operations("").unwrap_err().code, Code::Unavailable);
}

#[test]
fn an_operation_that_nobody_cancels_completes_at_the_tenth_look() {
    let mut case = Case::new("");
    let name = case.create("b1").unwrap().name;
    let looks = (1..).find(|_| case.poll(&name).unwrap().done);
    assert_eq!(looks, Some(10));
}

#[test]
fn a_given_operation_never_ends_by_itself_but_by_a_cancel() {
    let mut case = Case::given("poll:done early-poll:done", &[("other", BackupState::Creating)]);
    let operation = case.list_operations("").unwrap().remove(0).name;
    for _ in 0..20 {
        assert!(!case.poll(&operation).unwrap().done);
    }
    case.project.settle(crate::support::clock());
    assert!(!case.poll(&operation).unwrap().done);
    case.cancel(&operation).unwrap();
    assert_eq!(error_code(&case.poll(&operation).unwrap()), Some(Code::Cancelled));
}

fn settled(schedule: &str, requests: impl FnOnce(&mut Case, &str)) -> Snapshot {
    let mut case = Case::new(schedule);
    let name = case.create("b1").unwrap().name;
    requests(&mut case, &name);
    let journal = case.project.journal().to_vec();
    case.project.settle(crate::support::clock());
    assert_eq!(case.project.journal(), journal, "settling leaves no trace in the journal");
    case.project.snapshot()
}

fn operation_state(snapshot: &Snapshot) -> OperationState {
    snapshot.own_operations().next().unwrap().state
}

#[test]
fn settling_completes_what_nobody_cancelled() {
    let snapshot = settled("", |_, _| {});
    assert_eq!(operation_state(&snapshot), OperationState::Completed);
    assert_eq!(snapshot.own_backups().next().unwrap().state, BackupState::Ready);
}

#[test]
fn settling_follows_the_schedule_at_further_polls() {
    let cancel = |case: &mut Case, name: &str| case.cancel(name).unwrap();
    let snapshot = settled("cancel:pending poll1:running poll2:running", cancel);
    assert_eq!(operation_state(&snapshot), OperationState::Failed(Code::Cancelled));
    assert!(snapshot.backups.is_empty());
    assert_eq!(
        operation_state(&settled("cancel:pending poll3:done poll:running", cancel)),
        OperationState::Completed
    );
    assert_eq!(
        operation_state(&settled("cancel:ignored poll2:failed poll1:running", cancel)),
        OperationState::Failed(Code::Internal)
    );
    assert_eq!(
        operation_state(&settled("create:failed-after", |_, _| {})),
        OperationState::Failed(Code::Internal)
    );
    assert_eq!(
        operation_state(&settled("poll:permission-denied cancel:pending", cancel)),
        OperationState::Failed(Code::Cancelled)
    );
}

#[test]
fn what_never_ends_by_schedule_still_runs_when_settled() {
    let snapshot = settled("cancel:pending poll:running", |case, name| case.cancel(name).unwrap());
    assert_eq!(operation_state(&snapshot), OperationState::Running);
    let snapshot = settled("early-poll:running", |_, _| {});
    assert_eq!(operation_state(&snapshot), OperationState::Running);
}

#[test]
fn given_backups_are_foreign_and_take_the_id_of_the_sample() {
    let case = Case::given("", &[("{backup}", BackupState::Ready), ("pending", BackupState::Creating)]);
    let snapshot = case.project.snapshot();
    let names: Vec<_> = snapshot.backups.iter().map(|backup| backup.name.as_str()).collect();
    assert_eq!(names, [backup_name("b1"), backup_name("pending")]);
    assert!(snapshot.backups.iter().all(|backup| backup.foreign));
    assert_eq!(snapshot.operations.len(), 1);
    assert!(snapshot.operations[0].foreign);
}

#[test]
fn a_database_can_be_missing() {
    let mut missing = setup("", &[]);
    missing.given.database_missing = true;
    let mut case = Case::with(&missing).unwrap();
    assert_eq!(case.create("b1").unwrap_err().code, Code::NotFound);
}

#[test]
fn set_ups_that_no_service_could_be_in_are_refused() {
    let refusal = |setup: &Setup| Case::with(setup).err().unwrap().to_string();
    insta::assert_snapshot!(refusal(&setup("", &[("B", BackupState::Ready)])), @"given backup `B`: no id of a backup in Spanner");
    insta::assert_snapshot!(refusal(&setup("", &[("b1", BackupState::Ready), ("{backup}", BackupState::Ready)])), @"given backup `b1`: given twice");
    insta::assert_snapshot!(refusal(&setup("", &[("b1", BackupState::Creating), ("b2", BackupState::Creating)])), @"given backup `b2`: only one backup of a database can be CREATING at a time in Spanner");
    insta::assert_snapshot!(refusal(&setup("", &[("b1", BackupState::Failed)])), @"given backup `b1`: backups of Spanner are never FAILED");
    insta::assert_snapshot!(refusal(&Setup { instance: "a/b".into(), ..setup("", &[]) }), @"`projects/p/instances/a/b` is no name of an instance; ids hold no `/` and are not empty");
}

#[test]
fn the_same_requests_and_schedule_give_the_same_journal() {
    let schedule = "cancel:pending poll1:unavailable poll2:running";
    assert_eq!(play(schedule).project.journal(), play(schedule).project.journal());
}

#[test]
fn a_request_that_breaks_a_rule_takes_no_decision() {
    let mut case = Case::new("create:done");
    let mut request = create_request("b1");
    request.backup = None;
    case.call::<databases::CreateBackup>(request).unwrap_err();
    insta::assert_snapshot!(lines(case.project.journal()), @"1 CreateBackup [] INVALID_ARGUMENT -/- -> -/-");
}
