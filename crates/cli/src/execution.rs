//! Running a plan, or exploring it: the runtime, signals, progress.

use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context as _, anyhow};
use rescind_catalog::Plan;
use rescind_model::{ClockKind, exit};
use rescind_runner::{
    Event, Exploring, FinishedRun, RunClock, RunOptions, explore as explore_plan, run as run_plan,
};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::args::RunArgs;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::say;
use crate::signals::Signals;
use crate::{backend, progress};

/// Runs the cases of a plan against the emulator that was asked for.
///
/// # Errors
/// Anything that keeps the run from beginning.
pub fn run(
    machine: &Machine,
    args: &RunArgs,
    plan: Plan,
    options: RunOptions,
) -> Result<FinishedRun, Failure> {
    block_on(options.clock, async {
        let cancel = cancelled_by_signals()?;
        let backend = tokio::select! {
            backend = backend::start(args, &machine.executable) => backend?,
            () = cancel.cancelled() => return Err(Failure::interrupted()),
        };
        let (events, shown) = show(machine, plan.cases());
        let (context, used) = (Arc::clone(&machine.context), Arc::clone(&backend));
        let version = env!("CARGO_PKG_VERSION");
        let finished = run_plan(context, used, plan, options, version, events, cancel).await;
        // Progress is for the eye; what it could not show is in the results.
        let _ = shown.await;
        if let Err(error) = backend.close().await {
            // What the run found is worth more than what it left behind.
            say(format!("warning: {error}"));
        }
        Ok(finished)
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
) -> Result<Vec<FinishedRun>, Failure> {
    block_on(options.clock, async {
        let cancel = cancelled_by_signals()?;
        let mut all = Vec::new();
        for _ in 0..times {
            let backend = Arc::new(rescind_runner::Embedded::new(Arc::new(SystemTime::now)));
            let (events, shown) = show(machine, plan.cases());
            let (context, options) = (Arc::clone(&machine.context), options.clone());
            let version = env!("CARGO_PKG_VERSION");
            all.push(
                run_plan(context, backend, plan.clone(), options, version, events, cancel.clone()).await,
            );
            // As above.
            let _ = shown.await;
            if cancel.is_cancelled() {
                break;
            }
        }
        Ok(all)
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
) -> Result<FinishedRun, Failure> {
    block_on(options.clock, async {
        let cancel = cancelled_by_signals()?;
        let (events, shown) = show(machine, 0);
        let context = Arc::clone(&machine.context);
        let (clock, version) = (Arc::new(SystemTime::now), env!("CARGO_PKG_VERSION"));
        let finished = explore_plan(context, clock, plan, options, exploring, version, events, cancel).await;
        // As above.
        let _ = shown.await;
        Ok(finished)
    })
}

fn block_on<T>(
    clock: Option<ClockKind>,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    check_clock(clock)?;
    let runtime = Runtime::new().context("cannot start the runtime").map_err(Failure::setup)?;
    runtime.block_on(work)
}

/// Shows what happens, until nobody tells any more.
fn show(machine: &Machine, cases: usize) -> (UnboundedSender<Event>, JoinHandle<()>) {
    let (events, received) = mpsc::unbounded_channel();
    let options = progress::ProgressOptions {
        cases,
        interactive: machine.interactive,
        color: machine.color,
        redactor: machine.redactor.clone(),
    };
    (events, tokio::spawn(progress::show(received, options)))
}

/// Is cancelled at the first signal. Signals count from here on, so that one that comes while the emulator starts stops it
/// again.
fn cancelled_by_signals() -> Result<CancellationToken, Failure> {
    let cancel = CancellationToken::new();
    tokio::spawn(cancel_on_signal(Signals::catch()?, cancel.clone()));
    Ok(cancel)
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

/// Cancels the run at the first signal; at the second, the process ends as it does without rescind's care.
async fn cancel_on_signal(mut signals: Signals, cancel: CancellationToken) {
    signals.next().await;
    say("interrupted: ending the samples; once more to leave at once");
    cancel.cancel();
    signals.next().await;
    std::process::exit(exit::INTERRUPTED.into());
}
