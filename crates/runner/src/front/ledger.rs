//! What a front knows of its own doings. One thread writes it, others read.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The account of a front.
#[derive(Debug, Default)]
pub struct Ledger {
    accepted: AtomicU64,
    answering: AtomicU64,
    activity: AtomicU64,
    lines: Mutex<Vec<Line>>,
}

/// A connection, as far as it matters to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The other end.
    pub peer: SocketAddr,
    /// True once our end is closed. The other end may not have learnt of it yet.
    pub closed: bool,
}

impl Ledger {
    /// Takes down that a connection was accepted, until what is returned is dropped.
    pub fn open(self: &Arc<Ledger>, peer: SocketAddr) -> OpenConnection {
        self.accepted.fetch_add(1, Ordering::SeqCst);
        let mut lines = self.lines();
        // The system gives a port anew only when its last connection is over at both ends.
        lines.retain(|line| line.peer != peer);
        lines.push(Line { peer, closed: false });
        drop(lines);
        OpenConnection { ledger: Arc::clone(self), peer }
    }

    /// How many connections were accepted.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::SeqCst)
    }

    /// How many requests are being answered.
    pub fn answering(&self) -> u64 {
        self.answering.load(Ordering::SeqCst)
    }

    /// How many requests and replies there have been.
    pub fn activity(&self) -> u64 {
        self.activity.load(Ordering::SeqCst)
    }

    /// The connections that are open, and those that were closed and not yet [forgotten](Self::forget).
    pub fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self) {
        self.activity.fetch_add(1, Ordering::SeqCst);
        self.resume();
    }

    pub(super) fn end(&self) {
        self.activity.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn resume(&self) {
        self.answering.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn pause(&self) {
        self.answering.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A connection that is open.
#[derive(Debug)]
pub struct OpenConnection {
    ledger: Arc<Ledger>,
    peer: SocketAddr,
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        for line in self.ledger.lines().iter_mut().filter(|line| line.peer == self.peer) {
            line.closed = true;
        }
    }
}
