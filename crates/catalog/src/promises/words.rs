//! Which claims the words of a line speak of.

use rescind_model::Claim;

/// Words of a failure.
const FAILED: [&str; 10] = [
    "error",
    "failed",
    "failure",
    "could not",
    "cannot",
    "couldn't",
    "unable to",
    "exception",
    "traceback",
    "denied",
];
/// Words of a cancellation that took effect.
const CANCELLED: [&str; 4] = ["cancelled", "canceled", "called off", "aborted"];
/// Words of a backup that was made.
const COMPLETED: [&str; 5] = ["completed", "created", "complete", "finished", "succeeded"];
/// Words of a backup that is gone.
const DELETED: [&str; 3] = ["deleted", "removed", "cleaned up"];

/// The claims that the words of a line speak of, the likeliest first: a failure goes before what failed.
pub(super) fn claims_in(line: &str) -> Vec<Claim> {
    let line = line.to_lowercase();
    let speaks = |words: &[&str]| words.iter().any(|word| line.contains(word));
    [
        (Claim::Failed, speaks(&FAILED)),
        (Claim::Cancelled, speaks(&CANCELLED)),
        (Claim::Deleted, speaks(&DELETED)),
        (Claim::Completed, speaks(&COMPLETED)),
    ]
    .into_iter()
    .filter_map(|(claim, speaks)| speaks.then_some(claim))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_claims_by_their_words() {
        let first = |line| claims_in(line).first().copied();
        assert_eq!(first("Backup creation was successfully cancelled."), Some(Claim::Cancelled));
        assert_eq!(first("Backup {backup} was created before the cancel."), Some(Claim::Completed));
        assert_eq!(first("Deleted backup {backup}."), Some(Claim::Deleted));
        assert_eq!(first("The operation could not be cancelled"), Some(Claim::Failed));
        assert_eq!(first("Creating backup {backup}..."), None);
        assert_eq!(first("Cancelling operation {operation}."), None);
    }
}
