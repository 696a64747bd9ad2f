//! What is the sample's own in a case, and what it was told about it.

use crate::{BackupView, Code, Entry, Observation, OperationState, OperationView, RequestKind};

/// A case, from the side of the sample's own backup and operation.
pub(super) struct Own<'a> {
    pub(super) journal: &'a [Entry],
    /// The operation that creates the backup, as it ended: the last one, where the sample started several.
    pub(super) operation: Option<&'a OperationView>,
    /// The backups that are left.
    pub(super) left: Vec<&'a BackupView>,
}

impl<'a> Own<'a> {
    pub(super) fn of(observation: &'a Observation) -> Own<'a> {
        Own {
            journal: &observation.journal,
            // The numbers at their ends grow, and with them, their lengths.
            operation: observation.settled.own_operations().max_by_key(|it| (it.name.len(), &it.name)),
            left: observation.settled.own_backups().collect(),
        }
    }

    /// The requests of a kind, in their order.
    pub(super) fn requests(&self, kind: RequestKind) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.journal.iter().filter(move |entry| entry.kind() == kind)
    }

    /// The request that told the sample that its create has had an effect.
    pub(super) fn told(&self) -> Option<&'a Entry> {
        self.requests(RequestKind::Create).find(|create| create.reply.code == Code::Ok)
    }

    /// The first request whose reply showed the operation ended.
    pub(super) fn saw_end(&self) -> Option<&'a Entry> {
        let name = &self.operation?.name;
        self.journal.iter().find(|entry| {
            let shown = entry.reply.operation.as_ref();
            shown.is_some_and(|shown| shown.name == *name && shown.state.is_done())
        })
    }

    /// The deletion that has cancelled the operation.
    pub(super) fn cancelled_by_deletion(&self) -> Option<&'a Entry> {
        self.deletions().find(|entry| {
            let ended = entry.after.operation.is_some_and(OperationState::is_cancelled);
            entry.before.operation == Some(OperationState::Running) && ended
        })
    }

    /// The requests to delete a backup of the sample's own that was there.
    pub(super) fn deletions(&self) -> impl DoubleEndedIterator<Item = &'a Entry> {
        let own = |entry: &&Entry| entry.before.backup.is_some() && !entry.before.foreign;
        self.requests(RequestKind::Delete).filter(own)
    }

    /// The last deletion, if nothing is left and it was refused, or its reply was lost: the sample cannot know then that nothing
    /// is left.
    pub(super) fn kept_from_making_sure(&self) -> Option<&'a Entry> {
        let last = self.requests(RequestKind::Delete).rfind(|entry| !entry.before.foreign)?;
        let is_answer = matches!(last.reply.code, Code::Ok | Code::NotFound);
        (!is_answer && self.left.is_empty()).then_some(last)
    }

    /// The last look at how the operation ended, if it was refused after another one had shown that it did: a service may
    /// tell that it ended in one place, and how in another (GeminiDB's job of the stop).
    pub(super) fn kept_from_looking(&self) -> Option<&'a Entry> {
        let seen = self.saw_end()?;
        let last = self.requests(RequestKind::Poll).next_back()?;
        (last.seq > seen.seq && last.reply.code != Code::Ok).then_some(last)
    }

    /// The last cancel, if none was ever acknowledged.
    pub(super) fn refused_cancel(&self) -> Option<&'a Entry> {
        let mut cancels = self.requests(RequestKind::Cancel);
        let acknowledged = self.requests(RequestKind::Cancel).any(|cancel| cancel.reply.code == Code::Ok);
        cancels.next_back().filter(|_| !acknowledged)
    }
}

/// How a request was answered, in words: `request 7 (DeleteBackup) was answered PERMISSION_DENIED`.
pub(super) fn answered(entry: &Entry) -> String {
    format!("request {} ({}) was answered {}", entry.seq, entry.rpc, entry.reply.code)
}
