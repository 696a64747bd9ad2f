//! Whether anything is on its way between a case and its front.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rescind_world::Look;

use super::ledger::Ledger;
#[cfg(target_os = "linux")]
use super::ledger::Line;
#[cfg(target_os = "linux")]
use super::sockets::{Socket, Sockets, State};
#[cfg(target_os = "linux")]
use super::thread::WatchedThread;

/// A thread whose doings the system tells. Where it cannot be told, there is none.
#[cfg(not(target_os = "linux"))]
pub struct WatchedThread;

/// The calling thread, to be watched.
pub fn this_thread() -> io::Result<WatchedThread> {
    #[cfg(target_os = "linux")]
    return WatchedThread::current();
    #[cfg(not(target_os = "linux"))]
    return Ok(WatchedThread);
}

/// Whoever looks after a front.
pub struct Lookout {
    #[cfg(target_os = "linux")]
    sight: Option<Sight>,
}

impl Lookout {
    /// One that sees nothing, and calls everything busy.
    pub fn blind() -> Lookout {
        Lookout {
            #[cfg(target_os = "linux")]
            sight: None,
        }
    }

    /// One that sees what the system tells of the front's thread and of the sockets at `address`.
    #[cfg(target_os = "linux")]
    pub fn new(thread: WatchedThread, address: SocketAddr, ledger: Arc<Ledger>) -> io::Result<Lookout> {
        let sight = Sight { thread, address, ledger, sockets: Sockets::open()? };
        Ok(Lookout { sight: Some(sight) })
    }

    /// One that sees nothing: this system tells nothing.
    #[cfg(not(target_os = "linux"))]
    pub fn new(_thread: WatchedThread, _address: SocketAddr, _ledger: Arc<Ledger>) -> io::Result<Lookout> {
        Ok(Lookout::blind())
    }

    /// As [`Front::look`](super::Front::look).
    #[cfg(target_os = "linux")]
    pub fn look(&self, connects: u64) -> Look {
        // What cannot be told is not known to be quiet.
        self.sight.as_ref().and_then(|sight| sight.look(connects).ok()).unwrap_or(Look::Busy)
    }

    /// As [`Front::look`](super::Front::look).
    #[cfg(not(target_os = "linux"))]
    pub fn look(&self, _connects: u64) -> Look {
        Look::Busy
    }
}

#[cfg(target_os = "linux")]
struct Sight {
    thread: WatchedThread,
    address: SocketAddr,
    ledger: Arc<Ledger>,
    sockets: Sockets,
}

#[cfg(target_os = "linux")]
impl Sight {
    fn look(&self, connects: u64) -> io::Result<Look> {
        if self.ledger.answering() > 0 || self.ledger.accepted() < connects {
            return Ok(Look::Busy);
        }
        let Some(turns) = self.thread.turns_if_asleep()? else { return Ok(Look::Busy) };
        if !self.is_quiet(connects)? {
            return Ok(Look::Busy);
        }
        // Only if the thread slept through all of this does what was seen first belong together with what was seen
        // last.
        let still = self.thread.turns_if_asleep()? == Some(turns);
        Ok(if still { Look::Quiet(turns) } else { Look::Busy })
    }

    fn is_quiet(&self, connects: u64) -> io::Result<bool> {
        // The ledger again: the thread may have run since it was asked.
        if self.ledger.answering() > 0 || self.ledger.accepted() < connects {
            return Ok(false);
        }
        if self.sockets.listener(self.address)?.is_none_or(|listener| listener.unread > 0) {
            return Ok(false);
        }
        let mut lines = self.ledger.lines();
        let mut quiet = true;
        let mut failed = None;
        lines.retain(|line| match self.line(line) {
            Ok(Seen::Quiet) => true,
            Ok(Seen::Busy) => {
                quiet = false;
                true
            }
            Ok(Seen::Over) => false,
            Err(error) => {
                failed = Some(error);
                true
            }
        });
        failed.map_or(Ok(quiet), Err)
    }

    /// Our end is looked at first. Both ends sleep, so all that can change in between is that what was on its way
    /// arrives: it then counts as on its way.
    fn line(&self, line: &Line) -> io::Result<Seen> {
        let ours = self.sockets.find(self.address, line.peer)?;
        let theirs = self.sockets.find(line.peer, self.address)?;
        Ok(if line.closed { Seen::closed(theirs) } else { Seen::open(ours, theirs) })
    }
}

/// How it is with one connection.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Busy,
    Quiet,
    /// Both ends know that it is closed.
    Over,
}

#[cfg(target_os = "linux")]
impl Seen {
    /// A connection that the front has open.
    fn open(ours: Option<Socket>, theirs: Option<Socket>) -> Seen {
        // Without a socket it was reset, and the front is about to learn of it.
        let Some(ours) = ours.filter(|ours| ours.unread == 0 && ours.traffic.is_sent()) else {
            return Seen::Busy;
        };
        let arrived = match theirs {
            // Delivered is as good as read: who reads it has been woken by it, and sleeps again.
            Some(theirs) => {
                let end_arrived = !theirs.state.has_sent_end() || ours.state.has_received_end();
                theirs.traffic.is_sent() && ours.traffic.has_arrived(&theirs.traffic) && end_arrived
            }
            // They have closed it, or were reset; until our end shows it, it is on its way.
            None => ours.state != State::Established,
        };
        if arrived { Seen::Quiet } else { Seen::Busy }
    }

    /// A connection that the front has closed or reset.
    fn closed(theirs: Option<Socket>) -> Seen {
        match theirs {
            Some(theirs) if !theirs.state.has_received_end() => Seen::Busy,
            _ => Seen::Over,
        }
    }
}
