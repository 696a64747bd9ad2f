//! The beginning of a run: toolchains are found, samples are prepared, cases are started.
//!
//! Some programs take seconds to tell their version, and a build takes minutes. So the cases of a sample for which there
//! is nothing to do start as soon as its programs are found, whatever the others are at.

use std::sync::Arc;

use rescind_catalog::PlannedSample;
use rescind_model::{CaseResult, Finding, Location, Rule, Scenario, Verdict};
use tokio::task::JoinSet;

use super::session::{Ready, Session};
use crate::prepare::{PrepareError, Readiness, prepare, readiness};
use crate::{Event, Toolchain};

/// What is known when every case has been started.
pub(crate) struct Started {
    /// The toolchain of each sample; none where the run was interrupted first.
    pub(crate) toolchains: Vec<Option<Toolchain>>,
    /// The samples whose cases can run.
    pub(crate) ready: Vec<Arc<Ready>>,
    /// The results of cases that cannot be run.
    pub(crate) verdicts: Vec<CaseResult>,
}

/// Looks for the toolchains side by side. `begin` is called for each sample that is ready: for those that are built, at once;
/// the others are then prepared one after another, those first whose dependencies are installed.
pub(crate) async fn start<T: 'static>(
    session: &Arc<Session>,
    samples: &[PlannedSample],
    tasks: &mut JoinSet<T>,
    begin: impl Fn(&Arc<Ready>, &mut JoinSet<T>),
) -> Started {
    let mut searches = JoinSet::new();
    for (index, sample) in samples.iter().enumerate() {
        let (session, manifest) = (Arc::clone(session), Arc::clone(&sample.manifest));
        searches.spawn(async move {
            let _permit = session.searches.acquire().await;
            (index, Toolchain::find(&session.context, &manifest, &session.cancel).await.ok())
        });
    }
    let mut started =
        Started { toolchains: vec![None; samples.len()], ready: Vec::new(), verdicts: Vec::new() };
    let mut unprepared: Vec<(Readiness, usize)> = Vec::new();
    while let Some(found) = searches.join_next().await {
        let (index, toolchain) = match found {
            Ok((index, Some(toolchain))) => (index, toolchain),
            // Interrupted.
            Ok((_, None)) => continue,
            Err(error) => {
                session
                    .note(format!("the search for a toolchain ended in a fault of rescind's own: {error}"));
                continue;
            }
        };
        let sample = &samples[index];
        let readiness = readiness(&session.context, &sample.manifest, &toolchain, &sample.code);
        if toolchain.reason().is_some() || readiness == Readiness::Built {
            if let Some(ready) = get_going(session, sample, &toolchain, &mut started).await {
                begin(&ready, tasks);
            }
        } else {
            unprepared.push((readiness, index));
        }
        started.toolchains[index] = Some(toolchain);
    }
    if unprepared.is_empty() {
        return started;
    }
    // Preparing takes the place of one case: the machine never has more to do than it was told.
    let _permit = session.jobs.acquire().await;
    unprepared.sort();
    for (_, index) in unprepared {
        if let Some(toolchain) = started.toolchains[index].clone()
            && let Some(ready) = get_going(session, &samples[index], &toolchain, &mut started).await
        {
            begin(&ready, tasks);
        }
    }
    started
}

/// Prepares a sample, as far as it is not; where its cases cannot be run, they have their verdict.
async fn get_going(
    session: &Session,
    sample: &PlannedSample,
    toolchain: &Toolchain,
    started: &mut Started,
) -> Option<Arc<Ready>> {
    let ready = match toolchain.reason() {
        Some(reason) => Err(NotReady::new(toolchain.verdict(), reason)),
        None => get_ready(session, sample, toolchain).await,
    };
    if session.cancel.is_cancelled() {
        return None;
    }
    match ready {
        Ok(ready) => {
            started.ready.push(Arc::clone(&ready));
            Some(ready)
        }
        Err(reason) => {
            let (id, text) = (sample.manifest.id.clone(), reason.reason.clone());
            session.tell(Event::NotPrepared { sample: id, reason: text });
            started
                .verdicts
                .extend(sample.scenarios.iter().map(|scenario| not_run(session, sample, scenario, &reason)));
            None
        }
    }
}

/// The result of a case that cannot be run, which is told.
fn not_run(session: &Session, sample: &PlannedSample, scenario: &Scenario, why: &NotReady) -> CaseResult {
    let blank = session.blank(sample, scenario);
    let (verdict, known) = session.listed(why.verdict, &blank.id, &why.findings);
    let reason = known.unwrap_or_else(|| why.reason.clone());
    let case = CaseResult { verdict, reason: Some(reason), findings: why.findings.clone(), ..blank };
    session.tell(Event::CaseFinished { case: Box::new(case.clone()) });
    case
}

/// What becomes of cases that are not ready to run.
struct NotReady {
    verdict: Verdict,
    reason: String,
    findings: Vec<Finding>,
}

impl NotReady {
    fn new(verdict: Verdict, reason: String) -> NotReady {
        NotReady { verdict, reason, findings: Vec::new() }
    }

    /// Published code that does not build is at fault in every scenario. Any other error says nothing about the code; and
    /// packages that cannot be had are missing as a program of the toolchain is.
    fn of(error: PrepareError, code: Option<&Location>) -> NotReady {
        match error {
            PrepareError::DoesNotBuild { complaint, line, step, .. } => NotReady {
                verdict: Verdict::Fail,
                reason: step.to_string(),
                findings: vec![Finding {
                    place: code.map(|code| Location::of_line(&code.file, line)),
                    ..Finding::new(Rule::DoesNotBuild, complaint)
                }],
            },
            error @ PrepareError::Unavailable { .. } => {
                NotReady::new(Verdict::Unsupported, error.to_string())
            }
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
        prepare(&session.context, &sample.manifest, toolchain, &sample.code, &session.cancel).await;
    let prepared = prepared.map_err(|error| NotReady::of(error, sample.location.as_ref()))?;
    session.tell(Event::Prepared { sample: id.clone(), cached: prepared.cached });
    for place in &prepared.replaced {
        session.note(format!(
            "{id}: {place} in the cache had been changed since it was prepared, and was made anew"
        ));
    }
    Ok(Arc::new(Ready::new(sample.clone(), prepared)))
}
