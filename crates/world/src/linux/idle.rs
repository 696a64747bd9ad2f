//! When nothing goes on, and where the clock goes then.
//!
//! A tree is idle when there is a moment at which all its threads sleep and nothing is on its way to any of them. Two
//! looks show that there was one: in both each thread sleeps, and none had a turn on a processor between them. The thread
//! of the server is one of those that are looked at, and so are the bytes on its connections. No length of quiet is
//! taken for idleness.

use std::io;
use std::os::fd::AsFd;

use rustix::process::Pid;

use super::clock::Nanos;
use super::proc;
use super::tracer::Tracer;
use super::tree::{Thread, Wanted};
use crate::Look;

/// Less than this is not worth a jump: the kernel is about to wake who waits.
const SOON: Nanos = 100_000;
/// A wait of at most this that has passed [`PATIENCE`] times in a row, to no effect, is a tick. (A JVM has threads that
/// wait for 50, 250, 300 and 1,000 ms, for ever.)
pub(crate) const TICK: Nanos = 1_100_000_000;
const PATIENCE: u32 = 10;
/// How often nothing but ticks may happen until they are taken to go on for ever, and how late they are then.
const ONLY_TICKS: u32 = 1_000;
const LATE: i64 = 20;

/// How a tree was found.
pub(crate) enum Found {
    /// Something goes on.
    Busy,
    /// Nothing does, until this moment of its clock.
    Idle(Nanos),
    /// Nothing does, and nobody waits for time.
    Stuck,
}

/// What two looks compare.
#[derive(PartialEq, Eq)]
struct Seen {
    server: u64,
    turns: Vec<(i32, u64)>,
}

impl Tracer {
    /// Looks at the tree.
    pub(crate) fn find(&mut self) -> Found {
        if self.answer_names() {
            return Found::Busy;
        }
        let Some(seen) = self.look() else { return Found::Busy };
        if self.look().as_ref() != Some(&seen) {
            return Found::Busy;
        }
        self.note_effects(&seen);
        self.note_socket_waits(&seen);
        self.forget_closed_timers();
        match self.next() {
            Some(moment) if moment - self.clock.now() < SOON => Found::Busy,
            Some(moment) => Found::Idle(moment),
            None if self.tree.threads.values().any(|thread| thread.call.wait().is_some()) => Found::Busy,
            None => Found::Stuck,
        }
    }

    /// What is seen of a tree in which nothing seems to go on; none if something does.
    fn look(&mut self) -> Option<Seen> {
        // Whoever was awake the last time is most likely still.
        if let Some(awake) = self.awake.take()
            && self.tree.threads.contains_key(&awake)
            && self.turns(awake).is_none_or(|turns| turns.is_none())
        {
            self.awake = Some(awake);
            return None;
        }
        let server = match self.server.as_ref().map(|server| server.look(self.network.connections())) {
            Some(Look::Busy) => return None,
            Some(Look::Quiet(turns)) => turns,
            None => 0,
        };
        let unread = |pipe: &std::os::fd::OwnedFd| {
            rustix::io::ioctl_fionread(pipe.as_fd()).is_ok_and(|bytes| bytes > 0)
        };
        if self.pipes.iter().any(unread) {
            return None;
        }
        let mut turns = Vec::with_capacity(self.tree.threads.len());
        for id in self.tree.threads.keys().copied() {
            match self.turns(id) {
                Some(Some(it)) => turns.push((id, it)),
                Some(None) => {
                    self.awake = Some(id);
                    return None;
                }
                // Gone, or a zombie: its end is reported as soon as it is one.
                None => {}
            }
        }
        (!turns.is_empty()).then_some(Seen { server, turns })
    }

    /// The turns of a thread, if it sleeps; none at all if it is gone.
    fn turns(&self, id: i32) -> Option<Option<u64>> {
        let in_vfork = self.tree.threads.get(&id)?.in_vfork;
        let standing = proc::standing(Pid::from_raw(id)?, in_vfork)?;
        Some(standing.asleep.then_some(standing.turns))
    }

    /// Ticks that had an effect are no ticks: the server has run, or a thread that something else than the time woke.
    fn note_effects(&mut self, seen: &Seen) {
        let before = std::mem::take(&mut self.turns_before);
        let threads = &self.tree.threads;
        let others = seen.turns.iter().any(|(id, turns)| {
            before.get(id) != Some(turns) && threads.get(id).is_some_and(|thread| !thread.ticker.goes_on)
        });
        if others || seen.server != self.server_before {
            self.tree.threads.values_mut().for_each(|thread| thread.ticker.times = 0);
            self.ticks_alone = 0;
        }
        self.server_before = seen.server;
        self.turns_before = seen.turns.iter().copied().collect();
    }

