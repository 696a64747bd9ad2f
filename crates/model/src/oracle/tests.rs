//! Each row of the table, and each excuse, by a case that it fits and by its neighbour that it does not.

use super::Due;
use crate::judge::tests::{backup, cancelled, ended_with, entry, observation};
use crate::{BackupState, Code, Entry, ExpectedExit, Observation, OperationState, Outcome, Snapshot};

/// A request that meets a fault.
fn fault(seq: u32, rpc: &str, code: Code) -> Entry {
    Entry { fault: true, ..entry(seq, rpc, code, None) }
}

/// A request to delete the sample's backup, which is there.
fn delete(seq: u32, code: Code) -> Entry {
    let mut delete =
        Entry { fault: code == Code::PermissionDenied, ..entry(seq, "DeleteBackup", code, None) };
    delete.before.backup = Some(BackupState::Ready);
    delete
}

fn due(observation: &Observation) -> (Outcome, Option<ExpectedExit>, String) {
    let due = Due::of(observation);
    (due.outcome, due.exit, due.because)
}

/// A case in which the operation ended like this, and the sample saw it.
fn seen(state: OperationState) -> Observation {
    observation("", 0, ended_with(state, Vec::new()))
}

/// The same, and it did not see it.
fn unseen(state: OperationState) -> Observation {
    let mut seen = seen(state);
    seen.journal.truncate(2);
    seen
}

const ZERO: Option<ExpectedExit> = Some(ExpectedExit::Zero);
const NON_ZERO: Option<ExpectedExit> = Some(ExpectedExit::NonZero);

#[test]
fn without_an_effect_it_is_refused() {
    let mut case = observation("", 1, Snapshot::default());
    case.journal = vec![entry(1, "CreateBackup", Code::AlreadyExists, None)];
    let because = "request 1 (CreateBackup) was answered ALREADY_EXISTS".to_owned();
    assert_eq!(due(&case), (Outcome::Refused, NON_ZERO, because));
    case.journal.clear();
    assert_eq!(due(&case), (Outcome::Refused, None, "nothing was asked to be created".to_owned()));
    case.journal = vec![entry(1, "ListBackups", Code::Ok, None)];
    assert_eq!(due(&case).1, NON_ZERO);
}

#[test]
fn an_effect_that_no_reply_told_of_is_a_lost_reply_whatever_came_of_it() {
    for state in [OperationState::Completed, OperationState::Failed(Code::Cancelled)] {
        let mut case = seen(state);
        case.journal[0] = fault(1, "CreateBackup", Code::Unavailable);
        let because = "a create had an effect, and no reply to it said so".to_owned();
        assert_eq!(due(&case), (Outcome::ReplyLost, NON_ZERO, because));
    }
}

#[test]
fn what_is_left_is_told_by_another_exit_than_zero() {
    let case = observation("", 0, ended_with(OperationState::Completed, vec![backup(false)]));
    let because = "projects/p/instances/i/backups/b is left (READY)".to_owned();
    assert_eq!(due(&case), (Outcome::Undeleted, NON_ZERO, because));
    let case = observation("", 0, ended_with(OperationState::Completed, vec![backup(true)]));
    assert_eq!(due(&case).0, Outcome::Completed, "that was there before");
}

#[test]
fn a_pending_backup_that_was_deleted_leaves_it_open_how_the_operation_would_have_ended() {
    let mut case = observation("", 0, cancelled());
    let mut deletion = delete(4, Code::Ok);
    deletion.before.operation = Some(OperationState::Running);
    deletion.after.operation = Some(OperationState::Failed(Code::Cancelled));
    case.journal.push(deletion);
    assert_eq!(due(&case), (Outcome::Unresolved, ZERO, "request 4 deleted the pending backup".to_owned()));
    case.journal[3].before.operation = case.journal[3].after.operation;
    assert_eq!(due(&case).0, Outcome::Cancelled, "it had ended before");
}

#[test]
fn an_operation_that_was_seen_to_end_ends_the_sample() {
    let at = |state| due(&seen(state));
    let shown = |with: &str| format!("request 3 showed the operation ended{with}");
    let cancelled = OperationState::Failed(Code::Cancelled);
    assert_eq!(at(cancelled), (Outcome::Cancelled, ZERO, shown(" with CANCELLED")));
    assert_eq!(at(OperationState::Completed), (Outcome::Completed, ZERO, shown("")));
    let failed = OperationState::Failed(Code::Internal);
    assert_eq!(at(failed), (Outcome::Failed, NON_ZERO, shown(" with INTERNAL")));
}

#[test]
fn an_end_that_nobody_saw_leaves_the_exit_open_unless_it_completed() {
    for state in [OperationState::Failed(Code::Cancelled), OperationState::Failed(Code::Internal)] {
        let because = "no reply showed the end of the operation".to_owned();
        assert_eq!(due(&unseen(state)), (Outcome::Unresolved, None, because));
    }
    let because = "the operation has completed".to_owned();
    assert_eq!(due(&unseen(OperationState::Completed)), (Outcome::Completed, ZERO, because));
}

