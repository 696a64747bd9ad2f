//! A run: samples are prepared one after another, their cases run side by side, and all of it becomes results.

mod attempt;
mod repeat;
mod session;
#[cfg(test)]
mod tests;
mod tries;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rescind_model::{
    CaseId, CaseResult, Environment, Finding, Results, Rule, SCHEMA_VERSION, Verdict, known,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::prepare::{PrepareError, is_installed, prepare};
use crate::{Backend, Context, Event, Events, Options, Plan, PlannedSample, Toolchain, warp};
use session::{Ready, Session};

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
pub struct Finished {
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
    options: Options,
    version: &str,
    events: Events,
    cancel: CancellationToken,
) -> Finished {
    let started = context.clock.now();
    let mut notices = plan.notices.clone();
    notices.extend(not_warped(&context, &plan, &options));
    let session =
        Arc::new(Session::new(Arc::clone(&context), backend, options, &plan, events, cancel.clone()));
    let mut cases = JoinSet::new();
    let toolchains = find_toolchains(&session, &plan.samples).await;
    let mut verdicts = start_cases(&session, &plan.samples, &toolchains, &mut cases).await;
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
    let (cpu, more_notices) = session.account();
    notices.extend(more_notices);
    let cases: Vec<CaseResult> = results.into_values().collect();
    let results = Results {
        schema_version: SCHEMA_VERSION,
        environment: Environment {
            rescind: version.to_owned(),
            platform: context.platform.name.clone(),
            emulator: session.backend.name(),
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
    Finished { results, timing: Timing { wall, cpu, cores: context.cores } }
}

/// The toolchain of each sample, looked for side by side; none where the run was interrupted first.
async fn find_toolchains(session: &Arc<Session>, samples: &[PlannedSample]) -> Vec<Option<Toolchain>> {
    let mut searches = JoinSet::new();
    for (index, sample) in samples.iter().enumerate() {
        let (session, manifest) = (Arc::clone(session), Arc::clone(&sample.manifest));
        searches.spawn(async move {
            let _permit = session.jobs.acquire().await;
            (index, Toolchain::find(&session.context, &manifest, &session.cancel).await.ok())
        });
    }
    let mut toolchains = vec![None; samples.len()];
    while let Some(found) = searches.join_next().await {
        if let Ok((index, toolchain)) = found {
            toolchains[index] = toolchain;
        }
    }
    toolchains
}

/// Prepares the samples one after another, those first that are installed already, and starts the cases of each as
/// soon as it is ready. The results are those of cases that cannot be run.
async fn start_cases(
    session: &Arc<Session>,
    samples: &[PlannedSample],
    toolchains: &[Option<Toolchain>],
    cases: &mut JoinSet<CaseResult>,
) -> Vec<CaseResult> {
    // Preparing takes the place of one case: the machine never has more to do than it was told.
    let _permit = session.jobs.acquire().await;
    let mut order: Vec<(&PlannedSample, &Toolchain)> = samples
        .iter()
        .zip(toolchains)
        .filter_map(|(sample, found)| Some((sample, found.as_ref()?)))
        .collect();
    order.sort_by_key(|(sample, toolchain)| {
        !is_installed(&session.context, &sample.manifest, toolchain).unwrap_or(false)
    });
    let mut verdicts = Vec::new();
    for (sample, toolchain) in order {
        let ready = match toolchain.reason() {
            Some(reason) => Err(NotReady::new(Verdict::Unsupported, reason)),
            None => get_ready(session, sample, toolchain).await,
        };
        if session.cancel.is_cancelled() {
            break;
        }
        match ready {
            Ok(ready) => {
                for scenario in &sample.scenarios {
                    cases.spawn(Arc::clone(session).case(Arc::clone(&ready), Arc::clone(scenario)));
                }
            }
            Err(NotReady { verdict, reason, findings }) => {
                session
                    .tell(Event::NotPrepared { sample: sample.manifest.id.clone(), reason: reason.clone() });
                for scenario in &sample.scenarios {
                    let blank = session.blank(sample, scenario);
                    let (verdict, known) = session.listed(verdict, &blank.id, &findings);
                    let reason = known.or_else(|| Some(reason.clone()));
                    let case = CaseResult { verdict, reason, findings: findings.clone(), ..blank };
                    session.tell(Event::CaseFinished { case: Box::new(case.clone()) });
                    verdicts.push(case);
                }
            }
        }
    }
    verdicts
}

/// What becomes of all cases of a sample that is not ready to run.
struct NotReady {
    verdict: Verdict,
    reason: String,
    findings: Vec<Finding>,
}

impl NotReady {
    fn new(verdict: Verdict, reason: String) -> NotReady {
        NotReady { verdict, reason, findings: Vec::new() }
    }
}

impl From<PrepareError> for NotReady {
    /// Published code that does not build is at fault in every scenario. Any other error says nothing about the code.
    fn from(error: PrepareError) -> NotReady {
        match error {
            PrepareError::DoesNotBuild { complaint, step, .. } => NotReady {
                verdict: Verdict::Fail,
                reason: step.to_string(),
                findings: vec![Finding::new(Rule::DoesNotBuild, complaint)],
            },
            error => NotReady::new(Verdict::SetupError, error.to_string()),
        }
    }
}

async fn get_ready(
    session: &Session,
    sample: &PlannedSample,
    toolchain: &Toolchain,
) -> Result<Arc<Ready>, NotReady> {
    let id = &sample.manifest.id;
    session.tell(Event::Preparing { sample: id.clone() });
    let prepared =
        prepare(&session.context, &sample.manifest, toolchain, &sample.code, &session.cancel).await?;
    session.tell(Event::Prepared { sample: id.clone(), cached: prepared.cached });
    Ok(Arc::new(Ready::new(sample.clone(), prepared)))
}

/// The notice that time is real where it should be warped.
fn not_warped(context: &Context, plan: &Plan, options: &Options) -> Option<String> {
    if !options.time_warp || context.faketime.is_some() {
        return None;
    }
    let mut samples: Vec<String> = plan
        .samples
        .iter()
        .filter(|sample| sample.manifest.run.time_warp.is_some())
        .map(|sample| sample.manifest.id.to_string())
        .collect();
    samples.sort();
    let install = warp::install_command(&context.platform.system)
        .map(|command| format!("; install it with: {command}"))
        .unwrap_or_default();
    (!samples.is_empty())
        .then(|| format!("time is not warped for {}: libfaketime is not there{install}", samples.join(", ")))
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
