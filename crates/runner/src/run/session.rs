//! What the cases of a run share: the back-end, the limits, the account.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rescind_model::{
    CaseId, CaseResult, Contract, Finding, KnownFailure, SampleId, Scenario, Verdict, known,
};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use super::attempt::{Attempted, Case};
use super::error::CaseError;
use super::tries::{Tried, Tries, milliseconds};
use crate::prepare::{Prepared, command_line};
use crate::{Backend, Context, Event, Events, Options, Pki, Plan, PlannedSample, Time};

/// A sample whose cases can be run.
pub(super) struct Ready {
    sample: PlannedSample,
    prepared: Prepared,
    /// How many cases of this sample may run at once.
    jobs: Semaphore,
}

impl Ready {
    pub(super) fn new(sample: PlannedSample, prepared: Prepared) -> Ready {
        let jobs = sample.manifest.run.jobs.map_or(Semaphore::MAX_PERMITS, |jobs| jobs.max(1) as usize);
        Ready { sample, prepared, jobs: Semaphore::new(jobs.min(Semaphore::MAX_PERMITS)) }
    }

    fn contract(&self) -> &Contract {
        self.sample.contract().0
    }
}

/// A run that goes on.
pub(super) struct Session {
    pub(super) context: Arc<Context>,
    pub(super) backend: Arc<dyn Backend>,
    pub(super) cancel: CancellationToken,
    /// How many cases may run at once.
    pub(super) jobs: Semaphore,
    /// How many toolchains may be looked for at once, besides the cases.
    pub(super) searches: Semaphore,
    /// The clock of the run.
    pub(super) time: Time,
    options: Options,
    replay_options: Vec<String>,
    known_failures: Vec<KnownFailure>,
    events: Events,
    account: Mutex<(Duration, Vec<String>)>,
    scratch: Result<Folders, String>,
    pki: Result<Pki, String>,
}

/// The folder of a run, which goes with it, and one in it. (No project has a name that begins like that one's.)
struct Folders {
    all: TempDir,
    pki: PathBuf,
}

impl Folders {
    fn new(temporary: &Path) -> Result<Folders, String> {
        let made = tempfile::Builder::new().prefix("rescind-").tempdir_in(temporary).and_then(|all| {
            let pki = all.path().join("_pki");
            std::fs::create_dir(&pki)?;
            Ok(Folders { all, pki })
        });
        made.map_err(|error| format!("no folder can be made in {}: {error}", temporary.display()))
    }
}

