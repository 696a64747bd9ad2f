//! The thread that watches a tree: it answers each stop, looks whether anything goes on, and moves the clock.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::access;
use super::clock::{Clock, Nanos};
use super::exec;
use super::idle::Found;
use super::network::Network;
use super::proc;
use super::ptrace::{self, event};
use super::sockopt::SocketTimeouts;
use super::stop::{self, Stop, Waited};
use super::tick::Ticks;
use super::tree::{Call, Tree, Wanted};
use crate::running::Control;
use crate::{Asked, End, Limits, Report, Server};

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
    pub(crate) clock: Clock,
    pub(crate) network: Network,
    pub(crate) server: Option<Arc<dyn Server>>,
    pub(crate) ignored_names: Vec<String>,
    pub(crate) limits: Limits,
    pub(crate) control: Arc<Control>,
    pub(crate) pipes: Vec<OwnedFd>,
    pub(crate) image: Arc<[u8]>,
}

/// A tree that is watched.
pub(crate) struct Tracer {
    pub(super) tree: Tree,
    pub(super) clock: Clock,
    pub(super) network: Network,
    pub(super) server: Option<Arc<dyn Server>>,
    /// The ends of pipes that are read by somebody else: what lies in them is on its way.
    pub(super) pipes: Vec<OwnedFd>,
    pub(super) socket_timeouts: SocketTimeouts,
    pub(super) asked: Asked,
    ignored_names: Vec<String>,
    /// The thread that kept the tree from being idle at the last look.
    pub(super) awake: Option<i32>,
    pub(super) turns_before: BTreeMap<i32, u64>,
    pub(super) server_before: u64,
    pub(super) ticks_alone: u32,
    pub(super) jumps: u64,
    pub(super) image: Arc<[u8]>,
    pub(super) instruction: u64,
    first: Pid,
    limits: Limits,
    control: Arc<Control>,
    stops: u64,
    /// How the first process ended.
    ended: Option<End>,
    /// The processor time when it did.
    ended_at: Nanos,
    /// Why everything is being killed, if it is: it was not to go on.
    killed: Option<End>,
    killing: bool,
    left: Vec<String>,
}

impl Tracer {
    pub(crate) fn new(parts: Parts) -> Tracer {
        let Parts { first, clock, network, server, ignored_names, limits, control, pipes, image } = parts;
        let place = image.windows(2).position(|bytes| bytes == super::x86_64::SYSCALL).unwrap_or_default();
        Tracer {
            tree: Tree::default(),
            clock,
            network,
            server,
            pipes,
            socket_timeouts: SocketTimeouts::default(),
            asked: Asked::default(),
            ignored_names,
            awake: None,
            turns_before: BTreeMap::new(),
            server_before: 0,
            ticks_alone: 0,
            jumps: 0,
            image,
            instruction: super::x86_64::IMAGE + place as u64,
            first,
            limits,
            control,
            stops: 0,
            ended: None,
            ended_at: 0,
            killed: None,
            killing: false,
            left: Vec::new(),
        }
    }

