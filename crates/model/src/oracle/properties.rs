//! What holds of what is due in any observation, made up without regard to what a service could do.

use proptest::prelude::*;

use super::Due;
use crate::judge::properties::any_observation;
use crate::{BackupState, BackupView, ExpectedExit, Outcome};

proptest! {
    #[test]
    fn it_is_a_function_of_the_journal_and_the_settled_state(seen in any_observation(), other in any_observation()) {
        let mut told = other;
        told.journal.clone_from(&seen.journal);
        told.settled.clone_from(&seen.settled);
        prop_assert_eq!(Due::of(&seen), Due::of(&told), "whatever the sample printed and however it ended");
    }

    #[test]
    fn what_is_left_is_never_told_by_zero_and_nothing_left_needs_no_excuse(seen in any_observation()) {
        let due = Due::of(&seen);
        match (seen.settled.own_backups().next(), due.outcome) {
            (None, _) => prop_assert_eq!(due.excuse, None),
            (Some(_), Outcome::Refused) if seen.journal.is_empty() => prop_assert_eq!(due.exit, None),
            (Some(_), Outcome::Refused | Outcome::ReplyLost | Outcome::Undeleted) => {
                prop_assert_eq!(due.exit, Some(ExpectedExit::NonZero));
            }
            (Some(_), outcome) => prop_assert!(false, "{outcome} leaves nothing"),
        }
    }

    #[test]
    fn an_outcome_has_one_exit_and_says_from_what_it_follows(seen in any_observation()) {
        use ExpectedExit::{NonZero, Zero};
        let due = Due::of(&seen);
        let exits: &[Option<ExpectedExit>] = match due.outcome {
            Outcome::Cancelled | Outcome::Completed | Outcome::CancelRefused => &[Some(Zero), None],
            Outcome::Undeleted | Outcome::Failed | Outcome::ReplyLost => &[Some(NonZero)],
            Outcome::Refused if seen.journal.is_empty() => &[None],
            Outcome::Refused => &[Some(NonZero)],
            Outcome::Unresolved => &[Some(Zero), None],
        };
        prop_assert!(exits.contains(&due.exit), "{due:?}");
        prop_assert!(!due.because.is_empty());
    }

    #[test]
    fn what_was_there_before_changes_nothing(mut seen in any_observation()) {
        let before = Due::of(&seen);
        let foreign = BackupView { name: "foreign".to_owned(), state: BackupState::Ready, foreign: true };
        seen.settled.backups.push(foreign);
        prop_assert_eq!(Due::of(&seen), before);
    }

    #[test]
    fn who_asked_for_nothing_has_no_excuse(seen in any_observation()) {
        let mut silent = seen.clone();
        silent.journal.clear();
        prop_assert_eq!(Due::of(&silent).excuse, None);
    }
}
