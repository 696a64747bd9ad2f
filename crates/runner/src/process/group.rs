//! One process group: its leader, from its start until it is reaped.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::signal::Signal;
use nix::sys::time::TimeVal;
use rescind_model::Ended;
use rescind_world::in_own_session;
use tokio::net::unix::pipe::Receiver;
use tokio::task::JoinHandle;

use super::invocation::Invocation;
use super::supervisor::{Supervisor, lock};
use super::{signal, stray};

/// A process under supervision that leads a group of its own. Dropped before it is reaped, it is killed, with its group.
pub(super) struct Group<'a> {
    supervisor: &'a Supervisor,
    /// Gone once the leader is reaped.
    handle: Option<duct::Handle>,
    leader: i32,
    end: JoinHandle<io::Result<()>>,
}

impl<'a> Group<'a> {
    /// Starts the program as the leader of a new group, with the read ends of its standard output and error.
    pub(super) fn start(
        supervisor: &'a Supervisor,
        invocation: &Invocation,
        mark: &str,
    ) -> io::Result<(Group<'a>, Receiver, Receiver)> {
        supervisor.keep()?;
        let (stdout, stdout_writer) = pipe()?;
        let (stderr, stderr_writer) = pipe()?;
        let mut environment = invocation.environment.clone();
        environment.insert(stray::MARKER.into(), mark.into());
        let handle = duct::cmd(&invocation.program, &invocation.arguments)
            .dir(&invocation.folder)
            .full_env(environment)
            .stdin_null()
            .stdout_file(stdout_writer)
            .stderr_file(stderr_writer)
            .unchecked()
            .before_spawn(|command| {
                in_own_session(command);
                Ok(())
            })
            .start()?;
        // From here on the guard sees to it that the process cannot be forgotten.
        let leader = handle.pids().first().copied().and_then(|pid| i32::try_from(pid).ok());
        let leader = leader.ok_or_else(|| io::Error::other("the process has no id"))?;
        supervisor.began(leader);
        let end = tokio::task::spawn_blocking(move || signal::await_end(leader));
        Ok((Group { supervisor, handle: Some(handle), leader, end }, stdout, stderr))
    }

    /// The process id of the leader, which is the id of the group.
    pub(super) fn leader(&self) -> i32 {
        self.leader
    }

    /// Waits until the leader has ended. Not to be called again once it has returned.
    pub(super) async fn end(&mut self) -> io::Result<()> {
        (&mut self.end).await?
    }

    /// Sends a signal to the whole group.
    pub(super) fn signal(&self, signal: Signal) {
        if self.handle.is_some() {
            signal::send_to_group(self.leader, signal);
        }
    }

    fn reap_leader(&self, handle: &duct::Handle) -> io::Result<(ExitStatus, Duration)> {
        // Before its id is free for another process, which may have something of its own under it.
        signal::await_end(self.leader)?;
        self.supervisor.is_over(self.leader);
        self.supervisor.reap(self.leader, handle)
    }

    /// Takes the exit of the leader, after which its id is free, and the processor time that it used.
    pub(super) fn reap(mut self) -> io::Result<(ExitStatus, Duration)> {
        match self.handle.take() {
            Some(handle) => self.reap_leader(&handle),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            signal::send_to_group(self.leader, Signal::SIGKILL);
            // Nobody is left to tell. After SIGKILL this returns at once.
            let _ = self.reap_leader(&handle);
        }
    }
}

impl Supervisor {
    fn reap(&self, leader: i32, handle: &duct::Handle) -> io::Result<(ExitStatus, Duration)> {
        let exit = {
            let _one_by_one = lock(&self.reaping);
            let before = processor_time()?;
            let status = handle.wait()?.status;
            (status, processor_time()?.saturating_sub(before))
        };
        self.known().remove(&leader);
        Ok(exit)
    }
}

fn pipe() -> io::Result<(Receiver, OwnedFd)> {
    let (reader, writer) = io::pipe()?;
    Ok((Receiver::from_owned_fd(reader.into())?, writer.into()))
}

/// The processor time of all children that were reaped so far, and of the children that those waited for.
fn processor_time() -> io::Result<Duration> {
    let usage: Usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

fn duration(time: TimeVal) -> Duration {
    let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
    let micros = u64::try_from(time.tv_usec()).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}

/// How a process ended by itself.
pub(super) fn ended(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Code(code),
        (None, signal) => Ended::Signal(signal.unwrap_or_default()),
    }
}
