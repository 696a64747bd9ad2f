//! The judge.
use crate::{Contract, Finding, Observation, Scenario};
/// Judges.
pub fn judge(_scenario: &Scenario, _contract: &Contract, _observation: &Observation) -> Vec<Finding> {
    Vec::new()
}