    /// Watches the tree until nothing of it is left.
    pub(crate) fn watch(mut self) -> io::Result<Report> {
        let began = Instant::now();
        self.tree.add(self.first, None)?;
        let mut ticks = Ticks::new()?;
        let mut pause = FIRST;
        let mut added_up = began;
        loop {
            ticks.set(pause)?;
            match stop::wait()? {
                Waited::Stopped(thread, what) => {
                    self.stops += 1;
                    pause = FIRST;
                    self.stopped(thread, what)?;
                    continue;
                }
                Waited::Nobody => break,
                Waited::Nothing => {}
            }
            self.check(&mut added_up)?;
            if !self.killing {
                match self.find() {
                    Found::Busy => pause = (pause * 2).min(LONGEST),
                    Found::Idle(moment) => {
                        pause = FIRST;
                        self.idle(Some(moment))?;
                    }
                    Found::Stuck => self.idle(None)?,
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
        if self.control.killed.load(Ordering::Relaxed) {
            return self.end(End::Killed);
        }
        if self.clock.elapsed() >= self.limits.virtual_nanos() {
            return self.end(End::VirtualTime);
        }
        if self.ended.is_some() && self.tree.processor_time() - self.ended_at > LEFT {
            return self.end_left();
        }
        if added_up.elapsed() >= ADD_UP {
            *added_up = Instant::now();
            if self.tree.processor_time() >= self.limits.processor_nanos() {
                return self.end(End::ProcessorTime);
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
                self.end(End::VirtualTime)
            }
            None => self.end(End::Stuck),
        }
    }

    /// Ends the tree, which was not to go on.
    fn end(&mut self, why: End) -> io::Result<()> {
        self.killed = Some(why);
        self.killing = true;
        self.kill_all()
    }

    /// Ends what is left of a tree whose first process has ended.
    fn end_left(&mut self) -> io::Result<()> {
        self.left = self.tree.process_ids().into_iter().filter_map(proc::command).collect();
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
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
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
            if thread == self.first && self.ended.is_none() {
                self.ended = Some(stop::end(status));
                self.ended_at = self.tree.processor_time();
            }
            return Ok(());
        }
        let done = self.tree.add(thread, None).and_then(|()| self.answer(thread, what));
        self.on_living(done)
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
            Stop::Event(event::STOP, _) if what.is_group() => ptrace::listen(thread),
            Stop::Event(..) => self.interrupted(thread),
            Stop::Signal(signal) => self.go_on(thread, signal),
            Stop::Ended(_) => Ok(()),
        }
    }

    /// Lets a thread go on, to the end of its system call if there is something to do then.
    pub(super) fn go_on(&mut self, thread: Pid, signal: i32) -> io::Result<()> {
        match self.tree.thread(thread).map(|thread| &thread.call) {
            None | Some(Call::None) => ptrace::resume(thread, signal),
            Some(_) => ptrace::resume_to_call(thread, signal),
        }
    }

    /// A thread has started another one, or a process.
    fn started(&mut self, parent: Pid, in_vfork: bool) -> io::Result<()> {
        let new = i32::try_from(ptrace::message(parent)?).ok().and_then(Pid::from_raw);
        if let Some(new) = new {
            // It may have gone already: then its end has been reported, or will be.
            let added = self.tree.add(new, Some(parent));
            self.on_living(added.or_else(|error| match error.kind() {
                io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            }))?;
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
        if exec::is_32_bit(process) {
            let program = proc::command(process).unwrap_or_default();
            self.end(End::Unsupported(format!("a program of 32 bits: {program}")))?;
        }
        if let Some(thread) = self.tree.thread(process) {
            thread.call = Call::Exec;
        }
        self.go_on(process, 0)
    }

    /// A thread that was made to stop has stopped; or one that is new, or goes on after SIGCONT.
    fn interrupted(&mut self, thread: Pid) -> io::Result<()> {
        let instruction = self.instruction;
        let Some((found, process)) = self.tree.both(thread) else { return ptrace::resume(thread, 0) };
        match std::mem::replace(&mut found.wanted, Wanted::Nothing) {
            Wanted::Nothing => {}
            Wanted::SocketTimeout => {
                let mut registers = ptrace::registers(thread)?;
                if registers.call() >= 0 && registers.is_interrupted() {
                    registers.end_with(super::sockopt::at_limit(registers.call()));
                    ptrace::set_registers(thread, &registers)?;
                }
            }
            Wanted::Timers if process.has_image => {
                let mut registers = ptrace::registers(thread)?;
                let place = registers.scratch();
                for timer in std::mem::take(&mut process.due) {
                    let (number, arguments, value) = timer.call(place);
                    let bytes: Vec<u8> = value.iter().flat_map(|number| number.to_ne_bytes()).collect();
                    if process.memory.write(place, &bytes) {
                        // One that was closed meanwhile is none any more.
                        super::inject::call(thread, &registers, instruction, number, arguments)?;
                    }
                }
                registers.restart();
                ptrace::set_registers(thread, &registers)?;
            }
            Wanted::Timers => process.due.clear(),
        }
        self.go_on(thread, 0)
    }

    fn report(mut self, wall: Duration) -> Report {
        let end = self.killed.or(self.ended).unwrap_or(End::Killed);
        let nanos = |time: Nanos| Duration::from_nanos(u64::try_from(time).unwrap_or_default());
        Report {
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

/// What a decision about a file or a process means for the call.
impl Tracer {
    pub(super) fn open_or_signal(
        &mut self,
        thread: Pid,
        mut registers: super::x86_64::Registers,
        opens: bool,
    ) -> io::Result<()> {
        let Some(id) = self.tree.thread(thread).map(|thread| thread.process) else {
            return ptrace::resume(thread, 0);
        };
        let access = if opens {
            let Some(process) = self.tree.processes.get(&id.as_raw_nonzero().get()) else {
                return ptrace::resume(thread, 0);
            };
            let names = self.network.names();
            access::open(id, &mut registers, &process.memory, &self.tree, names, &mut self.asked)
        } else {
            access::signal(&registers, &self.tree, &mut self.asked)
        };
        match access {
            access::Access::Allowed => ptrace::resume(thread, 0),
            access::Access::Refused(error) => self.refuse(thread, registers, error),
            access::Access::Replaced(index, original) => {
                self.watch_call(thread, &registers, Call::Argument(index, original))
            }
        }
    }

    /// Answers a call that is not made.
    pub(super) fn refuse(
        &mut self,
        thread: Pid,
        mut registers: super::x86_64::Registers,
        error: i32,
    ) -> io::Result<()> {
        registers.end_with(-i64::from(error));
        ptrace::set_registers(thread, &registers)?;
        ptrace::resume(thread, 0)
    }

    /// Lets a call be made, whose end is to be looked at.
    pub(super) fn watch_call(
        &mut self,
        thread: Pid,
        registers: &super::x86_64::Registers,
        call: Call,
    ) -> io::Result<()> {
        ptrace::set_registers(thread, registers)?;
        if let Some(thread) = self.tree.thread(thread) {
            thread.call = call;
        }
        ptrace::resume_to_call(thread, 0)
    }
}
