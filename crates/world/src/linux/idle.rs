//! When nothing goes on, and where the clock goes then.
//!
//! A tree is idle when there is a moment at which all its threads sleep and nothing is on its way to any of them. Two
//! looks show that there was one, the moment between them. The first one reads how many turns on a processor each thread
//! has had, and that it has none now; the second one that it sleeps, and that it has had no more turns. So it slept at
//! that moment: had it run, it would have had a turn; had it been woken without a turn, it would be ready to run. The
//! threads of the server are looked at in the same way, by the server, and so are the bytes on its connections. No length
//! of quiet is taken for idleness.
//!
//! A lock on a file that a process elsewhere holds may come at any moment, and so may room for output that is read elsewhere:
//! who waits for one of these keeps the clock from jumping. What else a program waits for outside its world (a FIFO that somebody writes to) nobody can know to be on its
//! way. To the clock it is as if it never came.

use std::io;
use std::os::fd::AsFd;

use rustix::process::Pid;

use super::clock::Nanos;
use super::lock;
use super::output;
use super::proc::{self, Within};
use super::tracer::{Activity, Tracer};
use super::tree::{OnStop, Thread};
use crate::Look;

/// Less than this is not worth a jump: the kernel is about to wake who waits.
const SOON: Nanos = 100_000;
/// How often nothing but ticks may happen until they are taken to go on for ever, and how late they are then.
const ONLY_TICKS: u32 = 1_000;
const LATE: i64 = 20;

/// What the first look has shown, for the second one to compare.
struct Seen {
    server: u64,
    /// How many turns each thread has had.
    turns: Vec<(i32, u64)>,
    /// The threads that are in system calls: how many turns they have had, the call, and its arguments.
    calls: Vec<(i32, u64, i64, [u64; 6])>,
}

impl Tracer {
    /// Looks at the tree.
    pub(crate) fn find(&mut self) -> Activity {
        let Some(seen) = self.look() else { return Activity::Busy };
        if !self.is_still(&seen) || self.waits_for_locks(&seen) || self.waits_for_readers(&seen) {
            return Activity::Busy;
        }
        self.note_effects(&seen);
        self.note_socket_waits(&seen);
        self.forget_closed_timers();
        match self.next() {
            Some(moment) if moment - self.clock.now() < SOON => Activity::Busy,
            Some(moment) => Activity::Idle(moment),
            None if self.tree.threads.values().any(|thread| thread.call.wait().is_some()) => Activity::Busy,
            None => Activity::Stuck,
        }
    }

    /// True if a thread waits for a lock that somebody elsewhere has.
    fn waits_for_locks(&self, seen: &Seen) -> bool {
        seen.calls.iter().any(|(_, _, call, arguments)| lock::waits(*call, arguments))
            && lock::are_held_elsewhere(|process| self.tree.has(process))
    }

    /// True if a thread waits until its output is read.
    fn waits_for_readers(&self, seen: &Seen) -> bool {
        seen.calls.iter().any(|(id, _, call, arguments)| {
            let written_to = output::written_to(*call, arguments);
            let of_thread = self.tree.threads.get(id).zip(written_to);
            of_thread.is_some_and(|(thread, to)| output::is_one_of(thread.process, to, &self.pipes))
        })
    }

    /// True if something is on its way to the tree, besides what the server knows of.
    fn is_reached_for(&mut self) -> bool {
        let unread = |pipe: &std::os::fd::OwnedFd| {
            rustix::io::ioctl_fionread(pipe.as_fd()).is_ok_and(|bytes| bytes > 0)
        };
        self.answer_names()
            || self.pipes.iter().any(unread)
            || (self.network.is_used() && proc::packets_wait())
            || self.tree.threads.values().any(|thread| thread.wanted == OnStop::Timers)
    }

    /// How often the threads of the server have had a turn, if nothing is on its way there.
    fn server_turns(&self) -> Option<u64> {
        match self.server.as_ref().map(|server| server.look(self.network.connections())) {
            Some(Look::Busy) => None,
            Some(Look::Quiet(turns)) => Some(turns),
            None => Some(0),
        }
    }

    /// The first look: what is seen of a tree in which nothing seems to go on; none if something does.
    fn look(&mut self) -> Option<Seen> {
        // Whoever was awake the last time is most likely still.
        if let Some(awake) = self.awake.take()
            && self.sleeps(awake) == Some(false)
        {
            self.awake = Some(awake);
            return None;
        }
        let server = self.server_turns()?;
        if self.is_reached_for() {
            return None;
        }
        let mut turns = Vec::with_capacity(self.tree.threads.len());
        let mut calls = Vec::new();
        for (id, thread) in &self.tree.threads {
            // The turns first: if it runs in between, it has had more at the second look.
            let pid = Pid::from_raw(*id)?;
            let Some(it) = thread.watched.turns() else { continue };
            turns.push((*id, it));
            if self.turns_before.get(id) == Some(&it) {
                // It has slept since the tree was last idle, and is where it was then.
                calls.extend(self.calls_before.get(id).map(|(call, arguments)| (*id, it, *call, *arguments)));
                continue;
            }
            match proc::within(thread.process, pid) {
                Some(Within::Running) => {
                    self.awake = Some(*id);
                    return None;
                }
                Some(Within::Call(call, arguments)) => {
                    calls.push((*id, it, call, arguments));
                }
                Some(Within::Elsewhere) => {}
                None => drop(turns.pop()),
            }
        }
        (!turns.is_empty()).then_some(Seen { server, turns, calls })
    }

