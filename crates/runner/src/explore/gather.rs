//! What came of the schedules of a sample: a case for each history, and the faults, each once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rescind_engine::Services;
use rescind_model::{
    CaseId, CaseResult, DistinctFault, Due, Exploration, Finding, Given, Location, Observation, Outcome,
    Rule, SampleId, Scenario, Schedule, Verdict, judge,
};

use super::coverage::Coverage;
use super::exploring::Exploring;
use super::search::{Search, Seen};
use crate::run::attempt::{Attempted, BACKUP, names};
use crate::run::session::{Ready, Session};
use crate::run::tries::milliseconds;

/// What came of the exploration of a sample.
pub(super) struct Explored {
    pub(super) exploration: Exploration,
    pub(super) cases: Vec<CaseResult>,
}

/// A scenario that nobody wrote: the schedule is all that there is to it.
pub fn scenario_of(sample: &SampleId, schedule: &Schedule) -> Scenario {
    Scenario {
        name: schedule.slug(),
        title: schedule.in_words(),
        services: vec![sample.service.clone()],
        given: Given::default().extended_by(schedule),
        schedule: schedule.clone(),
        // That a term was never asked for is for the search to know: settling may have decided by it.
        optional: schedule.clone(),
        expect: None,
    }
}

/// What a sample did in a history: what it printed and how it ended, whatever became of the service after.
struct Ran {
    attempted: Attempted,
    differs: Option<String>,
}

struct Fault {
    rule: Rule,
    outcome: Outcome,
    histories: BTreeSet<usize>,
    length: usize,
    schedule: Schedule,
    message: String,
    place: Option<Location>,
}

/// A case, with what it takes to tell which of several that are alike is shown.
struct Shown {
    length: usize,
    case: CaseResult,
}

