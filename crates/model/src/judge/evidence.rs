//! What the rules are about.

use super::truth::Truth;
use crate::{Contract, Due, Ended, Observation, Placeholders, Scenario};

/// All that a rule may look at.
pub struct Evidence<'a> {
    /// What was played.
    pub scenario: &'a Scenario,
    /// What was promised.
    pub contract: &'a Contract,
    /// What happened.
    pub observation: &'a Observation,
    /// The names that the case was given.
    pub placeholders: &'a Placeholders,
    /// What came of it.
    pub truth: Truth,
    /// What the sample had to do then.
    pub due: Due,
}

impl Evidence<'_> {
    /// True if the sample ended by itself.
    pub fn ended_by_itself(&self) -> bool {
        matches!(self.observation.ended, Ended::Code(_))
    }
}
