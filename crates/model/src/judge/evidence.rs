//! What the rules are about.

use super::truth::Truth;
use crate::{Contract, Due, Ended, Expectation, ExpectedExit, Observation, Outcome, Placeholders, Scenario};

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

    /// How the case came out. Where either exit is right, a scenario that has one in mind decides.
    pub fn outcome(&self) -> Outcome {
        self.in_mind().map_or(self.due.outcome, |expect| expect.outcome)
    }

    /// How the sample had to exit, likewise.
    pub fn exit(&self) -> Option<ExpectedExit> {
        self.due.exit.or(self.in_mind().map(|expect| expect.exit))
    }

    fn in_mind(&self) -> Option<&Expectation> {
        self.scenario.expect.as_ref().filter(|_| self.due.exit.is_none())
    }
}
