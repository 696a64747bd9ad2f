//! Promises proposed from what a sample printed, for a person to confirm.
//!
//! Nobody can tell by a program what a sentence means. So a claim is proposed by the words in it (`words.rs`) and by the
//! cases in which it would be true; each proposal says in how many cases that was so, and what it says in the others stays
//! a `false-claim`. Expected outputs are proposed where all cases of an outcome printed the same.

mod edit;
mod line;
mod proposal;
mod propose;
mod words;
mod written;

pub use self::edit::{EditError, TeamText};
pub use self::proposal::{Proposal, ProposedClaim};
