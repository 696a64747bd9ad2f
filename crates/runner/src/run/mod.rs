//! A run: samples are prepared one after another, their cases run side by side, and all of it becomes results.

pub(crate) mod attempt;
mod case;
pub(crate) mod conclude;
pub(crate) mod error;
mod folders;
mod reach;
pub(crate) mod session;
pub(crate) mod start;
mod surroundings;
#[cfg(test)]
mod tests;
pub(crate) mod tries;
mod unpromised;
mod warnings;

use std::collections::BTreeMap;
use std::sync::Arc;

use rescind_catalog::Plan;
use rescind_model::{CaseId, CaseResult, Verdict};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::conclude::{Concluded, conclude};
pub use self::conclude::{FinishedRun, Timing};
use self::session::{Ready, Session};
use crate::{Backend, Context, Events, RunOptions};

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
    let began = context.clock.now();
    let mut notices = plan.notices.clone();
    let session =
        Arc::new(Session::new(Arc::clone(&context), backend, options, &plan, events, cancel.clone()));
    let mut cases = JoinSet::new();
    let begin = |ready: &Arc<Ready>, cases: &mut JoinSet<CaseResult>| {
        for scenario in &ready.sample.scenarios {
            cases.spawn(Arc::clone(&session).case(Arc::clone(ready), Arc::clone(scenario)));
        }
    };
    let mut begun = start::start(&session, &plan.samples, &mut cases, begin).await;
    let mut verdicts = std::mem::take(&mut begun.verdicts);
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
    let cases: Vec<CaseResult> = results.into_values().collect();
    let concluded = Concluded { cases, explorations: Vec::new(), notices, began };
    conclude(&session, &plan, begun, concluded, version).await
}
