//! How much it matters that a rule is broken: the owner of a sample decides.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Finding, Rule};

/// How much it matters that a rule is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The case fails.
    #[default]
    Error,
    /// Reports say it, and no case fails for it.
    Warn,
    /// It is not looked at.
    Off,
}

/// The severities of the rules. A rule of which nothing is said is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Severities(BTreeMap<Rule, Severity>);

/// The findings of a case, by what they do to its verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeighedFindings {
    /// Those for which the case fails.
    pub errors: Vec<Finding>,
    /// Those that are only told.
    pub warnings: Vec<Finding>,
}

impl Severities {
    /// The severity of a rule.
    pub fn of(&self, rule: Rule) -> Severity {
        self.0.get(&rule).copied().unwrap_or_default()
    }

    /// Parts findings by their severities; those that are off are dropped.
    pub fn weigh(&self, findings: Vec<Finding>) -> WeighedFindings {
        let mut weighed = WeighedFindings::default();
        for finding in findings {
            match self.of(finding.rule) {
                Severity::Error => weighed.errors.push(finding),
                Severity::Warn => weighed.warnings.push(finding),
                Severity::Off => {}
            }
        }
        weighed
    }
}

impl FromIterator<(Rule, Severity)> for Severities {
    fn from_iter<I: IntoIterator<Item = (Rule, Severity)>>(severities: I) -> Self {
        Severities(severities.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_which_nothing_is_said_is_an_error() {
        let severities: Severities =
            [(Rule::WrongExit, Severity::Warn), (Rule::OutputDiffers, Severity::Off)].into_iter().collect();
        let finding = |rule| Finding::new(rule, "it did");
        let weighed =
            severities.weigh([Rule::FalseClaim, Rule::WrongExit, Rule::OutputDiffers].map(finding).into());
        assert_eq!(weighed.errors, [finding(Rule::FalseClaim)]);
        assert_eq!(weighed.warnings, [finding(Rule::WrongExit)]);
    }
}
