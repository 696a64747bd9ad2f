//! A world that goes on.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::error::SpawnError;
use crate::report::WorldReport;

/// What a world is told while it goes on.
#[derive(Debug, Default)]
pub(crate) struct KillSwitch {
    pub(crate) killed: AtomicBool,
}

/// Ends a world from elsewhere.
#[derive(Clone, Debug)]
pub struct Killer(Arc<KillSwitch>);

impl Killer {
    /// Kills everything in the world, soon.
    pub fn kill(&self) {
        self.0.killed.store(true, Ordering::Relaxed);
    }
}

/// A world that goes on. When this is dropped, everything in it is killed.
///
/// Whoever runs it must read its standard output and error: as long as something lies in them, its clock does not jump.
#[derive(Debug)]
pub struct Running {
    thread: Option<JoinHandle<Result<WorldReport, SpawnError>>>,
    switch: Arc<KillSwitch>,
    stdout: Option<OwnedFd>,
    stderr: Option<OwnedFd>,
}

impl Running {
    #[cfg_attr(not(all(target_os = "linux", target_arch = "x86_64")), allow(dead_code))]
    pub(crate) fn new(
        thread: JoinHandle<Result<WorldReport, SpawnError>>,
        switch: Arc<KillSwitch>,
        stdout: OwnedFd,
        stderr: OwnedFd,
    ) -> Running {
        Running { thread: Some(thread), switch, stdout: Some(stdout), stderr: Some(stderr) }
    }

    /// The ends of the pipes that the programs write to, once: standard output and standard error.
    pub fn streams(&mut self) -> Option<(OwnedFd, OwnedFd)> {
        self.stdout.take().zip(self.stderr.take())
    }

    /// What ends it from elsewhere.
    pub fn killer(&self) -> Killer {
        Killer(Arc::clone(&self.switch))
    }

    /// Waits until nothing of it is left. What is written meanwhile is thrown away, unless somebody has taken the streams.
    ///
    /// # Errors
    /// If it could not be started, or was lost.
    pub fn wait(mut self) -> Result<WorldReport, SpawnError> {
        let readers = self.streams().map(|(stdout, stderr)| [drain(stdout), drain(stderr)]);
        let thread = self.thread.take();
        let report = thread.map(JoinHandle::join).transpose().ok().flatten();
        for reader in readers.into_iter().flatten() {
            // It read to the end, or could not.
            let _ = reader.join();
        }
        report.unwrap_or_else(|| Err(SpawnError::World { source: io::Error::other("its thread panicked") }))
    }
}

fn drain(stream: OwnedFd) -> JoinHandle<io::Result<u64>> {
    std::thread::spawn(move || io::copy(&mut std::fs::File::from(stream), &mut io::sink()))
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.switch.killed.store(true, Ordering::Relaxed);
            // Nobody is left to tell.
            let _ = thread.join();
        }
    }
}
