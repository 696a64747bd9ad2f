//! System calls: what is done at the beginning of those that stop a thread, and at their end.

use std::io;

use rustix::process::Pid;

use super::clock::SECOND;
use super::exec::{self, Begun};
use super::idle::TICK;
use super::network::{Decision, Network};
use super::ptrace;
use super::timer;
use super::tracer::Tracer;
use super::tree::Call;
use super::wait::{self, Wait};
use super::x86_64::Registers;

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
            libc::SYS_alarm
            | libc::SYS_setitimer
            | libc::SYS_timer_settime
            | libc::SYS_timer_delete
            | libc::SYS_timerfd_settime => {
                let Some((_, process)) = self.tree.both(thread) else { return ptrace::resume(thread, 0) };
                match timer::begin(&mut registers, &process.memory, &self.clock) {
                    Some(setting) => self.watch_call(thread, &registers, Call::Timer(setting)),
                    None => ptrace::resume(thread, 0),
                }
            }
            libc::SYS_setsockopt => {
                if let Some((found, process)) = self.tree.both(thread) {
                    self.socket_timeouts.set(found.process, &registers, &process.memory);
                }
                ptrace::resume(thread, 0)
            }
            libc::SYS_restart_syscall => {
                let rest = self.tree.thread(thread).and_then(|thread| thread.rest.take());
                match rest {
                    Some(wait) => self.begin_wait(thread, wait, &registers),
                    None => ptrace::resume(thread, 0),
                }
            }
            _ => {
                let Some((_, process)) = self.tree.both(thread) else { return ptrace::resume(thread, 0) };
                match wait::begin(&mut registers, &process.memory, &self.clock) {
                    Some(wait) => self.begin_wait(thread, wait, &registers),
                    None => ptrace::resume(thread, 0),
                }
            }
        }
    }

    fn begin_wait(&mut self, thread: Pid, wait: Wait, registers: &Registers) -> io::Result<()> {
        if let Some(found) = self.tree.thread(thread) {
            found.ticker.begin(wait.length, TICK);
            found.rest = None;
        }
        self.watch_call(thread, registers, Call::Wait(wait))
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
        let (id, memory) = (found.process, &process.memory);
        let decision = match registers.call() {
            libc::SYS_connect => self.network.connect(id, &mut registers, memory, &mut self.asked),
            libc::SYS_bind => self.network.bind(id, &mut registers, memory, &mut self.asked),
            libc::SYS_socket => Network::datagrams(),
            _ => self.network.send(id, &mut registers, memory, &mut self.asked),
        };
        match decision {
            Decision::Go => ptrace::resume(thread, 0),
            Decision::Refuse(error) => self.refuse(thread, registers, error),
            Decision::Watch(call) => self.watch_call(thread, &registers, Call::Socket(call)),
        }
    }

    /// A thread has made a system call.
    pub(super) fn call_ends(&mut self, thread: Pid) -> io::Result<()> {
        let Some((found, process)) = self.tree.both(thread) else { return ptrace::resume(thread, 0) };
        let call = std::mem::take(&mut found.call);
        let mut registers = ptrace::registers(thread)?;
        match call {
            Call::None => {}
            Call::Exec => {
                let begun = exec::begin(thread, &process.memory, &self.clock, &self.image)?;
                process.has_image = begun == Begun::WithImage;
                return ptrace::resume(thread, 0);
            }
            Call::Wait(wait) => {
                if registers.will_restart_rest() && !wait.over {
                    found.rest = Some(wait.clone());
                }
                wait.end(&mut registers, &process.memory, &self.clock);
                found.ticker.passed = registers.result() == wait.at_limit();
            }
            Call::Timer(setting) => setting.end(&mut registers, &mut process.timers, &self.clock),
            Call::Socket(call) => self.network.end(call, found.process, &mut registers, &process.memory),
            Call::Argument(index, original) => registers.set_argument(index, original),
        }
        ptrace::set_registers(thread, &registers)?;
        ptrace::resume(thread, 0)
    }
}
