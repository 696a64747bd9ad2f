//! What is so, by the service's account.

use crate::{Claim, Code, Entry, Observation, OperationState, RequestKind};

/// What became of the sample's own backup and operation.
///
/// Sources: `Operation.error` and `Operation.response` (google/longrunning/operations.proto) for the end of the
/// operation, the journal for deletions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// The operation ended with the code CANCELLED.
    pub cancelled: bool,
    /// The operation ended with a response.
    pub completed: bool,
    /// A request of the sample to delete a backup of its own had an effect, or was answered OK: then nothing is there any
    /// more, and who could not see it end cannot know better.
    pub deleted: bool,
    /// The operation ended with another error, or a request failed for good: it was answered with an error, and the same
    /// request did not succeed later. NOT_FOUND is such an error at a create alone.
    pub failed: bool,
    /// The full names of the sample's backups that are left, with their states.
    pub left: Vec<String>,
}

impl Truth {
    /// Reads the truth off an observation.
    pub fn of(observation: &Observation) -> Truth {
        let ends: Vec<OperationState> =
            observation.settled.own_operations().map(|operation| operation.state).collect();
        let failed_otherwise = |state: &OperationState| matches!(state, OperationState::Failed(code) if *code != Code::Cancelled);
        Truth {
            cancelled: ends.iter().any(|state| state.is_cancelled()),
            completed: ends.contains(&OperationState::Completed),
            deleted: observation.journal.iter().any(|entry| {
                let had_an_effect =
                    entry.before.backup.is_some() && entry.after.backup != entry.before.backup;
                let is_own =
                    || entry.before.backup.is_some() || created(&observation.journal, &entry.resource);
                entry.kind() == RequestKind::Delete
                    && !entry.before.foreign
                    && (had_an_effect || (entry.reply.code == Code::Ok && is_own()))
            }),
            failed: ends.iter().any(failed_otherwise) || failed_for_good(&observation.journal),
            left: observation
                .settled
                .own_backups()
                .map(|backup| format!("{} ({})", backup.name, backup.state))
                .collect(),
        }
    }

    /// True if a claim is so.
    pub fn holds(&self, claim: Claim) -> bool {
        match claim {
            Claim::Cancelled => self.cancelled,
            Claim::Completed => self.completed,
            Claim::Deleted => self.deleted,
            Claim::Failed => self.failed,
        }
    }
}

/// True for the name of a backup that the sample has created.
fn created(journal: &[Entry], name: &str) -> bool {
    journal.iter().any(|entry| {
        let took_effect = entry.after.operation.is_some() && !entry.after.foreign;
        entry.kind() == RequestKind::Create && entry.resource == name && took_effect
    })
}

/// True if a request was answered with an error that the sample did not get past: the same request did not succeed later.
/// To learn that something is not there is an answer, and no failure, unless it was asked to be created.
fn failed_for_good(journal: &[Entry]) -> bool {
    journal.iter().enumerate().any(|(index, entry)| {
        let is_answer = entry.reply.code == Code::NotFound && entry.kind() != RequestKind::Create;
        let succeeds = |later: &Entry| {
            later.reply.code == Code::Ok && later.rpc == entry.rpc && later.resource == entry.resource
        };
        entry.reply.code != Code::Ok && !is_answer && !journal[index + 1..].iter().any(succeeds)
    })
}
