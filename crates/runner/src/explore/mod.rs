//! An exploration: every legal schedule of a sample up to a bound, and what is wrong in any of them.
//!
//! What might be decided otherwise ([`alternatives`]) makes schedules, breadth first ([`search`]). The engine plays each
//! along the histories that are known ([`tree`]), so that the sample is run only for what it has never been told
//! ([`sample`]); what came of all of them is [gathered](gather).

mod alternatives;
mod coverage;
mod exploring;
mod gather;
mod sample;
mod search;
#[cfg(test)]
mod tests;
mod tree;

use std::sync::Arc;

use rescind_catalog::Plan;
use rescind_emulator::WallClock;
use rescind_model::{CaseResult, Schedule};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use self::alternatives::Bounds;
pub use self::exploring::Exploring;
use self::gather::Explored;
pub use self::gather::scenario_of;
use crate::run::conclude::{Concluded, conclude};
use crate::run::session::Session;
use crate::run::start::start;
use crate::{Context, Embedded, Events, FinishedRun, RunOptions};

/// Explores the samples of a plan, whose scenarios do not matter. A sample that cannot be run has one result that says why.
///
/// Cases run against emulators in this process, to which `clock` tells the time. When `cancel` is cancelled, what is known is
/// the result.
#[expect(clippy::too_many_arguments, reason = "as for a run, and what is particular to an exploration")]
pub async fn explore(
    context: Arc<Context>,
    clock: Arc<dyn WallClock>,
    plan: Plan,
    options: RunOptions,
    exploring: Exploring,
    version: &str,
    events: Events,
    cancel: CancellationToken,
) -> FinishedRun {
    let began = context.clock.now();
    let until = exploring.budget.map(|budget| began + budget);
    let backend = Arc::new(Embedded::new(Arc::clone(&clock)));
    // The cases of scenarios are others: entries on known failures may be about them.
    let mut plan = Plan { filtered: true, ..plan };
    for sample in &mut plan.samples {
        let default = scenario_of(&sample.manifest.id, &Schedule::default());
        sample.scenarios = vec![Arc::new(default)];
    }
    let session = Arc::new(Session::new(context, backend, options, &plan, events, cancel));
    let mut samples: JoinSet<Explored> = JoinSet::new();
    let started = start(&session, &plan.samples, &mut samples, |ready, samples| {
        let (session, ready, clock) = (Arc::clone(&session), Arc::clone(ready), Arc::clone(&clock));
        samples.spawn(sample::explore(session, ready, clock, exploring, until));
    });
    let mut started = started.await;
    let mut notices = plan.notices.clone();
    let mut explorations = Vec::new();
    let mut cases: Vec<CaseResult> = std::mem::take(&mut started.verdicts);
    while let Some(joined) = samples.join_next().await {
        match joined {
            Ok(explored) => {
                explorations.push(explored.exploration);
                cases.extend(explored.cases);
            }
            Err(error) => notices.push(format!("an exploration ended in a fault of rescind's own: {error}")),
        }
    }
    explorations.sort_by(|a, b| a.sample.cmp(&b.sample));
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    let concluded = Concluded { cases, explorations, notices, began };
    conclude(&session, &plan, started, concluded, version).await
}
