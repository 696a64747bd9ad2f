//! How a case came out, and how a sample has to end then: a table, of which the first row that fits holds.

use super::own::{Own, answered};
use crate::{Claim, ExpectedExit, OperationState, Outcome, RequestKind};

/// A row of the table, as it fits a case.
pub(super) struct OutcomeRow {
    pub(super) outcome: Outcome,
    pub(super) exit: Option<ExpectedExit>,
    pub(super) claims: &'static [Claim],
    pub(super) because: String,
}

/// The row that fits; a sample that was kept from making sure that nothing is left, or from looking how it ended, may say so by
/// its exit.
pub(super) fn row(own: &Own<'_>) -> OutcomeRow {
    let row = first_that_fits(own);
    match own.kept_from_making_sure().or_else(|| own.kept_from_looking()) {
        Some(refused) if row.exit == Some(ExpectedExit::Zero) => {
            let because = format!("{}, and {}", row.because, answered(refused));
            OutcomeRow { exit: None, because, ..row }
        }
        _ => row,
    }
}

fn first_that_fits(own: &Own<'_>) -> OutcomeRow {
    use Claim::{Cancelled, Completed, Deleted, Failed};
    use ExpectedExit::{NonZero, Zero};
    let row = |outcome, exit, claims, because| OutcomeRow { outcome, exit, claims, because };
    let Some(operation) = own.operation else {
        // Of a sample that never began, that is all there is to say.
        let exit = (!own.journal.is_empty()).then_some(NonZero);
        return row(Outcome::Refused, exit, &[Failed], no_effect(own));
    };
    if own.told().is_none() {
        let because = "a create had an effect, and no reply to it said so".to_owned();
        return row(Outcome::ReplyLost, Some(NonZero), &[Failed, Deleted], because);
    }
    if let Some(left) = own.left.first() {
        let because = format!("{} is left ({})", left.name, left.state);
        return row(Outcome::Undeleted, Some(NonZero), &[], because);
    }
    if let Some(deletion) = own.cancelled_by_deletion() {
        let because = format!("request {} deleted the pending backup", deletion.seq);
        return row(Outcome::Unresolved, Some(Zero), &[Deleted, Cancelled], because);
    }
    let seen = own.saw_end().map(|entry| format!("request {} showed the operation ended", entry.seq));
    let unseen = || "no reply showed the end of the operation".to_owned();
    match (operation.state, seen) {
        (OperationState::Completed, seen) => {
            let refused = own.refused_cancel().map(answered);
            let outcome = if refused.is_some() { Outcome::CancelRefused } else { Outcome::Completed };
            let because = refused.or(seen).unwrap_or_else(|| "the operation has completed".to_owned());
            row(outcome, Some(Zero), &[Completed, Deleted], because)
        }
        (state, Some(seen)) if state.is_cancelled() => {
            row(Outcome::Cancelled, Some(Zero), &[Cancelled], format!("{seen} with CANCELLED"))
        }
        (state, None) if state.is_cancelled() => {
            row(Outcome::Unresolved, None, &[Cancelled, Deleted, Failed], unseen())
        }
        (OperationState::Failed(code), Some(seen)) => {
            row(Outcome::Failed, Some(NonZero), &[Failed], format!("{seen} with {code}"))
        }
        (OperationState::Failed(_) | OperationState::Running, _) => {
            row(Outcome::Unresolved, None, &[Failed, Deleted], unseen())
        }
    }
}

/// Why nothing was created.
fn no_effect(own: &Own<'_>) -> String {
    match own.requests(RequestKind::Create).next_back() {
        Some(create) => answered(create),
        None => "nothing was asked to be created".to_owned(),
    }
}
