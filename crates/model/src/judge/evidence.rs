//! What the rules are about.

use super::truth::Truth;
use crate::{Contract, Due, Ended, ExpectedExit, Observation, Outcome, Placeholders, Scenario};

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

    /// How the case came out, for what the sample was to print. Where either exit is right, a scenario that has an outcome in
    /// mind decides, and where the sample has left what it need not have left: that is told by itself. None if nobody says
    /// what it should have come to.
    pub fn outcome(&self) -> Option<Outcome> {
        let in_mind = self.scenario.expect.as_ref().map(|expect| expect.outcome);
        let leaks = self.due.outcome == Outcome::Undeleted && self.due.excuse.is_none();
        match self.due.exit {
            _ if leaks => in_mind,
            None => in_mind.or(Some(self.due.outcome)),
            Some(_) => Some(self.due.outcome),
        }
    }

    /// How the sample had to exit. Where either is right, a scenario that has one in mind decides.
    pub fn exit(&self) -> Option<ExpectedExit> {
        self.due.exit.or(self.scenario.expect.as_ref().map(|expect| expect.exit))
    }
}
