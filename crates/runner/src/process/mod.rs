//! Supervised processes: started without a shell in a session and an environment of their own, ended at their
//! deadline, with all that they started.

mod capture;
mod closed;
mod group;
mod invocation;
mod keeper;
mod signal;
mod stray;
mod supervisor;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use rescind_model::{Ended, LeakedProcess};
use tokio_util::sync::CancellationToken;

pub use closed::run_in;
use group::Group;
pub use invocation::{FinishedProcess, Invocation, ProcessError};
use stray::Stray;
pub use supervisor::Supervisor;

/// What a process gets between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(2);
/// What a child gets to end after the process that started it: both may be on their way out.
const STRAY_GRACE: Duration = Duration::from_millis(100);
/// How often strays are looked at. Only once there are any.
const STRAY_INTERVAL: Duration = Duration::from_millis(5);
/// How long a killed stray may take to go, and how long a pipe may stay open that nobody is known to hold.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often is looked at the clock. A longer pause than twice this is one in which rescind did not run.
const TICK: Duration = Duration::from_millis(500);

/// How many marks were given out: of all supervisors, for they must not take each other's processes.
static MARKS: AtomicU64 = AtomicU64::new(0);

impl Supervisor {
    /// Runs a program until it ends, its deadline passes or the run is cancelled.
    ///
    /// At the deadline its group gets SIGTERM, and SIGKILL two seconds later. Dropping the future kills the group.
    ///
    /// # Errors
    /// As [`ProcessError`] says. Any exit of the program is a result, not an error.
    pub async fn run(
        &self,
        invocation: &Invocation,
        cancel: &CancellationToken,
    ) -> Result<FinishedProcess, ProcessError> {
        let program = &invocation.program;
        let lost = |source| ProcessError::Lost { program: program.clone(), source };
        let mark = next_mark();
        let started = self.clock.now();
        let (mut group, stdout, stderr) = Group::start(self, invocation, &mark)
            .map_err(|source| ProcessError::Start { program: program.clone(), source })?;
        let stop = CancellationToken::new();
        let stdout = tokio::spawn(capture::collect(stdout, stop.clone()));
        let stderr = tokio::spawn(capture::collect(stderr, stop.clone()));
        let _stop_when_dropped = stop.clone().drop_guard();

        let fate = tokio::select! {
            end = group.end() => end.map(|()| Fate::Ended),
            () = self.deadline(invocation.deadline) => Ok(Fate::Deadline),
            () = cancel.cancelled() => Ok(Fate::Cancelled),
        }
        .map_err(lost)?;
        // At both at once it has ended, as where rescind was stopped meanwhile.
        let fate = match fate {
            Fate::Deadline if signal::has_ended(group.leader()).map_err(lost)? => {
                group.end().await.map_err(lost)?;
                Fate::Ended
            }
            fate => fate,
        };
        match fate {
            Fate::Ended => {}
            Fate::Deadline => {
                group.signal(Signal::SIGTERM);
                if tokio::time::timeout(GRACE, group.end()).await.is_err() {
                    group.signal(Signal::SIGKILL);
                    group.end().await.map_err(lost)?;
                }
            }
            Fate::Cancelled => {
                group.signal(Signal::SIGKILL);
                group.end().await.map_err(lost)?;
            }
        }
        let wall = self.clock.now().duration_since(started);
        let pid = group.leader();
        let (exit, cpu) = group.reap().map_err(lost)?;

        let grace = if matches!(fate, Fate::Ended) { STRAY_GRACE } else { Duration::ZERO };
        let mut strays = self.remove_strays(pid, &mark, grace).await;
        let streams = async { tokio::join!(stdout, stderr) };
        tokio::pin!(streams);
        let (stdout, stderr) = match tokio::time::timeout(PATIENCE, &mut streams).await {
            Ok(streams) => streams,
            Err(_) => {
                strays.push("a process that hides from rescind and holds its output open".to_owned());
                stop.cancel();
                streams.await
            }
        };
        let (ended, leaked) = match fate {
            Fate::Cancelled => return Err(ProcessError::Cancelled),
            Fate::Deadline => (Ended::Deadline, Vec::new()),
            Fate::Ended => (group::ended(exit), strays),
        };
        Ok(FinishedProcess {
            ended,
            stdout: stdout.map_err(|error| lost(error.into()))?,
            stderr: stderr.map_err(|error| lost(error.into()))?,
            leaked: leaked.into_iter().map(|command| LeakedProcess { command }).collect(),
            out_of_reach: Vec::new(),
            wall,
            virtual_time: None,
            cpu,
        })
    }

