//! Schedules in AlloyDB: the same decisions as in Spanner, and what the journal says of them.

use rescind_model::OperationState;

use super::support::Case;
use crate::cases::lines;

/// A client that creates, looks, cancels, looks until the end, and cleans up.
fn play(schedule: &str) -> String {
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
    lines(case.project.journal())
}

#[test]
fn by_default_the_cancel_wins() {
    insta::assert_snapshot!(play(""), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:honoured] OK CREATING/running -> -/CANCELLED
    4 GetOperation [] OK shows CANCELLED -/CANCELLED -> -/CANCELLED
    5 GetBackup [] NOT_FOUND -/CANCELLED -> -/CANCELLED
    ");
}

#[test]
fn a_cancel_can_lag_be_ignored_and_be_refused() {
    insta::assert_snapshot!(play("cancel:pending poll1:running"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:pending] OK CREATING/running -> CREATING/running
    4 GetOperation [poll1:running] OK shows running CREATING/running -> CREATING/running
    5 GetOperation [poll2:cancelled] OK shows CANCELLED CREATING/running -> -/CANCELLED
    6 GetBackup [] NOT_FOUND -/CANCELLED -> -/CANCELLED
    ");
    insta::assert_snapshot!(play("cancel:ignored poll1:done"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:ignored] OK CREATING/running -> CREATING/running
    4 GetOperation [poll1:done] OK shows completed CREATING/running -> READY/completed
    5 GetBackup [] OK READY/completed -> READY/completed
    6 DeleteBackup [] OK shows completed READY/completed -> -/completed
    ");
    insta::assert_snapshot!(play("cancel:unimplemented poll1:failed"), @"
    1 CreateBackup [create1:running] OK shows running -/- -> CREATING/running
    2 GetOperation [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 CancelOperation [cancel1:unimplemented] UNIMPLEMENTED fault CREATING/running -> CREATING/running
    4 GetOperation [poll1:failed] OK shows INTERNAL CREATING/running -> FAILED/INTERNAL
    5 GetBackup [] OK FAILED/INTERNAL -> FAILED/INTERNAL
    6 DeleteBackup [] OK shows completed FAILED/INTERNAL -> -/INTERNAL
    ");
}

#[test]
fn a_backup_can_be_complete_in_the_reply_and_a_reply_can_be_lost() {
    insta::assert_snapshot!(play("create:done delete1:unavailable"), @"
    1 CreateBackup [create1:done] OK shows completed -/- -> READY/completed
    2 GetOperation [] OK shows completed READY/completed -> READY/completed
    3 GetBackup [] OK READY/completed -> READY/completed
    4 DeleteBackup [delete1:unavailable] UNAVAILABLE fault READY/completed -> READY/completed
    ");
    insta::assert_snapshot!(play("create:lost"), @"
    1 CreateBackup [create1:lost] UNAVAILABLE fault -/- -> CREATING/running
    2 GetBackup [] OK CREATING/running -> CREATING/running
    3 DeleteBackup [] OK shows completed CREATING/running -> -/CANCELLED
    ");
}

#[test]
fn settling_lets_the_operation_end_as_the_schedule_says() {
    let mut case = Case::new("cancel:pending poll1:running poll2:cancelled");
    let name = case.create("b1").unwrap().name;
    case.cancel(&name).unwrap();
    case.project.settle(case.now);
    let snapshot = case.project.snapshot();
    assert!(snapshot.backups.is_empty());
    assert!(snapshot.operations[0].state.is_cancelled());

    let mut case = Case::new("cancel:pending poll:running");
    let name = case.create("b1").unwrap().name;
    case.cancel(&name).unwrap();
    case.project.settle(case.now);
    assert_eq!(case.project.snapshot().operations[0].state, OperationState::Running);
}
