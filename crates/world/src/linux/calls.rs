//! System calls: what is done at the beginning of those that stop a thread, and at their end.

use std::io;

use rustix::process::Pid;

use super::access;
use super::clock::SECOND;
use super::exec::{self, Begun};
use super::network::{Disposition, Network};
use super::proc;
use super::ptrace;
use super::timer;
use super::tracer::Tracer;
use super::tree::{OnStop, PendingCall};
use super::wait::{self, Wait};
use super::x86_64::Registers;
use crate::WorldEnd;

impl Tracer {
    /// A thread is about to make a system call.
    pub(super) fn call_begins(&mut self, thread: Pid) -> io::Result<()> {
        let mut registers = ptrace::registers(thread)?;
        match registers.call() {
            libc::SYS_clock_gettime | libc::SYS_gettimeofday | libc::SYS_time => {
                self.tell_time(thread, registers)
            }
            libc::SYS_open | libc::SYS_openat | libc::SYS_openat2 => {
                self.open_or_signal(thread, registers, true)
            }
            libc::SYS_kill
            | libc::SYS_tkill
            | libc::SYS_tgkill
            | libc::SYS_rt_sigqueueinfo
            | libc::SYS_rt_tgsigqueueinfo
            | libc::SYS_pidfd_open => self.open_or_signal(thread, registers, false),
            libc::SYS_connect
            | libc::SYS_bind
            | libc::SYS_sendto
            | libc::SYS_sendmsg
            | libc::SYS_sendmmsg
            | libc::SYS_socket => self.use_network(thread, registers),
            libc::SYS_timer_create => {
                let created = PendingCall::TimerCreated(registers.argument(0) as i32, registers.argument(2));
                self.watch_call(thread, &registers, created)
            }
            libc::SYS_alarm
            | libc::SYS_setitimer
            | libc::SYS_getitimer
            | libc::SYS_timer_settime
            | libc::SYS_timer_gettime
            | libc::SYS_timer_delete
            | libc::SYS_timerfd_settime
            | libc::SYS_timerfd_gettime => {
                let Some((found, process)) = self.tree.both(thread) else { return ptrace::resume(thread, 0) };
                let (memory, timers) = (&process.memory, &process.timers);
                match timer::begin(&mut registers, memory, &self.clock, thread, timers, found.slot) {
                    Some(setting) => self.watch_call(thread, &registers, PendingCall::Timer(setting)),
                    None => ptrace::resume(thread, 0),
                }
            }
            libc::SYS_setsockopt => {
                if let Some((_, process)) = self.tree.both(thread) {
                    if registers.argument(1) as i32 == libc::SOL_SOCKET {
                        self.socket_timeouts.set(thread, &registers, &process.memory);
                    } else {
                        self.network.only_v6(thread, &registers, &process.memory);
                    }
                }
                ptrace::resume(thread, 0)
            }
            libc::SYS_restart_syscall => {
                let rest = self.tree.thread(thread).and_then(|thread| thread.rest.take());
                match rest {
                    Some(wait) => self.watch_call(thread, &registers, PendingCall::Wait(wait)),
                    None => ptrace::resume(thread, 0),
                }
            }
            _ => {
                let Some((found, process)) = self.tree.both(thread) else { return ptrace::resume(thread, 0) };
                match wait::begin(&mut registers, &process.memory, &self.clock, found.slot) {
                    Some(wait) => self.begin_wait(thread, wait, &registers),
                    None => ptrace::resume(thread, 0),
                }
            }
        }
    }

    fn begin_wait(&mut self, thread: Pid, mut wait: Wait, registers: &Registers) -> io::Result<()> {
        if let Some(found) = self.tree.thread(thread) {
            let goes_on = found.rest.take().is_some_and(|rest| wait.go_on_with(&rest));
            if !goes_on {
                found.ticker.begin(wait.length, wait.on());
            }
        }
        self.watch_call(thread, registers, PendingCall::Wait(wait))
    }

    /// A program reads the clock by a system call of its own.
    fn tell_time(&mut self, thread: Pid, registers: Registers) -> io::Result<()> {
        let Some((_, process)) = self.tree.both(thread) else { return ptrace::resume(thread, 0) };
        let call = registers.call();
        let clock =
            if call == libc::SYS_clock_gettime { registers.argument(0) as i32 } else { libc::CLOCK_REALTIME };
        let Some(time) = self.clock.read(clock) else { return ptrace::resume(thread, 0) };
        let place = registers.argument(usize::from(call == libc::SYS_clock_gettime));
        let memory = &process.memory;
        let (seconds, nanos) = (time / SECOND, time % SECOND);
        let (written, result) = match call {
            libc::SYS_time => (place == 0 || memory.write(place, &seconds.to_ne_bytes()), seconds),
            libc::SYS_gettimeofday => (place == 0 || memory.write_pair(place, seconds, nanos / 1_000), 0),
            _ => (memory.write_pair(place, seconds, nanos), 0),
        };
        if !written {
            return self.refuse(thread, registers, libc::EFAULT);
        }
        let mut registers = registers;
        registers.end_with(result);
        ptrace::set_registers(thread, &registers)?;
        ptrace::resume(thread, 0)
    }

