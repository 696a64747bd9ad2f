//! `rescind run`.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use rescind_catalog::Plan;
use rescind_model::{ClockKind, exit};
use rescind_report::compare::{self as policy, Comparison};
use rescind_report::{Format, terminal};
use rescind_runner::{FinishedRun, RunClock, RunOptions, run as run_plan};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::args::{FailOnArg, ReportTarget, RunArgs};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{print, say};
use crate::signals::Signals;
use crate::{backend, compare, plan, progress, report};

/// Runs the selected cases, reports, and gives the exit code.
///
/// # Errors
/// Anything that keeps the run from beginning.
pub fn run(machine: &Machine, args: &RunArgs) -> Result<u8, Failure> {
    let catalog = machine.catalog()?;
    let mut plan = plan::plan(machine, &catalog, args)?;
    let json = args.results.iter().map(|path| ReportTarget { format: Format::Json, path: path.clone() });
    let targets: Vec<ReportTarget> = json.chain(args.report.iter().cloned()).collect();
    report::check(&targets)?;
    let base = args.baseline.as_deref().map(report::read_base).transpose()?;
    if let Some(base) = &base {
        plan.notices.extend(compare::check_source(base, &plan.source)?);
    }
    let fail_on = fail_on(args)?;
    let options = RunOptions {
        jobs: args.jobs.and_then(|jobs| usize::try_from(jobs).ok()),
        clock: args.clock,
        deadline: args.deadline,
        processor_time: args.processor_time,
        endpoint: args.endpoint,
        retries: args.retries,
    };
    check_clock(args.clock)?;
    let runtime = Runtime::new().context("cannot start the runtime").map_err(Failure::setup)?;
    let mut finished = runtime.block_on(execute(machine, args, plan, options))?;
    machine.redactor.results(&mut finished.results);

    let results = &finished.results;
    let comparison = base.as_ref().map(|base| Comparison::of(base, results));
    let printed = if targets.iter().any(|target| target.path == Path::new("-")) {
        Ok(())
    } else {
        let options = terminal::TerminalOptions { width: machine.width, color: machine.color };
        print(&match &comparison {
            Some(comparison) => terminal::render_comparison(comparison, &options),
            None => terminal::render(results, &options),
        })
    };
    say(progress::timing(&finished.timing));
    // Neither a screen nor a file that cannot be written keeps the results from the others.
    report::write(&targets, |format| match &comparison {
        Some(comparison) if format.has_comparisons() => format.render_comparison(comparison),
        _ => format.render(results),
    })?;
    printed?;
    Ok(match &comparison {
        Some(comparison) => comparison.exit_code(fail_on),
        None => policy::exit_code(results, fail_on),
    })
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

/// What is to make the run fail.
///
/// # Errors
/// Regressions without a baseline, which there would never be one of.
fn fail_on(args: &RunArgs) -> Result<policy::FailOn, Failure> {
    match (args.fail_on, &args.baseline) {
        (Some(FailOnArg::Regression), None) => Err(Failure::usage(anyhow!(
            "--fail-on regression needs a --baseline: without one, nothing can have regressed"
        ))),
        (Some(typed), _) => Ok(typed.into()),
        (None, Some(_)) => Ok(policy::FailOn::Regression),
        (None, None) => Ok(policy::FailOn::Any),
    }
}

async fn execute(
    machine: &Machine,
    args: &RunArgs,
    plan: Plan,
    options: RunOptions,
) -> Result<FinishedRun, Failure> {
    let cancel = CancellationToken::new();
    // Signals count from here on, so that one that comes while the emulator starts stops it again.
    tokio::spawn(cancel_on_signal(Signals::catch()?, cancel.clone()));
    let backend = tokio::select! {
        backend = backend::start(args, &machine.executable) => backend?,
        () = cancel.cancelled() => return Err(Failure::interrupted()),
    };
    let (events, received) = mpsc::unbounded_channel();
    let shown = tokio::spawn(progress::show(
        received,
        progress::ProgressOptions {
            cases: plan.cases(),
            interactive: machine.interactive,
            color: machine.color,
            redactor: machine.redactor.clone(),
        },
    ));
    let context = Arc::clone(&machine.context);
    let used = Arc::clone(&backend);
    let finished = run_plan(context, used, plan, options, env!("CARGO_PKG_VERSION"), events, cancel).await;
    // Progress is for the eye; what it could not show is in the results.
    let _ = shown.await;
    if let Err(error) = backend.close().await {
        // What the run found is worth more than what it left behind.
        say(format!("warning: {error}"));
    }
    Ok(finished)
}

/// Cancels the run at the first signal; at the second, the process ends as it does without rescind's care.
async fn cancel_on_signal(mut signals: Signals, cancel: CancellationToken) {
    signals.next().await;
    say("interrupted: ending the samples; once more to leave at once");
    cancel.cancel();
    signals.next().await;
    std::process::exit(exit::INTERRUPTED.into());
}
