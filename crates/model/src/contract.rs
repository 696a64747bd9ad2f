//! The contract of a sample: what its output asserts, and what it is expected to print.

use std::collections::BTreeMap;

use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::{Claim, Outcome};
use crate::template::{self, TemplateError};

/// A stream of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
}

/// A text that, where it stands in the output, makes a claim.
#[derive(Clone, Debug)]
pub struct ClaimPattern {
    /// The claim that is made.
    pub claim: Claim,
    /// The stream that is searched.
    pub stream: Stream,
    /// Searched line by line.
    pub pattern: Regex,
}

/// What a sample promises.
#[derive(Clone, Debug, Default)]
pub struct Contract {
    /// What its output asserts.
    pub claims: Vec<ClaimPattern>,
    /// What it prints to standard output in each outcome, with [placeholders](Placeholders). An outcome that is
    /// missing here is not compared.
    pub outputs: BTreeMap<Outcome, String>,
    /// The same for single scenarios, by name: where one is given here, its outcome's text does not count.
    pub outputs_by_scenario: BTreeMap<String, String>,
    /// With which code it exits in each outcome. An outcome that is missing here may have any code that says whether all
    /// went well.
    pub exits: BTreeMap<Outcome, i32>,
    /// Where promises are written, by their keys (`claims`, `outputs.cancelled`): `rescind.yaml:14`. Those of a contract
    /// that was not read from a file have no place.
    pub places: BTreeMap<String, String>,
}

impl Contract {
    /// What the sample is expected to print in a scenario that came out like this, if the contract says it.
    pub fn expected_output(&self, scenario: &str, outcome: Outcome) -> Option<&str> {
        let of_scenario = self.outputs_by_scenario.get(scenario);
        of_scenario.or_else(|| self.outputs.get(&outcome)).map(String::as_str)
    }

    /// The promise of that text, for messages: its key, and where it is written.
    pub fn promise_of_output(&self, scenario: &str, outcome: Outcome) -> String {
        let name =
            if self.outputs_by_scenario.contains_key(scenario) { scenario } else { &outcome.to_string() };
        let key = format!("outputs.{name}");
        match self.places.get(&key) {
            Some(place) => format!("{key}, {place}"),
            None => key,
        }
    }
}

/// The names that expected outputs may hold in braces, with their values in one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholders {
    /// `{project}`: the id of the project.
    pub project: String,
    /// `{instance}`: the id of the instance (the location, for AlloyDB).
    pub instance: String,
    /// `{database}`: the id of the database (the cluster, for AlloyDB; the instance, for GeminiDB).
    pub database: String,
    /// `{backup}`: the id of the backup that the sample asked for.
    pub backup: String,
    /// `{operation}`: the full name of the operation.
    pub operation: String,
}

impl Placeholders {
    /// The names that may stand in braces.
    pub const NAMES: [&'static str; 5] = ["project", "instance", "database", "backup", "operation"];

    fn get(&self, name: &str) -> Option<&str> {
        match name {
            "project" => Some(&self.project),
            "instance" => Some(&self.instance),
            "database" => Some(&self.database),
            "backup" => Some(&self.backup),
            "operation" => Some(&self.operation),
            _ => None,
        }
    }

    /// The text with these names in braces where their values stand, as [`template::unfill`] does it: what
    /// [`fill`](Self::fill) makes the text of.
    pub fn unfill(&self, text: &str) -> String {
        let values = Self::NAMES.map(|name| (name, self.get(name).unwrap_or_default()));
        template::unfill(text, &values)
    }

    /// The text with every `{name}` replaced, as [`template::fill`] does it.
    ///
    /// # Errors
    /// As [`template::fill`].
    pub fn fill(&self, text: &str) -> Result<String, TemplateError> {
        template::fill(text, &Self::NAMES, |name| self.get(name).map(str::to_owned))
    }
}
