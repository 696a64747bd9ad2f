//! The thread that watches a tree: it answers each stop, looks whether anything goes on, and moves the clock.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::clock::{Clock, Nanos};
use super::exec;
use super::image::TreeImage;
use super::network::Network;
use super::proc;
use super::ptrace::{self, event};
use super::sockopt::SocketTimeouts;
use super::spawn::Confined;
use super::stop::{self, Stop, Waited};
use super::tick::Ticks;
use super::tree::{OnStop, PendingCall, Tree};
use crate::running::KillSwitch;
use crate::{Asked, TimeLimits, WorldEnd, WorldReport, WorldServer};

/// How long a tree is left alone until it is looked at: at first, and at most. A look takes microseconds.
const FIRST: Duration = Duration::from_micros(150);
const LONGEST: Duration = Duration::from_millis(2);
/// How often the processor time of a tree is added up.
const ADD_UP: Duration = Duration::from_millis(50);
/// The processor time that the processes get which are left when the first one has ended: they may be on their way out.
const LEFT: Nanos = 100_000_000;

/// What a tracer begins with.
pub(crate) struct Parts {
    pub(crate) first: Pid,
    pub(crate) confined: Confined,
    pub(crate) clock: Clock,
    pub(crate) network: Network,
    pub(crate) server: Option<Arc<dyn WorldServer>>,
    pub(crate) ignored_names: Vec<String>,
    pub(crate) limits: TimeLimits,
    pub(crate) switch: Arc<KillSwitch>,
    pub(crate) pipes: Vec<OwnedFd>,
    pub(crate) image: TreeImage,
}

/// How a tree was found.
pub(crate) enum Activity {
    /// Something goes on.
    Busy,
    /// Nothing does, until this moment of its clock.
    Idle(Nanos),
    /// Nothing does, and nobody waits for time.
    Stuck,
}

/// A tree that is watched.
pub(crate) struct Tracer {
    pub(super) tree: Tree,
    pub(super) clock: Clock,
    pub(super) network: Network,
    pub(super) server: Option<Arc<dyn WorldServer>>,
    /// The ends of pipes that are read by somebody else: what lies in them is on its way.
    pub(super) pipes: Vec<OwnedFd>,
    pub(super) socket_timeouts: SocketTimeouts,
    pub(super) asked: Asked,
    pub(super) confined: Confined,
    ignored_names: Vec<String>,
    /// The thread that kept the tree from being idle at the last look.
    pub(super) awake: Option<i32>,
    /// How many turns each thread had had when the tree was last idle.
    pub(super) turns_before: BTreeMap<i32, u64>,
    /// The threads that were in system calls when the tree was last idle: the call, and its arguments.
    pub(super) calls_before: BTreeMap<i32, (i64, [u64; 6])>,
    pub(super) server_before: u64,
    pub(super) ticks_alone: u32,
    /// True if a thread has ended since the tree was last idle.
    pub(super) anyone_ended: bool,
    pub(super) jumps: u64,
    pub(super) image: TreeImage,
    first: Pid,
    limits: TimeLimits,
    switch: Arc<KillSwitch>,
    stops: u64,
    /// How long the tree is left alone until it is looked at.
    pause: Duration,
    /// How the first process ended.
    ended: Option<WorldEnd>,
    /// The processor time when it did.
    ended_at: Nanos,
    /// Why everything is being killed, if it is: it was not to go on.
    killed: Option<WorldEnd>,
    killing: bool,
    left: Vec<String>,
}

impl Tracer {
    pub(crate) fn new(parts: Parts) -> Tracer {
        let Parts { first, confined, clock, network, server, .. } = parts;
        let Parts { ignored_names, limits, switch, pipes, image, .. } = parts;
        Tracer {
            tree: Tree::default(),
            clock,
            network,
            server,
            pipes,
            socket_timeouts: SocketTimeouts::default(),
            asked: Asked::default(),
            confined,
            ignored_names,
            awake: None,
            turns_before: BTreeMap::new(),
            calls_before: BTreeMap::new(),
            server_before: 0,
            ticks_alone: 0,
            anyone_ended: false,
            jumps: 0,
            image,
            first,
            limits,
            switch,
            stops: 0,
            pause: FIRST,
            ended: None,
            ended_at: 0,
            killed: None,
            killing: false,
            left: Vec::new(),
        }
    }

