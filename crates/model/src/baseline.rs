//! The baseline: what was accepted, and nothing that differs from run to run.
//!
//! It is a file that people commit and review. So it keeps of each case what a change can have to answer for (the
//! verdict, the findings, what was printed), and leaves out times, journals, versions and places.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CaseId, CaseResult, DistinctFault, Exploration, Finding, Results, SampleId, Verdict};

/// The version of the baseline's schema. It changes when a reader of the old one could misread the new one.
pub const BASELINE_VERSION: u32 = 1;

/// Bytes of standard output that a baseline keeps of one case. What is longer is not kept at all, for a part of it
/// could not be compared.
pub const BASELINE_OUTPUT_BYTES: usize = 16 * 1024;

/// What was accepted of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineCase {
    /// Which sample in which scenario.
    pub id: CaseId,
    /// The one word.
    pub verdict: Verdict,
    /// The broken expectations, each with its rule and its message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What it wrote to standard output; none if that was too long to keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdout: Option<String>,
}

/// What was accepted of the exploration of a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineExploration {
    /// The sample.
    pub sample: SampleId,
    /// How many faults befell one case, at most.
    pub faults: u32,
    /// How many looks at a running operation in a row found it still running, at most.
    pub polls: u32,
    /// What was wrong.
    pub found: Vec<DistinctFault>,
}

/// Accepted results, which a later run is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// [`BASELINE_VERSION`] of the rescind that wrote it.
    pub baseline_version: u32,
    /// Where the samples' code came from: `bundled`, the path of the page, or `LANGUAGE=FILE` of each source.
    pub source: String,
    /// The cases, in the order of their ids.
    pub cases: Vec<BaselineCase>,
    /// The explorations, in the order of their samples. Their histories are no cases here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explorations: Vec<BaselineExploration>,
}

/// Why results cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// Part of what they say is that nobody knows.
    #[error("the run was interrupted; accept the results of one that went to its end")]
    Interrupted,
    /// The cases have the same names, and are other code.
    #[error(
        "the baseline is of the source `{baseline}`, and the results are of `{results}`; \
         keep a baseline for each, and name it with --baseline"
    )]
    OtherSource {
        /// The source of the baseline.
        baseline: String,
        /// The source of the results.
        results: String,
    },
    /// A fault that was not found may yet be there.
    #[error("the exploration of {0} is not complete; accept one that went to its end, without --budget")]
    Unexplored(SampleId),
    /// There is nothing to accept.
    #[error("no case was run, so there is nothing to accept")]
    NothingRan,
}

impl BaselineCase {
    fn of(case: &CaseResult) -> BaselineCase {
        let bare = |finding: &Finding| Finding::new(finding.rule, finding.message.clone());
        let printed = case.observation.as_ref().map(|seen| &seen.stdout);
        let kept = printed.filter(|stdout| stdout.dropped == 0 && stdout.text.len() <= BASELINE_OUTPUT_BYTES);
        BaselineCase {
            id: case.id.clone(),
            verdict: case.verdict,
            findings: case.findings.iter().map(bare).collect(),
            stdout: kept.map(|stdout| stdout.text.clone()),
        }
    }
}

impl Baseline {
    /// A baseline of this source, with no case.
    pub fn empty(source: impl Into<String>) -> Baseline {
        Baseline {
            baseline_version: BASELINE_VERSION,
            source: source.into(),
            cases: Vec::new(),
            explorations: Vec::new(),
        }
    }

    /// Nothing if the code of results from this source is what was accepted.
    ///
    /// # Errors
    /// It is other code, under the same names.
    pub fn check_source(&self, source: &str) -> Result<(), AcceptError> {
        if self.source == source {
            return Ok(());
        }
        Err(AcceptError::OtherSource { baseline: self.source.clone(), results: source.to_owned() })
    }

    /// The baseline with these results accepted.
    ///
    /// Each case that was run takes the place of what was accepted before. A case that was not run (unsupported, failed
    /// to be set up) keeps what it had. A case that the results do not have at all is dropped if the run was whole, and
    /// kept if options chose among the cases.
    ///
    /// Of an exploration the faults are kept, and the histories are not.
    ///
    /// # Errors
    /// Interrupted results, results of another source, an exploration that is not complete, and results in which not one case
    /// was run.
    pub fn accept(&self, results: &Results) -> Result<Baseline, AcceptError> {
        if results.interrupted {
            return Err(AcceptError::Interrupted);
        }
        self.check_source(&results.environment.source)?;
        if !results.cases.iter().any(|case| case.verdict.tells_of_the_sample()) {
            return Err(AcceptError::NothingRan);
        }
        if !results.explorations.is_empty() {
            return self.accept_faults(&results.explorations);
        }
        let mut cases: BTreeMap<&CaseId, BaselineCase> =
            self.cases.iter().map(|case| (&case.id, case.clone())).collect();
        if !results.is_partial() {
            cases.retain(|id, _| results.cases.iter().any(|case| case.id == **id));
        }
        for case in results.cases.iter().filter(|case| case.verdict.tells_of_the_sample()) {
            cases.insert(&case.id, BaselineCase::of(case));
        }
        Ok(Baseline { cases: cases.into_values().collect(), ..self.clone() })
    }