#[test]
fn a_cancel_is_refused_if_none_was_acknowledged() {
    let mut case = seen(OperationState::Completed);
    case.journal[1] = fault(2, "CancelOperation", Code::Unimplemented);
    let because = "request 2 (CancelOperation) was answered UNIMPLEMENTED".to_owned();
    assert_eq!(due(&case), (Outcome::CancelRefused, ZERO, because));
    case.journal.push(entry(4, "CancelOperation", Code::Ok, None));
    assert_eq!(due(&case).0, Outcome::Completed);
}

#[test]
fn the_last_operation_counts_by_its_number() {
    let mut case = seen(OperationState::Completed);
    let mut other = case.settled.operations[0].clone();
    other.name = other.name.replace("op_1", "op_10");
    other.state = OperationState::Failed(Code::Internal);
    case.settled.operations.insert(0, other.clone());
    assert_eq!(due(&case).0, Outcome::Unresolved, "the one that no reply showed");
    case.settled.operations[0].name = other.name.replace("op_10", "op_0");
    assert_eq!(due(&case).0, Outcome::Completed);
}

/// A case in which a backup is left, after these requests.
fn leaving(requests: &[Entry]) -> Observation {
    let mut case = observation("", 1, ended_with(OperationState::Completed, vec![backup(false)]));
    case.journal.extend_from_slice(requests);
    case
}

fn excuse(case: &Observation) -> Option<String> {
    Due::of(case).excuse
}

#[test]
fn who_is_kept_from_deleting_is_excused() {
    assert_eq!(excuse(&leaving(&[])), None, "it never tried");
    let unavailable = delete(4, Code::Unavailable);
    assert_eq!(excuse(&leaving(std::slice::from_ref(&unavailable))), None, "it tried once");
    assert!(excuse(&leaving(&[unavailable.clone(), unavailable.clone()])).is_some());
    let denied = leaving(&[unavailable.clone(), delete(5, Code::PermissionDenied)]);
    insta::assert_snapshot!(excuse(&denied).unwrap(), @"request 5 (DeleteBackup) was answered PERMISSION_DENIED: after that nothing could be deleted");
    let mut foreign = denied.clone();
    foreign.journal.iter_mut().for_each(|entry| entry.before.foreign = true);
    assert_eq!(excuse(&foreign), None, "it was another backup");
    let mut gone = denied;
    gone.settled.backups.clear();
    assert_eq!(excuse(&gone), None, "there is nothing to excuse");
}

#[test]
fn what_is_too_early_to_delete_excuses_nobody_unless_it_is_so_for_ever() {
    let mut case = leaving(&[delete(4, Code::FailedPrecondition)]);
    assert_eq!(excuse(&case), None);
    case.settled.operations[0].state = OperationState::Running;
    assert!(excuse(&case).is_some());
    case.settled.operations[0].state = OperationState::Completed;
    case.journal[2] = fault(3, "GetOperation", Code::PermissionDenied);
    assert!(excuse(&case).is_some(), "it may not look when it no longer is");
    case.journal[2].reply.code = Code::Unavailable;
    assert_eq!(excuse(&case), None, "it can look again");
}

#[test]
fn who_is_kept_from_making_sure_that_nothing_is_left_may_say_so() {
    let mut case = seen(OperationState::Failed(Code::Cancelled));
    case.journal.push(fault(4, "DeleteBackup", Code::PermissionDenied));
    let because =
        "request 3 showed the operation ended with CANCELLED, and request 4 (DeleteBackup) was answered \
                   PERMISSION_DENIED"
            .to_owned();
    assert_eq!(due(&case), (Outcome::Cancelled, None, because));
    case.journal[3].reply.code = Code::NotFound;
    assert_eq!(due(&case).1, ZERO, "it knows that nothing is left");
    case.journal[3].reply.code = Code::Unavailable;
    case.journal[3].before.backup = Some(BackupState::Ready);
    assert_eq!(
        due(&case).1,
        None,
        "the reply was lost: the deletion has taken effect, and nobody has told it so"
    );
    case.journal[3].before.backup = None;
    case.journal[3] = fault(4, "ListJobs", Code::PermissionDenied);
    assert_eq!(due(&case).1, None, "it may not look how it ended");
    case.journal.push(entry(5, "ListJobs", Code::Ok, None));
    assert_eq!(due(&case).1, ZERO, "it could in the end");
}

#[test]
fn who_is_kept_from_knowing_is_excused() {
    let mut case = leaving(&[fault(4, "GetBackup", Code::PermissionDenied)]);
    assert_eq!(excuse(&case), None, "the create had told it");
    case.journal[0] = fault(1, "CreateBackup", Code::Unavailable);
    insta::assert_snapshot!(excuse(&case).unwrap(), @"the reply to the create was lost, and request 4 (GetBackup) was answered PERMISSION_DENIED: nothing told of the backup");
    case.journal[3].reply.code = Code::Unavailable;
    assert_eq!(excuse(&case), None, "it looked once");
    case.journal.push(fault(5, "ListBackups", Code::Unavailable));
    assert!(excuse(&case).is_some());
    case.journal.push(entry(6, "ListBackups", Code::Ok, None));
    assert_eq!(excuse(&case), None, "it could look in the end");
    case.journal.truncate(3);
    assert_eq!(excuse(&case), None, "it never looked");
}
