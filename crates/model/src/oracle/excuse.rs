//! What excuses a sample that leaves its backup behind: it was kept from deleting it, or from knowing of it.

use super::own::{Own, answered};
use crate::{Code, Entry, OperationState, RequestKind};

/// Why the sample could not help it; none if it could have, or if nothing is left.
pub(super) fn for_leaving(own: &Own<'_>) -> Option<String> {
    if own.left.is_empty() {
        return None;
    }
    kept_from_deleting(own).or_else(|| kept_from_knowing(own))
}

/// The last deletion was refused for good, or met an unavailable service again.
fn kept_from_deleting(own: &Own<'_>) -> Option<String> {
    let last = own.deletions().next_back()?;
    let again = own.deletions().filter(|deletion| deletion.reply.code != Code::Ok).count() > 1;
    // A rule refuses what is too early, which is no excuse unless it stays too early for ever, or the sample may not look
    // when it no longer is.
    let never_ends = own.operation.is_some_and(|operation| operation.state == OperationState::Running);
    let looks = own.requests(RequestKind::Poll).next_back();
    let too_early = !last.fault && (never_ends || looks.is_some_and(is_lasting));
    let for_good = is_lasting(last) || too_early || again;
    (last.reply.code != Code::Ok && for_good)
        .then(|| format!("{}: after that nothing could be deleted", answered(last)))
}

/// The reply to the create was lost, and what would have told of the backup was refused.
fn kept_from_knowing(own: &Own<'_>) -> Option<String> {
    if own.told().is_some() {
        return None;
    }
    let looks: Vec<&Entry> = own.journal.iter().filter(|entry| tells_of_backups(entry)).collect();
    let refused = |entry: &&&Entry| entry.reply.code != Code::Ok;
    let last = looks.iter().rfind(refused)?;
    let tried_again = looks.iter().filter(refused).count() > 1;
    (looks.iter().all(|entry| refused(&entry)) && (is_lasting(last) || tried_again)).then(|| {
        format!("the reply to the create was lost, and {}: nothing told of the backup", answered(last))
    })
}

/// True for a refusal of the caller, which the same request meets again.
fn is_lasting(entry: &Entry) -> bool {
    entry.fault && !matches!(entry.reply.code, Code::Ok | Code::Unavailable)
}

/// True for a request whose reply tells which backups there are.
fn tells_of_backups(entry: &Entry) -> bool {
    matches!(entry.kind(), RequestKind::Get | RequestKind::List)
}