/// What came of the schedules of a sample so far.
pub(super) struct Gathered<'a> {
    session: &'a Session,
    ready: &'a Ready,
    project: String,
    exploring: Exploring,
    runs: HashMap<usize, Ran>,
    shown: BTreeMap<(usize, Vec<Rule>), Shown>,
    others: Vec<CaseResult>,
    faults: BTreeMap<String, Fault>,
    coverage: Coverage,
    /// How often the sample was run, or is being run.
    pub(super) processes: usize,
    /// How many schedules could not be played.
    pub(super) left: usize,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(
        session: &'a Session,
        ready: &'a Ready,
        project: &str,
        exploring: Exploring,
    ) -> Gathered<'a> {
        Gathered {
            session,
            ready,
            project: project.to_owned(),
            exploring,
            runs: HashMap::new(),
            shown: BTreeMap::new(),
            others: Vec::new(),
            faults: BTreeMap::new(),
            coverage: Coverage::default(),
            processes: 0,
            left: 0,
        }
    }

    /// How many faults there are so far.
    pub(super) fn faults(&self) -> usize {
        self.faults.len()
    }

    /// Takes up what the sample did in a history, the first time that it was run for it.
    pub(super) fn ran(
        &mut self,
        history: usize,
        schedule: &Schedule,
        attempted: Attempted,
        differs: Option<String>,
    ) {
        if let Some(differs) = &differs {
            let reason = format!("it does not do the same each time: {differs}");
            let case = CaseResult { verdict: Verdict::Flaky, reason: Some(reason), ..self.case(schedule) };
            self.others.push(case);
        }
        self.runs.entry(history).or_insert(Ran { attempted, differs });
    }

    /// Takes up that the sample did otherwise than before where it was told the same.
    pub(super) fn diverged(&mut self, schedule: &Schedule, attempted: Attempted, why: String) {
        let observation = Some(attempted.observation);
        let reason = Some(format!("it does not do the same each time: {why}"));
        self.left += 1;
        let case = CaseResult { verdict: Verdict::Diverged, reason, observation, ..self.case(schedule) };
        self.others.push(case);
    }

    /// Takes up that a schedule could not be played.
    pub(super) fn note_failure(&mut self, schedule: &Schedule, reason: String) {
        let case = CaseResult { verdict: Verdict::SetupError, reason: Some(reason), ..self.case(schedule) };
        self.others.push(case);
    }

    /// Judges what was played.
    pub(super) fn take(&mut self, seen: Vec<Seen>) {
        for seen in seen {
            self.judge(seen);
        }
    }

    fn judge(&mut self, seen: Seen) {
        let Seen { schedule, length, play } = seen;
        self.coverage.note(&play.points);
        let Some(Ran { attempted, differs }) = self.runs.get(&play.history) else { return };
        let given = play.given.renamed(BACKUP, &play.journal);
        let observation = Observation {
            journal: play.journal,
            given,
            at_exit: play.at_exit,
            settled: play.settled,
            changes: play.changes,
            ..attempted.observation.clone()
        };
        let (wall_ms, virtual_ms) = (milliseconds(attempted.wall), attempted.virtual_time.map(milliseconds));
        let sample = &self.ready.sample;
        let scenario = scenario_of(&sample.manifest.id, &schedule);
        let names = names(&sample.manifest.service, &self.project);
        let findings = judge(&scenario, self.ready.contract(), &observation, &names);
        let mut findings = self.session.weigh(&self.case_of(&scenario).id, findings);
        self.ready.source_map.place(&mut findings, &observation);
        let due = Due::of(&observation);
        for finding in &findings {
            note_fault(&mut self.faults, finding, &due, play.history, length, &schedule);
        }
        let mut rules: Vec<Rule> = findings.iter().map(|finding| finding.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        let shorter =
            |shown: &Shown| (length, schedule.to_string()) < (shown.length, shown.case.schedule.clone());
        let key = (play.history, rules);
        if differs.is_some() || self.shown.get(&key).is_some_and(|shown| !shorter(shown)) {
            return;
        }
        let blank = self.case_of(&scenario);
        let (verdict, reason) =
            Verdict::of_run(&self.session.known_failures, &scenario, &blank.id, &observation, &findings);
        let observation = Some(observation);
        let case = CaseResult { verdict, reason, findings, observation, wall_ms, virtual_ms, ..blank };
        self.shown.insert(key, Shown { length, case });
    }

    /// A case that was not run by this schedule yet.
    fn case(&self, schedule: &Schedule) -> CaseResult {
        self.case_of(&scenario_of(&self.ready.sample.manifest.id, schedule))
    }

    fn case_of(&self, scenario: &Scenario) -> CaseResult {
        let sample = &self.ready.sample;
        CaseResult {
            replay: self.session.replay_of(&sample.manifest.id, &scenario.schedule),
            ..self.session.blank(sample, scenario)
        }
    }

    pub(super) fn end(self, search: &Search, services: &Services) -> Explored {
        let sample: SampleId = self.ready.sample.manifest.id.clone();
        let mut found: Vec<(usize, DistinctFault)> = (self.faults.into_iter())
            .map(|(id, fault)| {
                let Fault { rule, outcome, histories, length, schedule, message, place } = fault;
                let replay = self.session.replay_of(&sample, &schedule);
                let (histories, in_words) = (histories.len(), schedule.in_words());
                let fault = DistinctFault {
                    id,
                    rule,
                    outcome,
                    message,
                    place,
                    histories,
                    schedule,
                    in_words,
                    replay,
                };
                (length, fault)
            })
            .collect();
        found.sort_by_key(|(length, fault)| (*length, fault.rule, fault.schedule.to_string()));
        let bounds = self.exploring.bounds;
        let (covered, never_reached) = self.coverage.end(services, sample.service.name(), bounds);
        let exploration = Exploration {
            sample,
            faults: bounds.faults,
            polls: bounds.polls,
            schedules: search.schedules(),
            histories: search.histories(),
            processes: self.processes,
            left: search.left() + self.left,
            found: found.into_iter().map(|(_, fault)| fault).collect(),
            covered,
            never_reached,
        };
        let mut cases: BTreeMap<CaseId, CaseResult> = BTreeMap::new();
        for case in self.shown.into_values().map(|shown| shown.case).chain(self.others) {
            cases.insert(case.id.clone(), case);
        }
        Explored { exploration, cases: cases.into_values().collect() }
    }
}

/// Takes up a finding, as one of a fault that may have been found before.
fn note_fault(
    faults: &mut BTreeMap<String, Fault>,
    finding: &Finding,
    due: &Due,
    history: usize,
    length: usize,
    schedule: &Schedule,
) {
    let new = || Fault {
        rule: finding.rule,
        outcome: due.outcome,
        histories: BTreeSet::new(),
        length,
        schedule: schedule.clone(),
        message: finding.message.clone(),
        place: finding.place.clone(),
    };
    let fault = faults.entry(DistinctFault::id_of(finding, due)).or_insert_with(new);
    fault.histories.insert(history);
    if (length, schedule.to_string()) < (fault.length, fault.schedule.to_string()) {
        let histories = std::mem::take(&mut fault.histories);
        *fault = Fault { histories, ..new() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_a_scenario_of_its_own() {
        let schedule: Schedule = "given:same-name create1:lost delete2+:permission-denied".parse().unwrap();
        let scenario = scenario_of(&"spanner/go".parse().unwrap(), &schedule);
        assert!(scenario.given.backups[0].may_take_the_name());
        let id = CaseId { sample: "spanner/go".parse().unwrap(), scenario: scenario.name };
        assert_eq!(id.to_string().parse(), Ok(id.clone()));
        assert_eq!(id.to_string(), "spanner/go/given_same-name__create1_lost__delete2-on_permission-denied");
    }
}
