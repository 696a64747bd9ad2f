//! What the cases of a run share: the back-end, the limits, the account.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rescind_catalog::{Plan, PlannedSample};
use rescind_model::{
    CaseId, CaseResult, Contract, Finding, KnownFailure, SampleId, Scenario, Schedule, Severities, Verdict,
    WeighedFindings, known,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::folders::RunFolders;
use super::warnings::Warnings;
use crate::prepare::{Prepared, command_line};
use crate::source_map::SourceMap;
use crate::{Backend, Context, Event, Events, Pki, RunClock, RunOptions};

/// A sample whose cases can be run.
pub(crate) struct Ready {
    pub(crate) sample: PlannedSample,
    pub(crate) prepared: Prepared,
    /// Where the lines that run are published.
    pub(crate) source_map: SourceMap,
    /// How many cases of this sample may run at once.
    pub(crate) jobs: Semaphore,
}

impl Ready {
    pub(crate) fn new(sample: PlannedSample, prepared: Prepared) -> Ready {
        let jobs = sample.manifest.run.jobs.map_or(Semaphore::MAX_PERMITS, |jobs| jobs.max(1) as usize);
        let source_map = SourceMap::of(&sample, &prepared.work);
        Ready { sample, prepared, source_map, jobs: Semaphore::new(jobs.min(Semaphore::MAX_PERMITS)) }
    }

    pub(crate) fn contract(&self) -> &Contract {
        self.sample.contract().0
    }
}

/// A run that goes on.
pub(crate) struct Session {
    pub(crate) context: Arc<Context>,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) cancel: CancellationToken,
    /// How many cases may run at once.
    pub(crate) jobs: Semaphore,
    /// How many toolchains may be looked for at once, besides the cases.
    pub(crate) searches: Semaphore,
    /// The clock of the run.
    pub(crate) time: RunClock,
    pub(crate) options: RunOptions,
    replay_options: Vec<String>,
    pub(crate) known_failures: Vec<KnownFailure>,
    severities: Severities,
    warnings: Mutex<Warnings>,
    events: Events,
    account: Mutex<(Duration, Vec<String>)>,
    pub(crate) scratch: Result<RunFolders, String>,
    pub(crate) pki: Result<Pki, String>,
}

impl Session {
    pub(crate) fn new(
        context: Arc<Context>,
        backend: Arc<dyn Backend>,
        options: RunOptions,
        plan: &Plan,
        events: Events,
        cancel: CancellationToken,
    ) -> Session {
        let scratch = RunFolders::new(&context.temporary);
        let hosts: Vec<&str> =
            plan.samples.iter().flat_map(|sample| sample.manifest.service.hosts()).collect();
        let pki = match &scratch {
            Ok(folders) => Pki::make(folders.pki(), &hosts).map_err(|error| error.to_string()),
            Err(error) => Err(error.clone()),
        };
        let time = RunClock::of_run(options.clock);
        let jobs = options.jobs.unwrap_or_else(|| time.jobs(context.cores));
        let jobs = jobs.clamp(1, Semaphore::MAX_PERMITS);
        Session {
            scratch,
            pki,
            jobs: Semaphore::new(jobs),
            searches: Semaphore::new(jobs.min(context.cores.max(1))),
            time,
            replay_options: plan.replay_options.clone(),
            known_failures: plan.known_failures.clone(),
            severities: plan.severities.clone(),
            warnings: Mutex::default(),
            account: Mutex::default(),
            context,
            backend,
            cancel,
            options,
            events,
        }
    }

    /// Tells whoever listens.
    pub(crate) fn tell(&self, event: Event) {
        // Nobody need listen.
        let _ = self.events.send(event);
    }

    /// Adds to the processor time of all attempts.
    pub(crate) fn account_for(&self, cpu: Duration) {
        self.lock_account().0 += cpu;
    }

    /// Adds to what there is to say.
    pub(crate) fn note(&self, notice: String) {
        self.lock_account().1.push(notice);
    }

    /// Notes what the run has left where it should have left nothing: to be called when it is over, with the samples
    /// whose cases could run.
    pub(crate) async fn note_leftovers(&self, ready: &[Arc<Ready>]) {
        for ready in ready {
            let sample = &ready.sample.manifest.id;
            let changes = ready.prepared.changes();
            if let Some((first, more)) = changes.split_first() {
                let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
                self.note(format!(
                    "{sample}: its cases changed the folder that they share ({first}{more}), so that one can change \
                     what another does; a sample writes to TMPDIR or HOME"
                ));
            }
        }
        for command in self.context.supervisor.end_hidden().await {
            self.note(format!(
                "a process that hid from rescind was left by some case, and was killed: {command}"
            ));
        }
    }

    /// The processor time of all attempts so far, and what there is to say about them.
    pub(crate) fn account(&self) -> (Duration, Vec<String>) {
        let mut account = self.lock_account().clone();
        account.1.sort();
        account
    }

    /// The findings for which a case fails. Those of rules that are only warned of are told at the end.
    pub(crate) fn weigh(&self, id: &CaseId, findings: Vec<Finding>) -> Vec<Finding> {
        let WeighedFindings { errors, warnings } = self.severities.weigh(findings);
        if !warnings.is_empty() {
            self.warnings.lock().unwrap_or_else(PoisonError::into_inner).take(id, &warnings);
        }
        errors
    }

    /// What was only warned of, a line for each rule and sample.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).lines()
    }

    /// The result of a case that was not run.
    pub(crate) fn blank(&self, sample: &PlannedSample, scenario: &Scenario) -> CaseResult {
        let id = CaseId { sample: sample.manifest.id.clone(), scenario: scenario.name.clone() };
        CaseResult {
            title: scenario.title.clone(),
            schedule: scenario.schedule.to_string(),
            verdict: Verdict::Skipped,
            reason: None,
            findings: Vec::new(),
            observation: None,
            location: sample.location.clone(),
            wall_ms: 0,
            virtual_ms: None,
            other_tries: Vec::new(),
            replay: self.replay(&id),
            id,
        }
    }

    /// The command that runs just this case.
    fn replay(&self, id: &CaseId) -> String {
        let SampleId { service, language } = &id.sample;
        let mut words =
            vec!["run", "--service", service.name(), "--language", language, "--scenario", &id.scenario];
        words.extend(self.replay_options.iter().map(String::as_str));
        let words: Vec<_> = words.into_iter().map(Into::into).collect();
        command_line(&"rescind".into(), &words)
    }

    /// The command that plays a schedule with a sample.
    pub(crate) fn replay_of(&self, sample: &SampleId, schedule: &Schedule) -> String {
        let mut words = vec!["replay".to_owned(), sample.to_string(), schedule.to_string()];
        words.extend(self.replay_options.iter().cloned());
        let words: Vec<_> = words.into_iter().map(Into::into).collect();
        command_line(&"rescind".into(), &words)
    }

    /// What the list of known failures makes of a verdict on code that could not even be run, and why.
    pub(crate) fn listed(
        &self,
        verdict: Verdict,
        id: &CaseId,
        findings: &[Finding],
    ) -> (Verdict, Option<String>) {
        match verdict {
            Verdict::Fail => known::verdict(&self.known_failures, id, findings),
            other => (other, None),
        }
    }

    fn lock_account(&self) -> MutexGuard<'_, (Duration, Vec<String>)> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
