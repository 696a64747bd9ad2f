//! What a change did: the results of a head against a base, which is other results or a baseline.
//!
//! Cases are matched by id. What was not run, or not played, on one side says nothing: a toolchain that is
//! missing, an interrupted or a filtered run never makes a case removed, broken or mended.

mod base;
mod comparison;
mod words;

pub use self::base::{Base, BaseCase};
pub use self::comparison::{CaseChange, Comparison, Delta, FailOn, exit_code};
