//! Expectations that take the place of a scenario's own.

use std::fmt;

use rescind_model::Expectation;

/// What is expected of a sample instead of what a scenario says: the expectation of another scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitute {
    /// The other scenario.
    pub like: String,
    /// Its expectation, if it has one.
    pub expect: Option<Expectation>,
    /// Why the sample's tool can do no better.
    pub reason: String,
}

impl fmt::Display for Substitute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected as in {}: {}", self.like, self.reason)
    }
}
