//! The one results object, which every report is made from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CaseId, ClockKind, Exploration, Finding, Location, Observation, SampleId, Shard, StaleEntry, Summary,
    Verdict, exit,
};

/// The version of the results' schema. It changes when a reader of the old one could misread the new one.
pub const SCHEMA_VERSION: u32 = 3;

/// A further try at a case whose first try failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Try {
    /// The broken expectations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What was seen.
    pub observation: Observation,
    /// Real milliseconds from the start of the process to its end.
    #[serde(default)]
    pub wall_ms: u64,
    /// Virtual milliseconds of the same; none where the clock is real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub virtual_ms: Option<u64>,
}

/// One case with its verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseResult {
    /// Which sample in which scenario.
    pub id: CaseId,
    /// The scenario's one-sentence title.
    pub title: String,
    /// The scenario's schedule.
    pub schedule: String,
    /// The one word.
    pub verdict: Verdict,
    /// Why the verdict is what the findings do not tell: what is missing and how to get it, what failed, what was never
    /// asked for, what the list of known failures says, in what tries differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The broken expectations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What was seen; none if the case was not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observation: Option<Observation>,
    /// Where the code that was judged is written; none if its file lies outside the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Real milliseconds from the start of the process to its end.
    #[serde(default)]
    pub wall_ms: u64,
    /// Virtual milliseconds of the same; none where the clock is real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub virtual_ms: Option<u64>,
    /// The tries after the first one, of which all else here speaks. A case is tried anew only if it fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_tries: Vec<Try>,
    /// The command that runs just this case.
    pub replay: String,
}

impl CaseResult {
    /// The line that a reader is led to for a finding: its own, where that is known, else the first of the code.
    pub fn place_of(&self, finding: &Finding) -> Option<Location> {
        finding.place.clone().or_else(|| self.first_line())
    }

    /// The first line of the code that was judged.
    pub fn first_line(&self) -> Option<Location> {
        self.location.as_ref().map(|code| Location::of_line(&code.file, code.first_line))
    }

    /// True if the case ran until it ended by itself or for what it did: what it printed and left is its own then.
    pub fn ran_to_its_end(&self) -> bool {
        self.observation.is_some() && self.verdict != Verdict::Undecided
    }
}

/// Where and with what the cases were run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The version of rescind.
    pub rescind: String,
    /// The operating system and the architecture: `linux/x86_64`.
    pub platform: String,
    /// The emulator's back-end: `embedded`, `container`, `HOST:PORT`.
    pub emulator: String,
    /// The clock that the cases went by.
    pub clock: ClockKind,
    /// Why it is the real one; none for the virtual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_reason: Option<String>,
    /// Where the samples' code came from: `bundled`, the path of the page, or `LANGUAGE=FILE` of each source.
    pub source: String,
    /// A fingerprint of what was run: the manifests, the scenarios, the list of known failures, and the samples' code.
    pub catalogue: String,
    /// The toolchains that were found: language to version.
    pub toolchains: BTreeMap<String, String>,
}

impl Environment {
    /// What has to be said where time is real.
    pub fn note_on_time(&self) -> Option<String> {
        let reason = self.clock_reason.as_deref().unwrap_or("nobody has said why");
        (self.clock == ClockKind::Real).then(|| {
            format!("time is real: {reason}; what still waited at its deadline is {}", Verdict::Undecided)
        })
    }
}

/// The published code of a sample that something was found in, as it was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedSource {
    /// The sample.
    pub sample: SampleId,
    /// The path of the file that it is from, as in [`Location`].
    pub file: String,
    /// The code, in order; several pieces where it does not stand in one.
    pub pieces: Vec<SourcePiece>,
}

/// Lines that follow each other in their file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourcePiece {
    /// The number of the first line, from 1.
    pub first_line: u32,
    /// The lines.
    pub text: String,
}

/// The results of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// [`SCHEMA_VERSION`] of the rescind that wrote them.
    pub schema_version: u32,
    /// Where and with what.
    pub environment: Environment,
    /// True if the run was interrupted: the cases that did not end are `skipped`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// True if options chose among the cases: one that is missing here was not asked for, and may still exist.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filtered: bool,
    /// Which part of a run this is; none for a run that was not split over several machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// What the run wants to say besides the cases: blocks of the page that no manifest covers, processes that
    /// hid from their case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    /// Entries of the list of known failures that expired, or that no case has matched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale_entries: Vec<StaleEntry>,
    /// What was explored, in the order of the samples; nothing in a run of scenarios. The histories are cases below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explorations: Vec<Exploration>,
    /// The code that findings are about, in the order of the samples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<PublishedSource>,
    /// The cases, in the order of their ids.
    pub cases: Vec<CaseResult>,
}

impl Results {
    /// True if cases may exist that are not here: options chose among them, the run was interrupted, or
    /// this is one part of it.
    pub fn is_partial(&self) -> bool {
        self.filtered || self.interrupted || self.shard.is_some()
    }

