//! What a thread is made to do when it has been interrupted: to end a wait on a socket, to make timers go off, or nothing.
//!
//! An interruption is not to be seen by the program. So the call that it broke off goes on as the kernel would have it go
//! on if a signal had come: it is made again unless a handler runs, and a wait keeps the moment at which it ends.

use std::io;

use rustix::process::Pid;

use super::inject::Injection;
use super::proc;
use super::ptrace;
use super::sockopt;
use super::tracer::Tracer;
use super::tree::{OnStop, PendingCall};
use super::x86_64::Registers;

impl Tracer {
    /// A thread that was made to stop has stopped; or one that is new, or goes on after SIGCONT, or whose group stops.
    pub(super) fn interrupted(&mut self, thread: Pid, with_group: bool) -> io::Result<()> {
        let Some(found) = self.tree.thread(thread) else { return ptrace::resume(thread, 0) };
        let wanted = std::mem::replace(&mut found.wanted, OnStop::Nothing);
        found.in_stop = with_group && wanted != OnStop::Timers;
        match wanted {
            OnStop::Nothing if with_group => ptrace::listen(thread),
            OnStop::Nothing => self.go_on(thread, 0),
            wanted => {
                let registers = ptrace::registers(thread)?;
                self.finish(thread, registers, wanted)?;
                if with_group && wanted == OnStop::SocketTimeout {
                    return ptrace::listen(thread);
                }
                self.go_on(thread, 0)
            }
        }
    }

    /// Does what a thread is wanted for, which is stopped behind a system call that has these registers.
    pub(super) fn finish(&mut self, thread: Pid, mut registers: Registers, wanted: OnStop) -> io::Result<()> {
        match wanted {
            OnStop::Nothing => {}
            OnStop::SocketTimeout => {
                if registers.call() >= 0 && registers.is_interrupted() {
                    registers.end_with(sockopt::at_limit(registers.call()));
                }
            }
            OnStop::Timers => {
                registers.repeat_unless_handled();
                self.let_timers_go_off(thread, &registers)?;
                ptrace::set_registers(thread, &registers)?;
                // The kernel forgets about a call that was broken off as soon as another one is made. Stopped once more, it
                // looks at the registers again.
                return ptrace::interrupt(thread);
            }
        }
        ptrace::set_registers(thread, &registers)
    }

    fn let_timers_go_off(&mut self, thread: Pid, registers: &Registers) -> io::Result<()> {
        let Some((found, process)) = self.tree.both(thread) else { return Ok(()) };
        if !process.has_image() {
            // It is about to execute another program, or has just begun: soon, then.
            return Ok(());
        }
        let place = found.slot;
        let injection = Injection::begin(thread, registers, self.image.instruction)?;
        for timer in std::mem::take(&mut process.due) {
            let (number, arguments, value) = process.timers.call(&timer, thread, place);
            let bytes: Vec<u8> = value.iter().flat_map(|number| number.to_ne_bytes()).collect();
            if process.memory.write(place, &bytes) {
                // One that was closed meanwhile is none any more.
                injection.call(number, arguments)?;
            }
        }
        Ok(())
    }

    /// Finds a thread for each process that has timers whose moment has come.
    pub(super) fn see_to_timers(&mut self) -> io::Result<()> {
        for process in self.tree.process_ids() {
            let id = process.as_raw_nonzero().get();
            let is_due = self.tree.processes.get(&id).is_some_and(|process| !process.due.is_empty());
            let mut threads: Vec<(u8, i32)> = Vec::new();
            for (thread_id, thread) in
                self.tree.threads.iter().filter(|(_, thread)| thread.process == process)
            {
                match (&thread.call, thread.wanted) {
                    (_, OnStop::Timers) => {
                        // Somebody is at it.
                        threads.clear();
                        break;
                    }
                    (_, OnStop::SocketTimeout) | (PendingCall::Exec, _) => {}
                    // One that wakes anyway; one that waits for a while; or one that will have to make its call again.
                    (PendingCall::Wait(wait), _) if wait.over => threads.push((0, *thread_id)),
                    (PendingCall::Wait(_), _) => threads.push((1, *thread_id)),
                    _ if thread.in_vfork => {}
                    _ => threads.push((2, *thread_id)),
                }
            }
            if !is_due {
                continue;
            }
            threads.sort_unstable();
            let able = threads.into_iter().filter_map(|(_, id)| Pid::from_raw(id)).find(|thread| {
                proc::state(process, *thread).is_some_and(|state| !matches!(state, 'Z' | 'X'))
            });
            if let Some(thread) = able {
                if let Some(found) = self.tree.thread(thread) {
                    found.wanted = OnStop::Timers;
                }
                self.on_living(ptrace::interrupt(thread))?;
            }
        }
        Ok(())
    }

    /// A signal is about to reach a thread.
    pub(super) fn signaled(&mut self, thread: Pid, signal: i32) -> io::Result<()> {
        let mut registers = ptrace::registers(thread)?;
        let rest = self.tree.thread(thread).is_some_and(|thread| thread.rest.is_some());
        let broken_off = registers.call() >= 0 && registers.result() == -i64::from(libc::EINTR);
        if rest || broken_off {
            if proc::handles(thread, signal) {
                // The call comes to EINTR, or begins anew.
                if let Some(thread) = self.tree.thread(thread).filter(|_| !registers.will_restart_rest()) {
                    thread.rest = None;
                }
            } else if broken_off {
                // Without a tracer, a signal that is ignored would not have been noticed.
                registers.repeat_unless_handled();
                ptrace::set_registers(thread, &registers)?;
            }
        }
        self.go_on(thread, signal)
    }
}
