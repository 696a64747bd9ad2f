//! A case, from its turn to its verdict.

use std::path::Path;
use std::sync::Arc;

use rescind_model::{CaseId, CaseResult, Scenario, Verdict};
use tokio::sync::SemaphorePermit;

use super::attempt::{Attempted, Case};
use super::error::CaseError;
use super::session::{Ready, Session};
use super::tries::{Tried, Tries, milliseconds};
use crate::Event;

impl Session {
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

    /// Tries a case, and anew if it fails and the list of known failures does not say so.
    async fn tries(&self, ready: &Ready, scenario: &Scenario, id: &CaseId) -> Result<Tried, CaseError> {
        let case = self.as_case(ready, scenario, id)?;
        let mut first = self.attempt(&case, ready, Some(Event::CaseStarted { id: id.clone() })).await?;
        first.findings = self.weigh(id, first.findings);
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
            match self.attempt(&case, ready, Some(begins)).await {
                Ok(mut attempted) => {
                    attempted.findings = self.weigh(id, attempted.findings);
                    // One that tells nothing leaves what was seen before: the case failed.
                    if !verdict_on(&attempted).0.tells_of_the_sample() || tries.push(attempted) {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        Ok(tries.end())
    }

    /// A case, as every attempt at it sees it.
    pub(crate) fn as_case<'a>(
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
            source_map: &ready.source_map,
            contract: ready.contract(),
            scenario,
            project: id.project(),
            folder: self.folder()?.join(id.project()),
            pki: self.pki.as_ref().map_err(|error| CaseError::NoPki(error.clone()))?,
            limits: self.time.limits(&self.options, run),
            endpoint: self.options.endpoint.unwrap_or(run.endpoint),
            time: &self.time,
            cancel: &self.cancel,
        })
    }

    /// The folder in which each case has one of its own.
    pub(crate) fn folder(&self) -> Result<&Path, CaseError> {
        Ok(self.scratch.as_ref().map_err(|error| CaseError::NoScratch(error.clone()))?.cases())
    }

    /// Attempts a case once, when it is its turn, which may be told.
    pub(crate) async fn attempt(
        &self,
        case: &Case<'_>,
        ready: &Ready,
        begins: Option<Event>,
    ) -> Result<Attempted, CaseError> {
        let _permits = self.permits(ready).await?;
        begins.into_iter().for_each(|event| self.tell(event));
        let attempted = case.attempt().await?;
        self.account_for(attempted.cpu);
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
}
