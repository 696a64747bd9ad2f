//! A run: samples are prepared one after another, their cases run side by side, and all of it becomes results.

mod attempt;
mod case;
mod error;
mod folders;
mod reach;
mod session;
mod start;
mod surroundings;
#[cfg(test)]
mod tests;
mod tries;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rescind_catalog::{Plan, PlannedSample};
use rescind_model::{CaseId, CaseResult, Environment, Results, SCHEMA_VERSION, Verdict, known};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Backend, Context, Events, RunOptions, Toolchain};
use session::Session;
use start::Started;

/// How long a run took, and how long it had to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Real time of the whole run.
    pub wall: Duration,
    /// Processor time of all processes of cases, each attempt counted.
    pub cpu: Duration,
    /// The number of processors.
    pub cores: usize,
}

impl Timing {
    /// No run of these cases can be faster: their processor time, spread evenly over the processors.
    pub fn lower_bound(&self) -> Duration {
        self.cpu / u32::try_from(self.cores).unwrap_or(u32::MAX).max(1)
    }
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct FinishedRun {
    /// The results, for every case of the plan.
    pub results: Results,
    /// How long it took.
    pub timing: Timing,
}

/// Runs every case of a plan.
///
/// Whatever fails becomes the verdict of the cases that it concerns. When `cancel` is cancelled, every process is
/// killed, cases that have not ended are `skipped`, and the results say that the run was interrupted.
/// `version` is the version of rescind, for the results.
pub async fn run(
    context: Arc<Context>,
    backend: Arc<dyn Backend>,
    plan: Plan,
    options: RunOptions,
    version: &str,
    events: Events,
    cancel: CancellationToken,
) -> FinishedRun {
    let started = context.clock.now();
    let mut notices = plan.notices.clone();
    let session =
        Arc::new(Session::new(Arc::clone(&context), backend, options, &plan, events, cancel.clone()));
    let mut cases = JoinSet::new();
    let Started { toolchains, ready, mut verdicts } = start::start(&session, &plan.samples, &mut cases).await;
    while let Some(joined) = cases.join_next().await {
        match joined {
            Ok(case) => verdicts.push(case),
            // The case has no result then, which is filled in below.
            Err(error) => notices.push(format!("a case ended in a fault of rescind's own: {error}")),
        }
    }
    let interrupted = cancel.is_cancelled();
    let mut results: BTreeMap<CaseId, CaseResult> =
        verdicts.into_iter().map(|case| (case.id.clone(), case)).collect();
    for sample in &plan.samples {
        for scenario in &sample.scenarios {
            let blank = session.blank(sample, scenario);
            results.entry(blank.id.clone()).or_insert_with(|| {
                if interrupted {
                    CaseResult { verdict: Verdict::Skipped, reason: Some("interrupted".to_owned()), ..blank }
                } else {
                    let reason = "a fault of rescind's own; see the notices".to_owned();
                    CaseResult { verdict: Verdict::SetupError, reason: Some(reason), ..blank }
                }
            });
        }
    }
    session.note_leftovers(&ready).await;
    let (cpu, more_notices) = session.account();
    notices.extend(more_notices);
    let cases: Vec<CaseResult> = results.into_values().collect();
    notices.extend(expected_otherwise(&plan, &cases));
    notices.extend(plan.samples.iter().filter_map(|sample| not_checked(sample, &cases)));
    let results = Results {
        schema_version: SCHEMA_VERSION,
        environment: Environment {
            rescind: version.to_owned(),
            platform: context.platform.name.clone(),
            emulator: session.backend.name(),
            clock: session.time.kind(),
            clock_reason: session.time.reason().map(str::to_owned),
            source: plan.source.clone(),
            catalogue: plan.catalogue.clone(),
            toolchains: versions(&plan.samples, &toolchains),
        },
        interrupted,
        filtered: plan.filtered,
        shard: plan.shard.clone(),
        notices,
        stale_entries: known::stale(&plan.known_failures, &cases, plan.filtered),
        cases,
    };
    let wall = context.clock.now().duration_since(started);
    FinishedRun { results, timing: Timing { wall, cpu, cores: context.cores } }
}

/// A notice for each case that ran to its end and was not held to its scenario's own expectation.
fn expected_otherwise<'a>(plan: &'a Plan, cases: &'a [CaseResult]) -> impl Iterator<Item = String> + 'a {
    cases.iter().filter(|case| case.ran_to_its_end()).filter_map(|case| {
        let sample = plan.samples.iter().find(|sample| sample.manifest.id == case.id.sample)?;
        let substitute = sample.manifest.expectations.get(&case.id.scenario)?;
        Some(format!("{} is {substitute}", case.id))
    })
}

/// The notice that nobody knows what the output of a sample that ran asserts.
fn not_checked(sample: &PlannedSample, cases: &[CaseResult]) -> Option<String> {
    let id = &sample.manifest.id;
    let (contract, key) = sample.contract();
    let ran = cases.iter().any(|case| case.id.sample == *id && case.ran_to_its_end());
    (ran && contract.claims.is_empty()).then(|| {
        format!("whether what {id} prints is true was not checked: manifests/{id}.yaml has no `{key}`")
    })
}

/// Language to versions of its programs, where all of them were found.
fn versions(samples: &[PlannedSample], toolchains: &[Option<Toolchain>]) -> BTreeMap<String, String> {
    samples
        .iter()
        .zip(toolchains)
        .filter_map(|(sample, toolchain)| Some((sample, toolchain.as_ref()?)))
        .filter(|(_, toolchain)| toolchain.missing.is_empty() && !toolchain.found.is_empty())
        .map(|(sample, toolchain)| (sample.manifest.id.language.clone(), toolchain.versions()))
        .collect()
}