    /// Watches the tree until nothing of it is left.
    pub(crate) fn watch(mut self) -> io::Result<WorldReport> {
        let began = Instant::now();
        self.clock.begin();
        self.tree.add(self.first, None)?;
        let mut ticks = Ticks::new()?;
        let mut added_up = began;
        loop {
            ticks.set(self.pause)?;
            let waited = stop::wait()?;
            self.clock.watch();
            match waited {
                Waited::Stopped(thread, what) => {
                    self.stops += 1;
                    self.stopped(thread, what)?;
                    if self.tree.thread(thread).is_none_or(|thread| thread.call.wait().is_some()) {
                        // This may have been the last one that was at anything.
                        self.pause = FIRST;
                    }
                    continue;
                }
                Waited::Nobody => break,
                Waited::Nothing => {}
            }
            self.check(&mut added_up)?;
            if !self.killing {
                match self.find() {
                    Activity::Busy => self.pause = (self.pause * 2).min(LONGEST),
                    Activity::Idle(moment) => {
                        self.pause = FIRST;
                        self.idle(Some(moment))?;
                    }
                    Activity::Stuck => self.idle(None)?,
                }
            }
            self.wake_late()?;
        }
        Ok(self.report(began.elapsed()))
    }

    /// Ends what has had its time.
    fn check(&mut self, added_up: &mut Instant) -> io::Result<()> {
        if self.killing {
            // Who was started in the meantime.
            return self.kill_all();
        }
        if self.switch.killed.load(Ordering::Relaxed) {
            return self.end(WorldEnd::Killed);
        }
        if self.ended.is_none() && self.clock.elapsed() >= self.limits.virtual_nanos() {
            return self.end(WorldEnd::VirtualTime);
        }
        if self.ended.is_some() && self.tree.processor_time() - self.ended_at > LEFT {
            return self.end_left();
        }
        if added_up.elapsed() >= ADD_UP {
            *added_up = Instant::now();
            if self.tree.processor_time() >= self.limits.processor_nanos() {
                return self.end(WorldEnd::ProcessorTime);
            }
        }
        Ok(())
    }

    /// Nothing goes on until this moment, or for ever.
    fn idle(&mut self, moment: Option<Nanos>) -> io::Result<()> {
        if self.ended.is_some() {
            // What sleeps now was left behind.
            return self.end_left();
        }
        let last = self.clock.now() - self.clock.elapsed() + self.limits.virtual_nanos();
        match moment {
            Some(moment) if moment < last => self.jump(moment),
            Some(_) => {
                self.jump(last)?;
                self.end(WorldEnd::VirtualTime)
            }
            None => self.end(WorldEnd::Stuck),
        }
    }

    /// Ends the tree, which was not to go on.
    pub(super) fn end(&mut self, why: WorldEnd) -> io::Result<()> {
        self.killed.get_or_insert(why);
        self.killing = true;
        self.kill_all()
    }

    /// Ends what is left of a tree whose first process has ended.
    fn end_left(&mut self) -> io::Result<()> {
        let left = self.tree.process_ids().into_iter().filter(|process| {
            // One that has just ended, of its own accord, is none that was left.
            proc::state(*process, *process).is_some_and(|state| !matches!(state, 'Z' | 'X'))
        });
        self.left = left.filter_map(proc::command).collect();
        self.killing = true;
        self.kill_all()
    }

    fn kill_all(&mut self) -> io::Result<()> {
        self.tree.processor_time();
        for process in self.tree.process_ids() {
            self.on_living(kill_process(process, Signal::KILL).map_err(io::Error::from))?;
        }
        Ok(())
    }

    /// Takes the failure to do something to a thread that has just gone for what it is: its end is reported next.
    pub(super) fn on_living(&self, done: io::Result<()>) -> io::Result<()> {
        match done {
            Err(error) if matches!(error.raw_os_error(), Some(libc::ESRCH | libc::ENOENT)) => Ok(()),
            done => done,
        }
    }

    /// Answers the questions for names. True if there were any.
    pub(super) fn answer_names(&mut self) -> bool {
        let mut names = Vec::new();
        let any = self.network.names().answer(&mut names);
        for name in names {
            if !self.ignored_names.contains(&name) {
                self.asked.note(format!("the name {name}"));
            }
        }
        any
    }