impl Session {
    pub(super) fn new(
        context: Arc<Context>,
        backend: Arc<dyn Backend>,
        options: Options,
        plan: &Plan,
        events: Events,
        cancel: CancellationToken,
    ) -> Session {
        let scratch = Folders::new(&context.temporary);
        let hosts: Vec<&str> =
            plan.samples.iter().flat_map(|sample| sample.manifest.service.hosts()).collect();
        let pki = match &scratch {
            Ok(folders) => Pki::make(&folders.pki, &hosts).map_err(|error| error.to_string()),
            Err(error) => Err(error.clone()),
        };
        let time = Time::of_run(options.clock);
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
            account: Mutex::default(),
            context,
            backend,
            cancel,
            options,
            events,
        }
    }

    /// Tells whoever listens.
    pub(super) fn tell(&self, event: Event) {
        // Nobody need listen.
        let _ = self.events.send(event);
    }

    /// Adds to what there is to say.
    pub(super) fn note(&self, notice: String) {
        self.lock_account().1.push(notice);
    }

    /// Notes what the run has left where it should have left nothing: to be called when it is over, with the samples
    /// whose cases could run.
    pub(super) async fn note_leftovers(&self, ready: &[Arc<Ready>]) {
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
    pub(super) fn account(&self) -> (Duration, Vec<String>) {
        let mut account = self.lock_account().clone();
        account.1.sort();
        account
    }

    /// The result of a case that was not run.
    pub(super) fn blank(&self, sample: &PlannedSample, scenario: &Scenario) -> CaseResult {
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

    /// Runs a case to its verdict.
    pub(super) async fn case(self: Arc<Session>, ready: Arc<Ready>, scenario: Arc<Scenario>) -> CaseResult {
        let blank = self.blank(&ready.sample, &scenario);
        let id = blank.id.clone();
        let scenario = ready.sample.manifest.as_met(&scenario);
        let substitute = ready.sample.manifest.expectations.get(&scenario.name);
        let result = match self.tries(&ready, &scenario, &id).await {
            Ok(Tried { first, others, verdict, reason }) => CaseResult {
                verdict,
                reason: reason.or_else(|| substitute.map(ToString::to_string)),
                findings: first.findings,
                observation: Some(first.observation),
                wall_ms: milliseconds(first.wall),
                virtual_ms: first.virtual_time.map(milliseconds),
                other_tries: others,
                ..blank
            },
            Err(CaseError::Cancelled) => {
                CaseResult { verdict: Verdict::Skipped, reason: Some("interrupted".to_owned()), ..blank }
            }
            Err(error) => {
                CaseResult { verdict: Verdict::SetupError, reason: Some(error.to_string()), ..blank }
            }
        };
        self.tell(Event::CaseFinished { case: Box::new(result.clone()) });
        result
    }

    /// What the list of known failures makes of a verdict on code that could not even be run, and why.
    pub(super) fn listed(
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

    /// Tries a case, and anew if it fails and the list of known failures does not say so.
    async fn tries(&self, ready: &Ready, scenario: &Scenario, id: &CaseId) -> Result<Tried, CaseError> {
        let case = self.as_case(ready, scenario, id)?;
        let first = self.attempt(&case, ready, Event::CaseStarted { id: id.clone() }).await?;
        let verdict_on = |it: &Attempted| {
            Verdict::of_run(&self.known_failures, scenario, id, &it.observation, &it.findings)
        };
        let (verdict, reason) = verdict_on(&first);
        if verdict != Verdict::Fail {
            return Ok(Tried { first, others: Vec::new(), verdict, reason });
        }
        let mut tries = Tries::new(first);
        for _ in 0..self.options.retries {
            let begins = Event::CaseRetried { id: id.clone(), number: tries.next() };
            match self.attempt(&case, ready, begins).await {
                Ok(attempted) if verdict_on(&attempted).0.tells_of_the_sample() => {
                    if tries.push(attempted) {
                        break;
                    }
                }
                // It tells nothing, so what was seen before stands: the case failed.
                Ok(_) | Err(_) => break,
            }
        }
        Ok(tries.end())
    }

    /// A case, as every attempt at it sees it.
    fn as_case<'a>(
        &'a self,
        ready: &'a Ready,
        scenario: &'a Scenario,
        id: &'a CaseId,
    ) -> Result<Case<'a>, CaseError> {
        let run = &ready.sample.manifest.run;
        Ok(Case {
            context: &self.context,
            backend: &*self.backend,
            manifest: &ready.sample.manifest,
            prepared: &ready.prepared,
            contract: ready.contract(),
            scenario,
            id,
            scratch: self.folders()?.all.path(),
            pki: self.pki.as_ref().map_err(|error| CaseError::NoPki(error.clone()))?,
            limits: self.time.limits(&self.options, run),
            endpoint: self.options.endpoint.unwrap_or(run.endpoint),
            time: &self.time,
            cancel: &self.cancel,
        })
    }

    /// Attempts a case once, when it is its turn, which is told.
    async fn attempt(&self, case: &Case<'_>, ready: &Ready, begins: Event) -> Result<Attempted, CaseError> {
        let _permits = self.permits(ready).await?;
        self.tell(begins);
        let attempted = case.attempt().await?;
        self.lock_account().0 += attempted.cpu;
        Ok(attempted)
    }

    /// Waits for its turn. Every attempt waits anew, so that a case that is tried again does not keep the first attempts
    /// of others waiting.
    async fn permits<'a>(&'a self, ready: &'a Ready) -> Result<[Option<SemaphorePermit<'a>>; 2], CaseError> {
        let permits = async {
            // Always in this order, the narrower first: nobody holds what is common while waiting for what is not.
            let sample = ready.jobs.acquire().await.ok();
            let job = self.jobs.acquire().await.ok();
            [sample, job]
        };
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(CaseError::Cancelled),
            permits = permits => Ok(permits),
        }
    }

    fn folders(&self) -> Result<&Folders, CaseError> {
        self.scratch.as_ref().map_err(|error| CaseError::NoScratch(error.clone()))
    }

    fn lock_account(&self) -> MutexGuard<'_, (Duration, Vec<String>)> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
