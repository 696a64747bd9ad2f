//! A scenario: what is there before, what the server decides, and what must come of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BackupState, Claim, Decision, Entry, Outcome, RequestKind, Schedule, ServiceId, Term};

/// A backup that is there before the sample begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenBackup {
    /// Its id. `{backup}` stands for the id that the sample is told to use.
    pub id: String,
    /// Its state; a backup that is given as CREATING stays so for the whole case.
    pub state: BackupState,
}

impl GivenBackup {
    /// True for the one that `given:same-name` is about: it has the id that the sample is told to use, and is READY.
    pub fn may_take_the_name(&self) -> bool {
        self.id == "{backup}" && self.state == BackupState::Ready
    }
}

/// What is there before the sample begins. The instance always is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// True if the database (the cluster, the instance) that the sample is told to back up does not exist.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub database_missing: bool,
    /// True if the instance is not a Cassandra one (GeminiDB): its backups then cannot be stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_cassandra: bool,
    /// The backups of that database.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backups: Vec<GivenBackup>,
}

impl Given {
    /// The same, and what a schedule gives.
    #[must_use]
    pub fn extended_by(self, schedule: &Schedule) -> Given {
        let given = schedule.terms().iter().filter(|term| term.request == RequestKind::Given);
        given.fold(self, |given, term| given.with(term.decision))
    }

    /// The same, and what is given by this decision; nothing more for one that gives nothing.
    fn with(mut self, decision: Decision) -> Given {
        let mut give = |id: &str, state| {
            let backup = GivenBackup { id: id.to_owned(), state };
            if !self.backups.contains(&backup) {
                self.backups.push(backup);
            }
        };
        match decision {
            Decision::SameName => give("{backup}", BackupState::Ready),
            Decision::AnotherPending => give("another-backup", BackupState::Creating),
            Decision::NoDatabase => self.database_missing = true,
            Decision::NotCassandra => self.not_cassandra = true,
            _ => {}
        }
        self
    }
}

/// How the sample must exit when it leaves nothing behind. (A sample that does leave its backup behind must always
/// exit with another code than 0.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedExit {
    /// With 0.
    Zero,
    /// With another code than 0.
    NonZero,
}

/// What must come of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// How a correct sample experiences the scenario; manifests hold one expected output for each outcome.
    pub outcome: Outcome,
    /// How it must exit.
    pub exit: ExpectedExit,
    /// The claims of which the output must make at least one; none if it need not claim anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// True if no sample can avoid leaving its backup behind.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_leave_backup: bool,
}

/// A named schedule with its given state and its expected outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name: `cancel-wins`.
    pub name: String,
    /// One sentence that says what happens.
    pub title: String,
    /// The services that it can be played with.
    pub services: Vec<ServiceId>,
    /// What is there before.
    pub given: Given,
    /// What the server decides.
    pub schedule: Schedule,
    /// The terms of the schedule that a correct sample need not ask for: a case in which they were not is still played.
    #[serde(default, skip_serializing_if = "Schedule::is_empty")]
    pub optional: Schedule,
    /// What must come of it, for somebody who reads the scenario; it is checked against what follows from the schedule.
    /// None for a schedule that nobody has named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expectation>,
}

impl Scenario {
    /// The terms that a case with this journal had to ask for and never did: what the scenario is about has then not
    /// happened in it.
    pub fn not_played(&self, journal: &[Entry]) -> Vec<&Term> {
        let needed = |term: &&Term| !self.optional.terms().contains(term);
        self.schedule.never_asked_for(journal).into_iter().filter(needed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(schedule: &str) -> Given {
        Given::default().extended_by(&schedule.parse().unwrap())
    }

    #[test]
    fn what_a_schedule_gives_comes_to_what_a_scenario_gives() {
        let same = given("given:same-name create:running");
        assert!(same.backups[0].may_take_the_name());
        assert_eq!(same.clone().extended_by(&"given:same-name".parse().unwrap()), same, "it is given once");
        let another = GivenBackup { id: "another-backup".to_owned(), state: BackupState::Creating };
        assert_eq!(given("given:another-pending").backups, [another]);
        assert!(given("given:no-database").database_missing);
        assert!(given("given:not-cassandra").not_cassandra);
        assert_eq!(given("create:running"), Given::default());
    }
}
