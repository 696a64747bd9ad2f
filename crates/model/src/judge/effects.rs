//! The rules about what the sample left behind and how it exited.

use super::evidence::Evidence;
use super::output;
use crate::{ChangeKind, Ended, Entry, ExpectedExit, Finding, OperationState, RequestKind, Rule};

/// `leaked-backup`: a backup of the sample is left, where it could have been avoided.
pub(super) fn leaked_backup(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let may_leave = evidence.scenario.expect.as_ref().is_some_and(|expect| expect.may_leave_backup);
    if evidence.due.excuse.is_some() || may_leave {
        return;
    }
    for name in &evidence.truth.left {
        findings.push(Finding::new(Rule::LeakedBackup, format!("left {name} in the service")));
    }
}

/// `deleted-foreign-backup`: a backup that the sample did not create is gone, or it asked for that.
pub(super) fn deleted_foreign_backup(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let observation = evidence.observation;
    let before = findings.len();
    for given in &observation.given.backups {
        let survives =
            observation.settled.backups.iter().any(|backup| backup.foreign && backup.name == given.name);
        if !survives {
            let message = format!("deleted {}, which was there before the sample began", given.name);
            findings.push(Finding::new(Rule::DeletedForeignBackup, message));
        }
    }
    // Where one is gone, the request for it is known.
    if findings.len() == before
        && let Some(asked) = asked_of_foreign(evidence, RequestKind::Delete)
    {
        let message = format!(
            "request {} asked to delete {}, which was there before the sample began",
            asked.seq, asked.resource
        );
        findings.push(Finding::new(Rule::DeletedForeignBackup, message));
    }
}

/// `cancelled-foreign-operation`: the sample asked to cancel what it did not start, whatever came of it.
pub(super) fn cancelled_foreign_operation(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if let Some(asked) = asked_of_foreign(evidence, RequestKind::Cancel) {
        let message = format!(
            "request {} asked to cancel {}, which ran before the sample began",
            asked.seq, asked.resource
        );
        findings.push(Finding::new(Rule::CancelledForeignOperation, message));
    }
}

/// `foreign-changed`: what was there before is gone or altered. The deletion of a backup is [told by its own
/// rule](deleted_foreign_backup).
pub(super) fn foreign_changed(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let given = &evidence.observation.given.backups;
    for change in &evidence.observation.changes {
        let is_backup = || given.iter().any(|backup| backup.name == change.name);
        let told = match change.change {
            ChangeKind::Created => true,
            ChangeKind::Deleted => is_backup(),
            ChangeKind::Altered => false,
        };
        if !told {
            let message = format!("{change}, which was there before the sample began");
            findings.push(Finding::new(Rule::ForeignChanged, message));
        }
    }
}

/// `leaked-resource`: the sample has made something and left it. A backup is [told by its own rule](leaked_backup).
pub(super) fn leaked_resource(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let settled = &evidence.observation.settled;
    for change in &evidence.observation.changes {
        let is_backup = settled.own_backups().any(|backup| backup.name == change.name);
        if change.change == ChangeKind::Created && !is_backup {
            findings.push(Finding::new(Rule::LeakedResource, format!("{change} and left it")));
        }
    }
}

/// The first request of a kind that is about what was there before.
fn asked_of_foreign<'a>(evidence: &Evidence<'a>, kind: RequestKind) -> Option<&'a Entry> {
    evidence.observation.journal.iter().find(|entry| entry.kind() == kind && entry.before.foreign)
}

/// `wrong-exit`: an exit code that says the opposite of what happened.
///
/// A sample that leaves its backup behind must say so: a non-zero exit is right then. And one that brings a clean end
/// about itself where none was in store may exit with 0, if it truly says so.
pub(super) fn wrong_exit(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Ended::Code(code) = evidence.observation.ended else { return };
    let outcome = evidence.outcome().unwrap_or(evidence.due.outcome);
    let because = &evidence.due.because;
    let message = match (code, evidence.exit()) {
        (0, _) if !evidence.truth.left.is_empty() => {
            "exited with 0 although its backup is left in the service".to_owned()
        }
        (0, Some(ExpectedExit::NonZero)) if !output::reports_clean_end(evidence) => {
            format!("exited with 0; the outcome `{outcome}` asks for another code: {because}")
        }
        (code, Some(ExpectedExit::Zero)) if code != 0 => {
            format!(
                "exited with {code} although nothing is left; the outcome `{outcome}` asks for 0: {because}"
            )
        }
        (code, _) => match evidence.contract.exits.get(&outcome) {
            Some(promised) if *promised != code => {
                format!("exited with {code}; what it promises of the outcome `{outcome}` is {promised}")
            }
            _ => return,
        },
    };
    findings.push(Finding::new(Rule::WrongExit, message));
}

/// `early-exit`: success while the operation still ran.
pub(super) fn early_exit(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.observation.ended != Ended::Code(0) {
        return;
    }
    for operation in evidence.observation.at_exit.own_operations() {
        if operation.state == OperationState::Running {
            let message = format!("exited with 0 while {} was still running", operation.name);
            findings.push(Finding::new(Rule::EarlyExit, message));
        }
    }
}

/// `leaked-process`: a process of the sample outlived it.
pub(super) fn leaked_process(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for process in &evidence.observation.leaked_processes {
        let message = format!("left a process running: {}", process.command);
        findings.push(Finding::new(Rule::LeakedProcess, message));
    }
}
