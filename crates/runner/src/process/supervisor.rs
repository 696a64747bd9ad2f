//! Who sees to it that nothing of a process remains.

use std::collections::HashSet;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::keeper::Keeper;
use super::stray;
use crate::clock::MonotonicClock;

/// Starts processes and sees to it that nothing of them remains. One for each process of rescind.
#[derive(Debug)]
pub struct Supervisor {
    pub(super) clock: MonotonicClock,
    /// The children of rescind that are no strays: those under supervision, and those that were there before.
    known: Mutex<HashSet<i32>>,
    /// Held while a process is reaped: the kernel adds up the processor time of all children that were reaped in one figure,
    /// so the difference is one process's only if they are reaped one by one.
    pub(super) reaping: Mutex<()>,
    /// Started with the first process.
    keeper: Mutex<Option<Keeper>>,
}

impl Supervisor {
    /// Makes this process the one that orphans of its descendants fall to (on Linux).
    ///
    /// # Errors
    /// If the system refuses that.
    pub fn new(clock: MonotonicClock) -> io::Result<Supervisor> {
        stray::adopt_orphans()?;
        Ok(Supervisor {
            clock,
            known: Mutex::new(stray::children().unwrap_or_default().into_iter().collect()),
            reaping: Mutex::new(()),
            keeper: Mutex::new(None),
        })
    }

    /// Makes sure that what is started from here on goes with rescind, however that ends.
    ///
    /// # Errors
    /// There is no shell, or no more processes.
    pub(super) fn keep(&self) -> io::Result<()> {
        let mut keeper = lock(&self.keeper);
        if keeper.is_none() {
            let started = Keeper::start(&stray::own_mark())?;
            self.known().insert(started.id());
            *keeper = Some(started);
        }
        Ok(())
    }

    /// A group is there, and is rescind's.
    pub(super) fn began(&self, group: i32) {
        self.known().insert(group);
        lock(&self.keeper).iter_mut().for_each(|keeper| keeper.add(group));
    }

    /// A group is about to be nobody's: its leader is dead and not reaped.
    pub(super) fn is_over(&self, group: i32) {
        lock(&self.keeper).iter_mut().for_each(|keeper| keeper.remove(group));
    }

    pub(super) fn known(&self) -> MutexGuard<'_, HashSet<i32>> {
        lock(&self.known)
    }
}

/// Nothing that is done under these locks can leave a value half changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
