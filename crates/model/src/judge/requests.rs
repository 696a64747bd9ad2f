//! The rules about the requests that the sample made.

use super::evidence::Evidence;
use crate::{Code, Entry, Finding, OperationState, RequestKind, Rule};

/// `nothing-happened`: not one request of the sample has reached the service.
///
/// There is no scenario in which a sample has nothing to ask for. Where it should be refused, one that cannot even begin (an
/// empty block, a shell's prompt taken for a command) ends as one that was refused does: what it printed is therefore no
/// excuse.
pub(super) fn nothing_happened(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.observation.journal.is_empty() {
        let message = "the sample never began: not one request has reached the service";
        findings.push(Finding::new(Rule::NothingHappened, message));
    }
}

/// `cancel-not-sent`: the operation ran, as far as the sample could see, and the sample never asked to cancel it.
///
/// Some client libraries look at the operation first and send no cancel when it is done: that is no fault. Who sees it
/// running once more, and waits for its end, has had the time.
pub(super) fn cancel_not_sent(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let journal = &evidence.observation.journal;
    let shown = |wanted: fn(OperationState) -> bool, entry: &Entry| {
        entry.reply.operation.as_ref().is_some_and(|operation| wanted(operation.state))
    };
    let started = journal.iter().find(|entry| {
        entry.kind() == RequestKind::Create && shown(|state| state == OperationState::Running, entry)
    });
    let Some(started) = started else { return };
    // A deletion may be an operation too (AlloyDB): only the one that was started counts.
    let name = |entry: &Entry| entry.reply.operation.as_ref().map(|operation| operation.name.clone());
    // An end that the sample has brought about by deleting the backup is none that it saw first.
    let deletes = |entry: &Entry| entry.kind() == RequestKind::Delete && entry.before != entry.after;
    let looks = journal
        .iter()
        .skip_while(|entry| entry.seq <= started.seq)
        .take_while(|entry| !deletes(entry))
        .filter(|entry| name(entry) == name(started));
    let seen_done = looks.take(1).any(|look| shown(OperationState::is_done, look));
    // A cancel of what the service does not know cancels nothing.
    let cancelled =
        journal.iter().any(|entry| entry.kind() == RequestKind::Cancel && entry.before.operation.is_some());
    if !seen_done && !cancelled {
        let message = format!("never asked to cancel the operation that request {} started", started.seq);
        findings.push(Finding::new(Rule::CancelNotSent, message));
    }
}

/// `malformed-request`: a request that no state of the service would accept.
pub(super) fn malformed_request(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for entry in &evidence.observation.journal {
        let refused = matches!(entry.reply.code, Code::InvalidArgument | Code::Unimplemented);
        if !entry.fault && refused {
            let message = format!(
                "request {} ({}): {}: {}",
                entry.seq, entry.rpc, entry.reply.code, entry.reply.message
            );
            findings.push(Finding::new(Rule::MalformedRequest, message));
        }
    }
}

/// `out-of-reach`: the sample asked for what is outside its world, once for each thing that it asked for.
pub(super) fn out_of_reach(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let asked = &evidence.observation.out_of_reach;
    for (index, what) in asked.iter().enumerate() {
        if !asked[..index].contains(what) {
            let message = format!("asked for what is outside its world: {what}");
            findings.push(Finding::new(Rule::OutOfReach, message));
        }
    }
}
