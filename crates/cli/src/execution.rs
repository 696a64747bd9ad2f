//! Running a plan, or exploring it: the runtime, signals, progress.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use anyhow::{Context as _, anyhow};
use rescind_catalog::Plan;
use rescind_model::ClockKind;
use rescind_runner::{
    Event, Exploring, FinishedRun, RunClock, RunOptions, explore as explore_plan, run as run_plan,
};
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::args::RunArgs;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::say;
use crate::signals::cancelled_by_signals;
use crate::{backend, progress, runtime};

/// What may still wait for a terminal or a pipe that does not take it, when a run is over. The results do not wait for that.
pub struct Telling {
    progress: Vec<JoinHandle<()>>,
    warning: Option<String>,
}

impl Telling {
    /// Waits until all has been shown.
    pub fn finish(self) {
        for shown in self.progress {
            // Progress is for the eye; what it could not show is in the results.
            let _ = shown.join();
        }
        self.warning.into_iter().for_each(say);
    }
}

/// Runs the cases of a plan against the emulator that was asked for.
///
/// # Errors
/// Anything that keeps the run from beginning.
pub fn run(
    machine: &Machine,
    args: &RunArgs,
    plan: Plan,
    options: RunOptions,
) -> Result<(FinishedRun, Telling), Failure> {
    let cancel = cancelled_by_signals()?;
    block_on(options.clock, async {
        let backend = tokio::select! {
            backend = backend::start(args, &machine.executable) => backend?,
            () = cancel.cancelled() => return Err(Failure::interrupted()),
        };
        let (events, shown) = show(machine, plan.cases())?;
        let (context, used) = (Arc::clone(&machine.context), Arc::clone(&backend));
        let version = env!("CARGO_PKG_VERSION");
        let finished = run_plan(context, used, plan, options, version, events, cancel).await;
        // What the run found is worth more than what it left behind.
        let warning = backend.close().await.err().map(|error| format!("warning: {error}"));
        Ok((finished, Telling { progress: vec![shown], warning }))
    })
}

/// Runs the cases of a plan against an emulator in this process, as often as is said.
///
/// # Errors
/// Anything that keeps the run from beginning.
pub fn run_embedded(
    machine: &Machine,
    plan: &Plan,
    options: &RunOptions,
    times: u32,
) -> Result<(Vec<FinishedRun>, Telling), Failure> {
    let cancel = cancelled_by_signals()?;
    block_on(options.clock, async {
        let (mut all, mut progress) = (Vec::new(), Vec::new());
        for _ in 0..times {
            let backend = Arc::new(rescind_runner::Embedded::new(Arc::new(SystemTime::now)));
            let (events, shown) = show(machine, plan.cases())?;
            let (context, options) = (Arc::clone(&machine.context), options.clone());
            let version = env!("CARGO_PKG_VERSION");
            all.push(
                run_plan(context, backend, plan.clone(), options, version, events, cancel.clone()).await,
            );
            progress.push(shown);
            if cancel.is_cancelled() {
                break;
            }
        }
        Ok((all, Telling { progress, warning: None }))
    })
}

/// Explores the samples of a plan.
///
/// # Errors
/// Anything that keeps it from beginning.
pub fn explore(
    machine: &Machine,
    plan: Plan,
    options: RunOptions,
    exploring: Exploring,
) -> Result<(FinishedRun, Telling), Failure> {
    let cancel = cancelled_by_signals()?;
    block_on(options.clock, async {
        let (events, shown) = show(machine, 0)?;
        let context = Arc::clone(&machine.context);
        let (clock, version) = (Arc::new(SystemTime::now), env!("CARGO_PKG_VERSION"));
        let finished = explore_plan(context, clock, plan, options, exploring, version, events, cancel).await;
        Ok((finished, Telling { progress: vec![shown], warning: None }))
    })
}

fn block_on<T>(
    clock: Option<ClockKind>,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let runtime = runtime::start()?;
    check_clock(clock)?;
    runtime.block_on(work)
}

/// Shows what happens, until nobody tells any more; on a thread of its own, for whoever reads it may be slow, or not read at
/// all.
///
/// # Errors
/// There is no thread to be had.
fn show(machine: &Machine, cases: usize) -> Result<(UnboundedSender<Event>, JoinHandle<()>), Failure> {
    let (events, received) = mpsc::unbounded_channel();
    let options = progress::ProgressOptions {
        cases,
        interactive: machine.interactive,
        color: machine.color,
        redactor: machine.redactor.clone(),
    };
    let shown =
        thread::Builder::new().name("progress".to_owned()).spawn(|| progress::show(received, options));
    Ok((events, shown.context("cannot show progress").map_err(Failure::setup)?))
}

/// Refuses a run in virtual time, if that was asked for, where there is none.
///
/// # Errors
/// There is no closed world here.
fn check_clock(asked: Option<ClockKind>) -> Result<(), Failure> {
    // Only then: to find out, a world is made, and the run does so itself.
    if asked == Some(ClockKind::Virtual)
        && let RunClock::Real { reason } = RunClock::of_run(asked)
    {
        return Err(Failure::setup(anyhow!(
            "time cannot be virtual here: {reason}; leave out --clock to run in real time"
        )));
    }
    Ok(())
}