    fn accept_faults(&self, explorations: &[Exploration]) -> Result<Baseline, AcceptError> {
        let mut accepted: BTreeMap<SampleId, BaselineExploration> =
            self.explorations.iter().map(|it| (it.sample.clone(), it.clone())).collect();
        for exploration in explorations {
            if !exploration.is_complete() {
                return Err(AcceptError::Unexplored(exploration.sample.clone()));
            }
            let Exploration { sample, faults, polls, mut found, .. } = exploration.clone();
            found.iter_mut().for_each(|fault| fault.place = None);
            accepted.insert(sample.clone(), BaselineExploration { sample, faults, polls, found });
        }
        Ok(Baseline { explorations: accepted.into_values().collect(), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::testing::{case, results};
    use crate::{Captured, Location, Rule};

    fn ids(baseline: &Baseline) -> Vec<String> {
        baseline.cases.iter().map(|case| format!("{} {}", case.id, case.verdict)).collect()
    }

    fn accepted(base: &Baseline, results: &Results) -> Vec<String> {
        ids(&base.accept(results).unwrap())
    }

    #[test]
    fn a_whole_run_replaces_what_it_ran_keeps_what_could_not_run_and_drops_what_is_gone() {
        use Verdict::{Fail, Pass, SetupError, Undecided, Unsupported};
        let old =
            results([("go/a", Pass), ("java/a", Fail), ("perl/a", Pass), ("php/a", Fail), ("ruby/a", Pass)]);
        let base = Baseline::empty("").accept(&old).unwrap();
        let new = results([
            ("ruby/a", SetupError),
            ("java/a", Unsupported),
            ("php/a", Undecided),
            ("go/a", Fail),
            ("curl/a", Pass),
        ]);
        assert_eq!(
            accepted(&base, &new),
            [
                "spanner/curl/a pass",
                "spanner/go/a fail",
                "spanner/java/a fail",
                "spanner/php/a fail",
                "spanner/ruby/a pass"
            ]
        );
    }

    #[test]
    fn a_partial_run_updates_only_its_own_cases() {
        let old = results([("go/a", Verdict::Pass), ("go/b", Verdict::Pass)]);
        let base = Baseline::empty("").accept(&old).unwrap();
        let new = Results { filtered: true, ..results([("go/b", Verdict::Fail)]) };
        assert_eq!(accepted(&base, &new), ["spanner/go/a pass", "spanner/go/b fail"]);
    }

    #[test]
    fn what_is_no_result_of_the_same_source_is_refused() {
        let base = Baseline::empty("");
        let mut of_page = results([("go/a", Verdict::Pass)]);
        of_page.environment.source = "page.md".to_owned();
        let interrupted = Results { interrupted: true, ..results([("go/a", Verdict::Pass)]) };
        assert!(matches!(base.accept(&of_page), Err(AcceptError::OtherSource { .. })));
        assert_eq!(base.accept(&interrupted), Err(AcceptError::Interrupted));
        let nothing = results([("go/a", Verdict::Unsupported)]);
        assert_eq!(base.accept(&nothing), Err(AcceptError::NothingRan));
    }

    #[test]
    fn it_keeps_what_was_found_and_printed_and_no_more() {
        let mut long = case("go/long", Verdict::Fail);
        let printed = |text: String| {
            let mut seen = crate::results::testing::observation();
            seen.stdout = Captured::whole(text);
            Some(seen)
        };
        long.observation = printed("x".repeat(BASELINE_OUTPUT_BYTES + 1));
        let mut short = case("go/short", Verdict::Fail);
        short.observation = printed("Cancelled.\n".to_owned());
        short.findings = vec![Finding {
            diff: Some("-a\n+b\n".to_owned()),
            place: Some(Location::of_line("page.md", 7)),
            ..Finding::new(Rule::OutputDiffers, "differs").about("b")
        }];
        let results = Results { cases: vec![long, short], ..results([]) };
        let baseline = Baseline::empty("").accept(&results).unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&baseline).unwrap(), @r#"
        {
          "baseline_version": 1,
          "source": "",
          "cases": [
            {
              "id": "spanner/go/long",
              "verdict": "fail"
            },
            {
              "id": "spanner/go/short",
              "verdict": "fail",
              "findings": [
                {
                  "rule": "output-differs",
                  "message": "differs"
                }
              ],
              "stdout": "Cancelled.\n"
            }
          ]
        }
        "#);
    }

    fn explored(sample: &str, left: usize) -> Exploration {
        Exploration {
            sample: sample.parse().unwrap(),
            faults: 2,
            polls: 2,
            schedules: 9,
            histories: 3,
            processes: 3,
            left,
            found: Vec::new(),
            covered: Vec::new(),
            never_reached: Vec::new(),
        }
    }

    #[test]
    fn of_explorations_the_faults_are_kept_beside_the_cases_and_only_of_whole_ones() {
        let base = Baseline::empty("").accept(&results([("go/a", Verdict::Pass)])).unwrap();
        let mut explored_results = results([("go/given_same-name", Verdict::Pass)]);
        explored_results.explorations = vec![explored("spanner/go", 0)];
        let both = base.accept(&explored_results).unwrap();
        assert_eq!(ids(&both), ["spanner/go/a pass"], "histories are no cases of a baseline");
        assert_eq!(both.explorations.len(), 1);
        explored_results.explorations[0].sample = "spanner/java".parse().unwrap();
        assert_eq!(both.accept(&explored_results).unwrap().explorations.len(), 2);
        explored_results.explorations = vec![explored("spanner/go", 1)];
        let refused = both.accept(&explored_results).unwrap_err();
        assert_eq!(refused, AcceptError::Unexplored("spanner/go".parse().unwrap()));
        let again = both.accept(&results([("go/a", Verdict::Fail)])).unwrap();
        assert_eq!(again.explorations, both.explorations, "a run says nothing of them");
    }
}