    /// Returns when so much time has passed in which rescind itself went on. While it is stopped (SIGSTOP, a machine that
    /// sleeps), nobody answers what it has started, whose time that is not.
    async fn deadline(&self, time: Duration) {
        let mut left = time;
        while !left.is_zero() {
            let (slice, began) = (left.min(TICK), self.clock.now());
            tokio::time::sleep(slice).await;
            left = left.saturating_sub(self.clock.now().duration_since(began).min(2 * slice));
        }
    }

    /// Kills what the group left behind, and gives the command lines of what was still there after `grace`.
    async fn remove_strays(&self, group: i32, mark: &str, grace: Duration) -> Vec<String> {
        if !signal::group_exists(group) && !self.has_adopted() {
            return Vec::new();
        }
        let found = self.await_none(group, mark, grace).await;
        for stray in &found {
            signal::end(stray.pid);
        }
        // What was started in the meantime carries the same marks.
        let deadline = self.clock.now() + PATIENCE;
        let mut remaining = stray::find(group, mark);
        while !remaining.is_empty() && self.clock.now() < deadline {
            for stray in &remaining {
                signal::end(stray.pid);
            }
            remaining = self.await_none(group, mark, STRAY_INTERVAL).await;
        }
        found.into_iter().map(|stray| stray.command).collect()
    }

    /// Ends what some process under supervision started and hid from it, by leaving its group and clearing its
    /// environment, and gives the command lines. Only to be called when nothing runs under supervision any more.
    ///
    /// Who hides so is known by this only: it is a child of rescind that rescind has not started. (On Linux.)
    pub async fn end_hidden(&self) -> Vec<String> {
        let mut hidden = self.hidden();
        if hidden.is_empty() {
            return Vec::new();
        }
        // One that has just been started still shows the environment of its parent.
        tokio::time::sleep(STRAY_GRACE).await;
        let still = self.hidden();
        hidden.retain(|one| still.contains(one));
        for stray in &hidden {
            signal::end(stray.pid);
        }
        hidden.into_iter().map(|stray| stray.command).collect()
    }

    fn hidden(&self) -> Vec<Stray> {
        let known = self.known().clone();
        let children = stray::children().unwrap_or_default().into_iter();
        children.filter(|pid| !known.contains(pid)).filter_map(stray::hidden).collect()
    }

    /// The strays that are still there after `patience`; returns as soon as there are none.
    async fn await_none(&self, group: i32, mark: &str, patience: Duration) -> Vec<Stray> {
        let deadline = self.clock.now() + patience;
        loop {
            let strays = stray::find(group, mark);
            if strays.is_empty() || self.clock.now() >= deadline {
                return strays;
            }
            tokio::time::sleep(STRAY_INTERVAL).await;
        }
    }

    /// True if rescind may have become the parent of an orphan.
    fn has_adopted(&self) -> bool {
        let Some(children) = stray::children() else { return true };
        let mut known = self.known();
        let mut adopted = false;
        for child in children {
            if !known.contains(&child) {
                // A dead orphan whose case nobody knows keeps its id for ever: look at it once only.
                if stray::is_dead(child) {
                    known.insert(child);
                } else {
                    adopted = true;
                }
            }
        }
        adopted
    }
}

/// A value of the marker variable that no other process carries.
fn next_mark() -> String {
    format!("{}{}", stray::own_mark(), MARKS.fetch_add(1, Ordering::Relaxed))
}

/// What ended the wait for a process.
enum Fate {
    Ended,
    Deadline,
    Cancelled,
}
