//! The rules about what the sample left behind and how it exited.

use super::evidence::Evidence;
use super::output;
use crate::{Ended, ExpectedExit, Finding, OperationState, Rule};

/// `leaked-backup`: a backup of the sample is left, where it could have been avoided.
pub(super) fn leaked_backup(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.scenario.expect.may_leave_backup {
        return;
    }
    for name in &evidence.truth.left {
        findings.push(Finding::new(Rule::LeakedBackup, format!("left {name} in the service")));
    }
}

/// `deleted-foreign-backup`: a backup that the sample did not create is gone.
pub(super) fn deleted_foreign_backup(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let observation = evidence.observation;
    for given in &observation.given.backups {
        let survives =
            observation.settled.backups.iter().any(|backup| backup.foreign && backup.name == given.name);
        if !survives {
            let message = format!("deleted {}, which was there before the sample began", given.name);
            findings.push(Finding::new(Rule::DeletedForeignBackup, message));
        }
    }
}

/// `wrong-exit`: an exit code that says the opposite of what happened.
///
/// A sample that leaves its backup behind must say so, whatever the scenario: a non-zero exit is right then. And one
/// that brings a clean cancellation about where the scenario has none in store (by deleting the pending backup, which
/// cancels its operation) may exit with 0, if it says so.
pub(super) fn wrong_exit(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Ended::Code(code) = evidence.observation.ended else { return };
    let clean = evidence.truth.left.is_empty();
    let expect = &evidence.scenario.expect;
    let message = match (code, clean, expect.exit) {
        (0, false, _) => "exited with 0 although its backup is left in the service".to_owned(),
        (0, true, ExpectedExit::NonZero)
            if !(evidence.truth.cancelled && output::reports_clean_end(evidence)) =>
        {
            format!("exited with 0; the outcome `{}` asks for another code", expect.outcome)
        }
        (code, true, ExpectedExit::Zero) if code != 0 => {
            format!(
                "exited with {code} although nothing is left; the outcome `{}` asks for 0",
                expect.outcome
            )
        }
        _ => return,
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
