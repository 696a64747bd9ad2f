//! What a change did: the results of a head against a base, which is other results or a baseline.
//!
//! Cases are matched by id. What was not run, or not played, on one side says nothing: a toolchain that is
//! missing, an interrupted or a filtered run never makes a case removed, broken or mended. Explorations are compared fault by
//! fault.

mod base;
mod comparison;
mod delta;
mod faults;
mod words;

pub use self::base::{Base, BaseCase, ExploredSample};
pub use self::comparison::{Comparison, FailOn, exit_code};
pub use self::delta::{CaseChange, Delta};