    /// The second look: true if all sleep, and have since the first one.
    fn is_still(&mut self, seen: &Seen) -> bool {
        for (id, before) in &seen.turns {
            let Some(sleeps) = self.sleeps(*id) else { continue };
            let Some(thread) = self.tree.threads.get(id) else { continue };
            // The turns last: if it ran after it was seen to sleep, it has had more.
            if !sleeps || thread.watched.turns() != Some(*before) {
                self.awake = Some(*id);
                return false;
            }
        }
        !self.is_reached_for() && self.server_turns() == Some(seen.server)
    }

    /// True if a thread sleeps until something wakes it; none if it is gone.
    fn sleeps(&self, id: i32) -> Option<bool> {
        let thread = self.tree.threads.get(&id)?;
        Some(match thread.watched.state()? {
            'S' => true,
            // The first thread of a process that goes on without it; or one whose end is about to be reported.
            'Z' if id == thread.process.as_raw_nonzero().get() && self.has_others(thread) => return None,
            // It waits for the child that runs in its memory.
            'D' => thread.in_vfork,
            // Stopped by us, and to be looked after, unless that is how a stopped group is kept.
            't' | 'T' => thread.in_stop,
            _ => false,
        })
    }

    fn has_others(&self, thread: &Thread) -> bool {
        let process = self.tree.processes.get(&thread.process.as_raw_nonzero().get());
        process.is_some_and(|process| process.threads > 1)
    }

    /// Ticks that had an effect are no ticks: the server has run, a thread has ended, or one has run that something else than
    /// the time woke, unless it is one of those that do nothing but wait and wake each other.
    fn note_effects(&mut self, seen: &Seen) {
        let before = std::mem::take(&mut self.turns_before);
        let threads = &self.tree.threads;
        let others = seen.turns.iter().any(|(id, turns)| {
            let is_new = |thread: &Thread| !(thread.ticker.goes_on() || thread.ticker.is_used_to_it());
            before.get(id) != Some(turns) && threads.get(id).is_some_and(is_new)
        });
        if std::mem::take(&mut self.anyone_ended) || others || seen.server != self.server_before {
            self.tree.threads.values_mut().for_each(|thread| thread.ticker.note_effect());
            self.ticks_alone = 0;
        }
        self.server_before = seen.server;
        self.turns_before = seen.turns.iter().copied().collect();
        self.calls_before =
            seen.calls.iter().map(|(id, _, call, arguments)| (*id, (*call, *arguments))).collect();
    }

    /// Notes the threads that wait on a socket with a time limit: from now on it counts.
    fn note_socket_waits(&mut self, seen: &Seen) {
        if self.socket_timeouts.is_empty() {
            return;
        }
        let now = self.clock.now();
        for (id, turns, call, arguments) in &seen.calls {
            let (Some(thread), Some(pid)) = (self.tree.threads.get_mut(id), Pid::from_raw(*id)) else {
                continue;
            };
            if thread.call.wait().is_some() || thread.socket_wait.is_some_and(|(since, _)| since == *turns) {
                continue;
            }
            let limit = self.socket_timeouts.limit(pid, *call, arguments);
            thread.socket_wait = limit.map(|limit| (*turns, now.saturating_add(limit)));
        }
    }

    fn forget_closed_timers(&mut self) {
        for process in self.tree.process_ids() {
            let thread = self.tree.any_thread(process);
            if let Some(found) = self.tree.processes.get_mut(&process.as_raw_nonzero().get()) {
                let is_set =
                    |number| proc::timer(thread, number).is_some_and(|it| it.will_go_off || it.went_off);
                found.timers.forget_closed(is_set);
            }
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
            only_ticks &= thread.ticker.ticks();
            deadline.saturating_add(thread.ticker.late())
        });
        let moments: Vec<Nanos> = moments.collect();
        let other = timers.chain(sockets).min();
        if only_ticks && other.is_none() && !waits.is_empty() {
            // There is nothing else to go by, so every tick counts; but not for ever.
            self.ticks_alone = self.ticks_alone.saturating_add(1);
            let late = if self.ticks_alone > ONLY_TICKS { LATE } else { 0 };
            return waits.iter().map(|(deadline, thread)| deadline + late * thread.ticker.length()).min();
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
            if let super::tree::PendingCall::Wait(wait) = &mut thread.call {
                if wait.is_late(now, offset) {
                    wait.over = true;
                    awakened.push(*id);
                }
            } else if thread.socket_wait.is_some_and(|(_, deadline)| deadline <= now) {
                thread.socket_wait = None;
                thread.wanted = OnStop::SocketTimeout;
                awakened.push(*id);
            }
        }
        for process in self.tree.processes.values_mut() {
            process.due.extend(process.timers.due(now, offset));
        }
        for id in awakened {
            if let Some(thread) = Pid::from_raw(id) {
                self.on_living(super::ptrace::interrupt(thread))?;
            }
        }
        self.see_to_timers()
    }
}
