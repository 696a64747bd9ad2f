//! A process in a closed world: what it writes, how it ends, what it asked for, and what it left behind.

use std::os::fd::OwnedFd;
use std::path::Path;

use rescind_model::{Ended, LeakedProcess};
use rescind_world::{Command, SpawnError, World, WorldEnd, WorldReport};
use tokio::net::unix::pipe::Receiver;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::capture;
use super::invocation::{FinishedProcess, Invocation, ProcessError};

/// Runs a program in a world of this kind until it ends, a limit of the world is reached or the run is cancelled. The
/// deadline of the invocation is not heeded: the world has its own.
///
/// Dropping the future kills everything in the world.
///
/// # Errors
/// As [`ProcessError`] says. Any exit of the program is a result, not an error.
pub async fn run_in(
    world: &World,
    invocation: &Invocation,
    cancel: &CancellationToken,
) -> Result<FinishedProcess, ProcessError> {
    let program = &invocation.program;
    let (world, command) = (world.clone(), command(invocation));
    // It returns when the first process is traced, which takes a millisecond.
    let mut running = spawn_blocking(move || world.spawn(command))
        .await
        .map_err(|error| lost(program, error.into()))?
        .map_err(|error| not_run(program, error))?;
    let killer = running.killer();
    let _kill_when_dropped = KillWhenDropped(killer.clone());
    let (stdout, stderr) =
        running.streams().ok_or_else(|| lost(program, std::io::Error::other("its streams are gone")))?;
    let never = CancellationToken::new();
    let receiver = |stream: OwnedFd| Receiver::from_owned_fd(stream).map_err(|error| lost(program, error));
    let stdout = tokio::spawn(capture::collect(receiver(stdout)?, never.clone()));
    let stderr = tokio::spawn(capture::collect(receiver(stderr)?, never));
    let mut over = spawn_blocking(move || running.wait());
    let report = tokio::select! {
        report = &mut over => report,
        () = cancel.cancelled() => {
            killer.kill();
            over.await
        }
    };
    let report =
        report.map_err(|error| lost(program, error.into()))?.map_err(|error| not_run(program, error))?;
    // Nobody is left who could hold the pipes open.
    let stdout = stdout.await.map_err(|error| lost(program, error.into()))?;
    let stderr = stderr.await.map_err(|error| lost(program, error.into()))?;
    let WorldReport { end, wall, virtual_time, processor_time, left, asked, .. } = report;
    let (ended, left) = match end {
        WorldEnd::Exited(code) => (Ended::Code(code), left),
        WorldEnd::Signaled(signal) => (Ended::Signal(signal), left),
        WorldEnd::VirtualTime => (Ended::Deadline, Vec::new()),
        WorldEnd::ProcessorTime => (Ended::ProcessorTime, Vec::new()),
        WorldEnd::Stuck => (Ended::Stuck, Vec::new()),
        WorldEnd::Killed => return Err(ProcessError::Cancelled),
        WorldEnd::Unsupported(what) => {
            return Err(ProcessError::Unsupported { program: program.clone(), what });
        }
    };
    Ok(FinishedProcess {
        ended,
        stdout,
        stderr,
        leaked: left.into_iter().map(|command| LeakedProcess { command }).collect(),
        out_of_reach: asked,
        wall,
        virtual_time: Some(virtual_time),
        cpu: processor_time,
    })
}

fn command(invocation: &Invocation) -> Command {
    let mut command = Command::new(&invocation.program);
    for argument in &invocation.arguments {
        command.argument(argument);
    }
    for (name, value) in &invocation.environment {
        command.variable(name, value);
    }
    command.folder(&invocation.folder);
    command
}

fn lost(program: &Path, source: std::io::Error) -> ProcessError {
    ProcessError::Lost { program: program.to_owned(), source }
}

fn not_run(program: &Path, error: SpawnError) -> ProcessError {
    match error {
        SpawnError::Program { program, source } => ProcessError::Start { program, source },
        SpawnError::World { source } => lost(program, source),
        SpawnError::Unsupported(why) => lost(program, std::io::Error::other(why)),
    }
}

/// Kills what is in a world when nobody waits for it any more.
struct KillWhenDropped(rescind_world::Killer);

impl Drop for KillWhenDropped {
    fn drop(&mut self) {
        self.0.kill();
    }
}