    /// How many cases have each verdict.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for case in &self.cases {
            *summary.0.entry(case.verdict).or_default() += 1;
        }
        summary
    }

    /// What every report says besides the cases: what there is to say on time, and the notices.
    pub fn notes(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let on_time = self.environment.note_on_time().map(Cow::Owned);
        on_time.into_iter().chain(self.notices.iter().map(|notice| Cow::Borrowed(notice.as_str())))
    }

    /// The entries of the list of known failures that are known to be wrong.
    pub fn stale(&self) -> impl Iterator<Item = &StaleEntry> {
        self.stale_entries.iter().filter(|entry| entry.is_certain())
    }

    /// The [exit code](exit) of the run: the worst of its cases, where a finding says more than a failed set-up. A stale
    /// entry of the list of known failures is as bad as a finding.
    ///
    /// A run in which not one case could be run, has come to its end, or has played its scenario, has shown nothing, and so
    /// has failed to be set up.
    pub fn exit_code(&self) -> u8 {
        if self.interrupted {
            return exit::INTERRUPTED;
        }
        let codes = || self.cases.iter().map(|case| case.verdict.exit_code());
        let unknown = |verdict: Verdict| verdict.exit_code() == exit::OK && !verdict.tells_of_the_sample();
        let none_ran = self.cases.iter().all(|case| unknown(case.verdict));
        if self.stale().next().is_some() || codes().any(|code| code == exit::FINDINGS) {
            exit::FINDINGS
        } else if none_ran && !(self.cases.is_empty() && self.explorations.is_empty()) {
            exit::SETUP
        } else {
            codes().max().unwrap_or(exit::OK)
        }
    }
}

/// Small results for the tests of this crate.
#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::{Captured, Ended, Limits, Snapshot};

    pub(crate) fn observation() -> Observation {
        Observation {
            ended: Ended::Code(0),
            limits: Limits { clock: ClockKind::Virtual, deadline_ms: 60_000, processor_ms: 60_000 },
            stdout: Captured::default(),
            stderr: Captured::default(),
            leaked_processes: Vec::new(),
            out_of_reach: Vec::new(),
            leaked_credentials: Vec::new(),
            journal: Vec::new(),
            given: Snapshot::default(),
            at_exit: Snapshot::default(),
            settled: Snapshot::default(),
            changes: Vec::new(),
        }
    }

    /// A case of Spanner, by language and scenario: `go/cancel-wins`.
    pub(crate) fn case(id: &str, verdict: Verdict) -> CaseResult {
        CaseResult {
            id: format!("spanner/{id}").parse().unwrap(),
            title: String::new(),
            schedule: String::new(),
            verdict,
            reason: None,
            findings: Vec::new(),
            observation: None,
            location: None,
            wall_ms: 0,
            virtual_ms: None,
            other_tries: Vec::new(),
            replay: String::new(),
        }
    }

    pub(crate) fn results<const N: usize>(cases: [(&str, Verdict); N]) -> Results {
        Results {
            schema_version: SCHEMA_VERSION,
            environment: Environment {
                rescind: String::new(),
                platform: String::new(),
                emulator: String::new(),
                clock: ClockKind::Virtual,
                clock_reason: None,
                source: String::new(),
                catalogue: String::new(),
                toolchains: BTreeMap::new(),
            },
            interrupted: false,
            filtered: false,
            shard: None,
            notices: Vec::new(),
            stale_entries: Vec::new(),
            explorations: Vec::new(),
            sources: Vec::new(),
            cases: cases.map(|(id, verdict)| case(id, verdict)).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(verdicts: &[Verdict]) -> Results {
        let cases = verdicts.iter().map(|verdict| testing::case("go/cancel-wins", *verdict)).collect();
        Results { cases, ..testing::results([]) }
    }

    #[test]
    fn the_exit_code_is_that_of_the_worst_case() {
        use Verdict::{Fail, NotPlayed, Pass, SetupError, Skipped, Undecided, Unsupported};
        assert_eq!(results(&[]).exit_code(), exit::OK);
        assert_eq!(results(&[Pass, Unsupported, Undecided, NotPlayed]).exit_code(), exit::OK);
        assert_eq!(results(&[Pass, SetupError]).exit_code(), exit::SETUP);
        assert_eq!(results(&[Fail, SetupError, Pass]).exit_code(), exit::FINDINGS);
        assert_eq!(results(&[Unsupported, Skipped, Undecided, NotPlayed]).exit_code(), exit::SETUP);
        assert_eq!(results(&[NotPlayed]).exit_code(), exit::SETUP);
        let interrupted = Results { interrupted: true, ..results(&[Fail]) };
        assert_eq!(interrupted.exit_code(), exit::INTERRUPTED);
    }

    #[test]
    fn the_summary_counts_each_verdict() {
        let summary = results(&[Verdict::Pass, Verdict::Fail, Verdict::Pass]).summary();
        assert_eq!(summary.count(Verdict::Pass), 2);
        assert_eq!(summary.to_string(), "3 cases: 2 pass, 1 fail");
    }

    #[test]
    fn where_time_is_real_the_first_note_says_so_and_why() {
        let mut results = Results { notices: vec!["and more".to_owned()], ..results(&[]) };
        assert_eq!(results.notes().collect::<Vec<_>>(), ["and more"]);
        results.environment.clock = ClockKind::Real;
        results.environment.clock_reason = Some("it was asked for".to_owned());
        let on_time = "time is real: it was asked for; what still waited at its deadline is undecided";
        assert_eq!(results.notes().collect::<Vec<_>>(), [on_time, "and more"]);
    }
}