    /// Notes the threads that wait on a socket with a time limit: from now on it counts.
    fn note_socket_waits(&mut self, seen: &Seen) {
        if self.socket_timeouts.is_empty() {
            return;
        }
        let now = self.clock.now();
        for (id, turns) in &seen.turns {
            let (Some(thread), Some(pid)) = (self.tree.threads.get_mut(id), Pid::from_raw(*id)) else {
                continue;
            };
            if thread.call.wait().is_some() || thread.socket_wait.is_some_and(|(since, _)| since == *turns) {
                continue;
            }
            let limit = proc::current_call(pid)
                .and_then(|(call, arguments)| self.socket_timeouts.limit(thread.process, call, &arguments));
            thread.socket_wait = limit.map(|limit| (*turns, now.saturating_add(limit)));
        }
    }

    fn forget_closed_timers(&mut self) {
        for (id, process) in &mut self.tree.processes {
            let Some(pid) = Pid::from_raw(*id) else { continue };
            process.timers.forget_closed(|number| {
                proc::descriptor(pid, number).is_some_and(|link| link.as_os_str() == "anon_inode:[timerfd]")
            });
        }
    }

    /// The next moment that somebody waits for.
    fn next(&mut self) -> Option<Nanos> {
        let timers = self.tree.processes.values().filter_map(|process| process.timers.next());
        let sockets = self.tree.threads.values().filter_map(|thread| Some(thread.socket_wait?.1));
        let mut only_ticks = true;
        let waits: Vec<(Nanos, &Thread)> = self
            .tree
            .threads
            .values()
            .filter_map(|thread| Some((thread.call.wait().filter(|wait| !wait.over)?.deadline, thread)))
            .collect();
        let moments = waits.iter().map(|(deadline, thread)| {
            let ticker = thread.ticker;
            let ticks = ticker.times >= PATIENCE;
            only_ticks &= ticks;
            // A timer may be late, in any real system, and the longer it has ticked to no effect the later this one is.
            if ticks { deadline.saturating_add(ticker.length * Nanos::from(ticker.times)) } else { *deadline }
        });
        let moments: Vec<Nanos> = moments.collect();
        let other = timers.chain(sockets).min();
        if only_ticks && other.is_none() && !waits.is_empty() {
            // There is nothing else to go by, so every tick counts; but not for ever.
            self.ticks_alone = self.ticks_alone.saturating_add(1);
            let late = if self.ticks_alone > ONLY_TICKS { LATE } else { 0 };
            return waits.iter().map(|(deadline, thread)| deadline + late * thread.ticker.length).min();
        }
        self.ticks_alone = 0;
        moments.into_iter().chain(other).min()
    }

    /// Moves the clock of the idle tree on to this moment.
    pub(crate) fn jump(&mut self, moment: Nanos) -> io::Result<()> {
        self.clock.advance(moment - self.clock.now())?;
        self.jumps += 1;
        self.wake_late()
    }

    /// Wakes those whose moment has come, and whom the kernel would wake too late because the clock has moved on.
    pub(crate) fn wake_late(&mut self) -> io::Result<()> {
        let now = self.clock.now();
        let offset = self.clock.offset();
        let mut awakened = Vec::new();
        for (id, thread) in &mut self.tree.threads {
            if let super::tree::Call::Wait(wait) = &mut thread.call {
                if wait.is_late(now, offset) {
                    wait.over = true;
                    awakened.push(*id);
                }
            } else if thread.socket_wait.is_some_and(|(_, deadline)| deadline <= now) {
                thread.socket_wait = None;
                thread.wanted = Wanted::SocketTimeout;
                awakened.push(*id);
            }
        }
        for id in self.tree.processes.keys().copied().collect::<Vec<_>>() {
            let Some(process) = self.tree.processes.get_mut(&id) else { continue };
            let due = process.timers.due(now, offset);
            if due.is_empty() {
                continue;
            }
            process.due.extend(due);
            // Any thread can do it. One that is about to wake anyway has something else to do when it stops.
            let found = self.tree.threads.iter_mut().find(|(_, thread)| {
                thread.process.as_raw_nonzero().get() == id && thread.wanted == Wanted::Nothing
            });
            if let Some((thread_id, thread)) = found {
                thread.wanted = Wanted::Timers;
                awakened.push(*thread_id);
            }
        }
        for id in awakened {
            if let Some(thread) = Pid::from_raw(id) {
                self.on_living(super::ptrace::interrupt(thread))?;
            }
        }
        Ok(())
    }
}
