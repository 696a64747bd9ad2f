//! The exploration of one sample: it is run wherever the engine alone cannot tell how it goes on.

use std::sync::Arc;
use std::time::Instant;

use rescind_emulator::WallClock;
use rescind_engine::Recording;
use rescind_model::{CaseId, Given, Schedule};
use tokio::task::JoinSet;

use super::exploring::Exploring;
use super::gather::{Explored, Gathered, scenario_of};
use super::search::{Errand, Search};
use crate::run::attempt::{Attempted, Case, setup};
use crate::run::error::CaseError;
use crate::run::session::{Ready, Session};
use crate::{Embedded, Event};

/// What came of running a sample by a schedule.
struct Ran {
    attempted: Attempted,
    recording: Recording,
    /// In what it differs from run to run, if it does.
    differs: Option<String>,
}

/// Explores a sample until everything within the bounds is known, time is up, or the run is interrupted.
pub(super) async fn explore(
    session: Arc<Session>,
    ready: Arc<Ready>,
    clock: Arc<dyn WallClock>,
    exploring: Exploring,
    until: Option<Instant>,
) -> Explored {
    let manifest = &ready.sample.manifest;
    let project = format!("{}-{}", manifest.id.service, manifest.id.language);
    let blank = setup(&manifest.service, Given::default(), Schedule::default());
    let services = Arc::new(rescind_engine::services());
    let mut search = Search::new(Arc::clone(&services), project.clone(), blank, exploring.bounds);
    let mut gathered = Gathered::new(&session, &ready, &project, exploring);
    let mut running: JoinSet<(Errand, Result<Ran, CaseError>)> = JoinSet::new();
    let jobs = session.options.jobs.unwrap_or(session.context.cores).max(1);
    loop {
        let goes_on = || {
            let in_time = until.is_none_or(|until| session.context.clock.now() < until);
            in_time && !session.cancel.is_cancelled()
        };
        while running.len() < jobs && goes_on() {
            match search.next() {
                Ok(Some(errand)) => {
                    let number = gathered.processes;
                    gathered.processes += 1;
                    let (session, ready, clock) =
                        (Arc::clone(&session), Arc::clone(&ready), Arc::clone(&clock));
                    let project = project.clone();
                    running.spawn(async move {
                        let times = exploring.repeat.max(1);
                        let ran = run(&session, &ready, &clock, &project, &errand, number, times).await;
                        (errand, ran)
                    });
                }
                Ok(None) => break,
                Err(error) => gathered.note_failure(&Schedule::default(), error),
            }
        }
        gathered.take(search.take_seen());
        session.tell(Event::Exploring {
            sample: manifest.id.clone(),
            processes: gathered.processes,
            histories: search.histories(),
            left: search.left(),
            faults: gathered.faults(),
        });
        let Some(joined) = running.join_next().await else { break };
        let (errand, ran) = match joined {
            Ok(joined) => joined,
            // What leads to the same place stays unexplored, and is counted so.
            Err(error) => {
                gathered.note_failure(&Schedule::default(), format!("a fault of rescind's own: {error}"));
                continue;
            }
        };
        let schedule = errand.schedule();
        match ran {
            Ok(Ran { attempted, recording, differs }) => {
                let journal = attempted.observation.journal.clone();
                match search.tell(errand, recording) {
                    Ok(history) => gathered.ran(history, &schedule, attempted, differs),
                    Err(why) => gathered.diverged(&schedule, attempted, why),
                }
                let mut seen = search.take_seen();
                if let Some(last) = seen.last_mut()
                    && last.play.journal != journal
                {
                    gathered.note_failure(&schedule, "the engine alone does not come to the same".to_owned());
                }
                gathered.take(seen);
            }
            Err(error) => {
                search.leave(&errand);
                gathered.left += 1;
                if !matches!(error, CaseError::Cancelled) {
                    gathered.note_failure(&schedule, error.to_string());
                }
            }
        }
    }
    gathered.end(&search, &services)
}

/// Runs the sample by a schedule, several times if that is wanted.
async fn run(
    session: &Session,
    ready: &Ready,
    clock: &Arc<dyn WallClock>,
    project: &str,
    errand: &Errand,
    number: usize,
    times: u32,
) -> Result<Ran, CaseError> {
    let scenario = scenario_of(&ready.sample.manifest.id, &errand.schedule());
    let id = CaseId { sample: ready.sample.manifest.id.clone(), scenario: scenario.name.clone() };
    let mut first: Option<Ran> = None;
    for time in 0..times {
        let recorder = Embedded::recording(Arc::clone(clock));
        let case = Case {
            backend: &recorder,
            project: project.to_owned(),
            folder: session.folder()?.join(format!("{project}-{number}-{time}")),
            ..session.as_case(ready, &scenario, &id)?
        };
        let attempted = session.attempt(&case, ready, None).await?;
        match &mut first {
            None => first = Some(Ran { attempted, recording: recorder.take_recording(), differs: None }),
            Some(first) => {
                if let Some(differs) = difference(&first.attempted, &attempted) {
                    first.differs.get_or_insert(differs);
                }
            }
        }
    }
    first.ok_or(CaseError::Cancelled)
}

/// In what two runs by one schedule differ, in words.
fn difference(first: &Attempted, other: &Attempted) -> Option<String> {
    let (a, b) = (&first.observation, &other.observation);
    if let Some((a, b)) = a.journal.iter().zip(&b.journal).find(|(a, b)| a != b) {
        return Some(format!(
            "request {} was {} {} and {} {}",
            a.seq, a.rpc, a.reply.code, b.rpc, b.reply.code
        ));
    }
    if a.journal.len() != b.journal.len() {
        return Some(format!("it made {} requests and {}", a.journal.len(), b.journal.len()));
    }
    let rules = |attempted: &Attempted| attempted.findings.iter().map(|it| it.rule).collect::<Vec<_>>();
    (a.ended != b.ended || rules(first) != rules(other)).then(|| {
        format!("told the same, it ended with {} and with {}, or said something else", a.ended, b.ended)
    })
}
