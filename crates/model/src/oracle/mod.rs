//! The oracle: what a sample had to do in a case, read off what was observed of it.
//!
//! It needs no expectation that somebody wrote down. The journal holds what the sample asked for and what it was told, the
//! settled state what became of it; together they say how the case came out, how the sample had to exit, what it may truly
//! claim, and whether it could have helped what it left behind. Each of these is a file here.
//!
//! A backup or an operation is the sample's *own* if it was not there before; what was is *foreign*.

mod excuse;
mod outcome;
mod own;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use self::own::Own;
use crate::{Claim, ExpectedExit, Observation, Outcome};

/// What a sample had to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// How the case came out.
    pub outcome: Outcome,
    /// How it had to exit; none if either way is right.
    pub exit: Option<ExpectedExit>,
    /// What there is to claim. Of these at least one must be claimed, or anything else that is true; for an empty list,
    /// anything that is true.
    pub claims: Vec<Claim>,
    /// Why it could not help leaving a backup behind; none if it could have.
    pub excuse: Option<String>,
    /// From which request, or from which state, the outcome follows: `request 7 showed the operation end with CANCELLED`.
    pub because: String,
}

impl Due {
    /// What the sample had to do in a case of which this was observed.
    ///
    /// Whatever cannot happen with a service is taken for the nearest that can: any observation has something due.
    pub fn of(observation: &Observation) -> Due {
        let own = Own::of(observation);
        let row = outcome::row(&own);
        Due {
            outcome: row.outcome,
            exit: row.exit,
            claims: row.claims.to_vec(),
            excuse: excuse::for_leaving(&own),
            because: row.because,
        }
    }
}
