//! The end of a run: what it came to becomes results.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rescind_catalog::{Plan, PlannedSample};
use rescind_model::{CaseResult, Environment, Exploration, PublishedSource, Results, SCHEMA_VERSION, known};

use super::session::Session;
use super::start::Started;
use super::unpromised::unpromised;
use crate::{Toolchain, source_map};

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

/// What a run has come to.
pub(crate) struct Concluded {
    /// The cases, in the order of their ids.
    pub(crate) cases: Vec<CaseResult>,
    /// What was explored.
    pub(crate) explorations: Vec<Exploration>,
    /// What there is to say besides.
    pub(crate) notices: Vec<String>,
    /// When the run began.
    pub(crate) began: Instant,
}

/// Makes the results of a run that is over.
pub(crate) async fn conclude(
    session: &Session,
    plan: &Plan,
    started: Started,
    concluded: Concluded,
    version: &str,
) -> FinishedRun {
    let Concluded { cases, explorations, mut notices, began } = concluded;
    let context = &session.context;
    session.note_leftovers(&started.ready).await;
    let (cpu, more_notices) = session.account();
    notices.extend(more_notices);
    notices.extend(session.warnings());
    notices.extend(expected_otherwise(plan, &cases));
    if explorations.is_empty() {
        notices.extend(plan.samples.iter().filter_map(|sample| unpromised(sample, &cases)));
    }
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
            toolchains: versions(&plan.samples, &started.toolchains),
        },
        interrupted: session.cancel.is_cancelled(),
        filtered: plan.filtered,
        shard: plan.shard.clone(),
        notices,
        stale_entries: known::stale(&plan.known_failures, &cases, plan.filtered),
        explorations,
        sources: sources(plan, &cases),
        cases,
    };
    let wall = context.clock.now().duration_since(began);
    FinishedRun { results, timing: Timing { wall, cpu, cores: context.cores } }
}

/// The code of the samples that something was found in.
fn sources(plan: &Plan, cases: &[CaseResult]) -> Vec<PublishedSource> {
    let is_found = |sample: &&PlannedSample| {
        cases.iter().any(|case| case.id.sample == sample.manifest.id && !case.findings.is_empty())
    };
    let mut found: Vec<PublishedSource> =
        plan.samples.iter().filter(is_found).filter_map(source_map::published).collect();
    found.sort_by(|a, b| a.sample.cmp(&b.sample));
    found
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