    /// Something has happened to a thread.
    fn stopped(&mut self, thread: Pid, what: Stop) -> io::Result<()> {
        if let Stop::Ended(status) = what {
            self.tree.remove(thread);
            self.anyone_ended = true;
            // Another thread may get its number.
            self.turns_before.remove(&thread.as_raw_nonzero().get());
            if thread == self.first && self.ended.is_none() {
                self.ended = Some(stop::end(status));
                self.ended_at = self.tree.processor_time();
            }
            return Ok(());
        }
        if let Some(found) = self.tree.thread(thread) {
            found.in_stop = false;
        }
        let done = self.tree.add(thread, None).and_then(|()| self.answer(thread, what));
        // What stopped it may have come instead of what it was interrupted for.
        let done = done.and_then(|()| match self.tree.thread(thread) {
            Some(found) if found.wanted == OnStop::Timers => ptrace::interrupt(thread),
            Some(found) => {
                found.wanted = OnStop::Nothing;
                Ok(())
            }
            None => Ok(()),
        });
        self.on_living(done).or_else(|error| self.lose(thread, &error))
    }

    /// A thread cannot be looked after, so nothing is known of the world any more.
    fn lose(&mut self, thread: Pid, error: &io::Error) -> io::Result<()> {
        let program = proc::command(thread).unwrap_or_default();
        self.end(WorldEnd::Unsupported(format!("a program that cannot be traced: {program}: {error}")))
    }

    fn answer(&mut self, thread: Pid, what: Stop) -> io::Result<()> {
        match what {
            Stop::Call => self.call_ends(thread),
            Stop::Event(event::SECCOMP, _) => self.call_begins(thread),
            Stop::Event(event::EXEC, _) => self.exec(thread),
            Stop::Event(event @ (event::FORK | event::VFORK | event::CLONE), _) => {
                self.started(thread, event == event::VFORK)
            }
            Stop::Event(event::VFORK_DONE, _) => {
                if let Some(thread) = self.tree.thread(thread) {
                    thread.in_vfork = false;
                }
                self.go_on(thread, 0)
            }
            Stop::Event(event::EXIT, _) => {
                if let Some(process) = self.tree.thread(thread).map(|thread| thread.process) {
                    self.tree.read_processor_time(process);
                }
                ptrace::resume(thread, 0)
            }
            Stop::Event(..) => self.interrupted(thread, what.is_group()),
            Stop::Signal(signal) => self.signaled(thread, signal),
            Stop::Ended(_) => Ok(()),
        }
    }

    /// Lets a thread go on, to the end of its system call if there is something to do then.
    pub(super) fn go_on(&mut self, thread: Pid, signal: i32) -> io::Result<()> {
        match self.tree.thread(thread).map(|thread| &thread.call) {
            None | Some(PendingCall::None) => ptrace::resume(thread, signal),
            Some(_) => ptrace::resume_to_call(thread, signal),
        }
    }

    /// A thread has started another one, or a process.
    fn started(&mut self, parent: Pid, in_vfork: bool) -> io::Result<()> {
        let new = i32::try_from(ptrace::message(parent)?).ok().and_then(Pid::from_raw);
        if let Some(new) = new {
            // It may have gone already: then its end has been reported, or will be.
            let added = self.tree.add(new, Some(parent));
            self.on_living(added)?;
        }
        if let Some(thread) = self.tree.thread(parent) {
            thread.in_vfork |= in_vfork;
        }
        self.go_on(parent, 0)
    }

    /// A process executes another program.
    fn exec(&mut self, process: Pid) -> io::Result<()> {
        let former = i32::try_from(ptrace::message(process)?).ok().and_then(Pid::from_raw).unwrap_or(process);
        self.tree.exec(process, former)?;
        self.turns_before.clear();
        if exec::is_32_bit(process) {
            let program = proc::command(process).unwrap_or_default();
            self.end(WorldEnd::Unsupported(format!("a program of 32 bits: {program}")))?;
        }
        if let Some(thread) = self.tree.thread(process) {
            thread.call = PendingCall::Exec;
        }
        self.go_on(process, 0)
    }

    fn report(mut self, wall: Duration) -> WorldReport {
        let end = self.killed.or(self.ended).unwrap_or(WorldEnd::Killed);
        let nanos = |time: Nanos| Duration::from_nanos(u64::try_from(time).unwrap_or_default());
        WorldReport {
            end,
            wall,
            virtual_time: nanos(self.clock.elapsed()),
            processor_time: nanos(self.tree.processor_time()),
            left: self.left,
            asked: self.asked.into_list(),
            jumps: self.jumps,
            stops: self.stops,
        }
    }
}