    fn use_network(&mut self, thread: Pid, mut registers: Registers) -> io::Result<()> {
        let Some((found, process)) = self.tree.both(thread) else { return ptrace::resume(thread, 0) };
        let (slot, memory) = (found.slot, &process.memory);
        let decision = match registers.call() {
            libc::SYS_connect => self.network.connect(thread, &mut registers, memory, slot, &mut self.asked),
            libc::SYS_bind => self.network.bind(thread, &mut registers, memory, slot, &mut self.asked),
            libc::SYS_socket => Network::datagrams(),
            _ => self.network.send(thread, &mut registers, memory, &mut self.asked),
        };
        match decision {
            Disposition::Go => ptrace::resume(thread, 0),
            Disposition::Refuse(error) => self.refuse(thread, registers, error),
            Disposition::Watch(call) => self.watch_call(thread, &registers, PendingCall::Socket(call)),
        }
    }

    /// A thread has made a system call.
    pub(super) fn call_ends(&mut self, thread: Pid) -> io::Result<()> {
        let Some((found, process)) = self.tree.both(thread) else { return ptrace::resume(thread, 0) };
        let call = std::mem::take(&mut found.call);
        let wanted = std::mem::replace(&mut found.wanted, OnStop::Nothing);
        let mut registers = ptrace::registers(thread)?;
        let memory = &process.memory;
        match call {
            PendingCall::None => {}
            PendingCall::Exec => {
                if let Begun::Without(why) = exec::begin(thread, memory, &self.clock, &self.image)? {
                    let program = proc::command(thread).unwrap_or_default();
                    self.end(WorldEnd::Unsupported(format!("{program}: {why}")))?;
                }
                return ptrace::resume(thread, 0);
            }
            PendingCall::Wait(wait) => {
                if registers.is_interrupted() && !wait.over {
                    registers.repeat_unless_handled();
                    found.rest = Some(wait.clone());
                }
                wait.end(&mut registers, memory, &self.clock);
                found.ticker.end(registers.result() == wait.at_limit());
            }
            PendingCall::Timer(call) => call.end(&mut registers, memory, &mut process.timers, &self.clock),
            PendingCall::TimerCreated(clock, place) if registers.result() == 0 => {
                let number = memory.read::<4>(place).map(u32::from_ne_bytes);
                process.timers.created(number.unwrap_or_default().into(), clock);
            }
            PendingCall::TimerCreated(..) => {}
            PendingCall::Socket(call) => self.network.end(call, thread, &mut registers, memory),
            PendingCall::Argument(index, original) => registers.set_argument(index, original),
        }
        self.finish(thread, registers, wanted)?;
        ptrace::resume(thread, 0)
    }
}

/// What a decision about a file or a process means for the call.
impl Tracer {
    pub(super) fn open_or_signal(
        &mut self,
        thread: Pid,
        mut registers: Registers,
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
            let files = access::Files { names, image: &self.image, confined: self.confined };
            access::open(thread, &mut registers, &process.memory, &self.tree, files, &mut self.asked)
        } else {
            access::signal(&registers, &self.tree, &mut self.asked)
        };
        match access {
            access::Access::Allowed => ptrace::resume(thread, 0),
            access::Access::Refused(error) => self.refuse(thread, registers, error),
            access::Access::Replaced(index, original) => {
                self.watch_call(thread, &registers, PendingCall::Argument(index, original))
            }
        }
    }

    /// Answers a call that is not made.
    pub(super) fn refuse(&mut self, thread: Pid, mut registers: Registers, error: i32) -> io::Result<()> {
        registers.end_with(-i64::from(error));
        ptrace::set_registers(thread, &registers)?;
        ptrace::resume(thread, 0)
    }

    /// Lets a call be made, whose end is to be looked at.
    pub(super) fn watch_call(
        &mut self,
        thread: Pid,
        registers: &Registers,
        call: PendingCall,
    ) -> io::Result<()> {
        ptrace::set_registers(thread, registers)?;
        if let Some(thread) = self.tree.thread(thread) {
            thread.call = call;
        }
        ptrace::resume_to_call(thread, 0)
    }
}
