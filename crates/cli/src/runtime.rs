//! The runtime that commands work in, and what it needs of the machine.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, anyhow};
use nix::sys::resource::{Resource, getrlimit};
use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;

/// Threads that are needed besides the workers: a few for what blocks, a front, a world and its ticker, and those of signals
/// and of progress.
const BESIDES: usize = 8;
/// Files that must be able to be open at once: those of the runtime, of the emulator, and of one case. With fewer, programs
/// that are there cannot be found, and no case can be run.
const FILES: u64 = 64;

/// Starts a runtime with as many workers as there are cores, whatever the environment says of their number.
///
/// # Errors
/// The system gives too few threads or files. It is asked before, because the runtime takes them for granted.
pub fn start() -> Result<Runtime, Failure> {
    let refused = |message: String| Failure::setup(anyhow!(message));
    // That the limit cannot be told says nothing about it.
    let files = getrlimit(Resource::RLIMIT_NOFILE).map_or(u64::MAX, |(soft, _)| soft);
    if files < FILES {
        return Err(refused(format!(
            "only {files} files can be open at once here, and rescind needs {FILES}; raise the limit: ulimit -n 1024"
        )));
    }
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let threads = workers + BESIDES;
    have_threads(threads).map_err(|error| {
        refused(format!(
            "the {threads} threads that rescind needs cannot be had here: {error}; raise the limit of processes: ulimit -u"
        ))
    })?;
    let built = Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    built.context("cannot start the runtime").map_err(Failure::setup)
}

/// Sees whether so many more threads can be had at once, and gives them back.
fn have_threads(count: usize) -> io::Result<()> {
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
    let wait = |gate: Arc<Mutex<()>>| move || drop(gate.lock());
    let started: Vec<_> = (0..count).map(|_| thread::Builder::new().spawn(wait(Arc::clone(&gate)))).collect();
    drop(closed);
    let mut refused = Ok(());
    for thread in started {
        match thread {
            Ok(thread) => drop(thread.join()),
            Err(error) => refused = Err(error),
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_asked_for_and_given_back() {
        have_threads(3).unwrap();
        have_threads(0).unwrap();
    }
}
