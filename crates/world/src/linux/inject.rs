//! System calls that a stopped thread is made to make.

use std::io;

use rustix::process::Pid;

use super::ptrace::{self, event};
use super::stop::{self, Stop};
use super::x86_64::Registers;

/// A thread that is stopped, and is to make system calls of ours. Until this is dropped, signals wait.
pub(crate) struct Injection<'a> {
    thread: Pid,
    registers: &'a Registers,
    instruction: u64,
    blocked: u64,
}

impl<'a> Injection<'a> {
    /// Begins, with an instruction `syscall` at this address. The thread must be stopped, and not at the beginning of a
    /// system call. Its registers are as each call leaves them: the caller puts back what it wants.
    pub(crate) fn begin(
        thread: Pid,
        registers: &'a Registers,
        instruction: u64,
    ) -> io::Result<Injection<'a>> {
        let blocked = ptrace::blocked_signals(thread)?;
        ptrace::block_signals(thread, u64::MAX)?;
        Ok(Injection { thread, registers, instruction, blocked })
    }

    /// Makes the thread call the kernel, and gives the result.
    ///
    /// # Errors
    /// ESRCH if the thread ends meanwhile; its end is left to be waited for.
    pub(crate) fn call(&self, number: i64, arguments: [u64; 6]) -> io::Result<i64> {
        let calling = self.registers.calling(self.instruction, number, arguments);
        ptrace::set_registers(self.thread, &calling)?;
        let mut began = false;
        loop {
            ptrace::resume_to_call(self.thread, 0)?;
            match stop::wait_for(self.thread)? {
                Stop::Call if began => return Ok(ptrace::registers(self.thread)?.result()),
                Stop::Call => began = true,
                // The filters hold for this call, too.
                Stop::Event(event::SECCOMP, _) => began = true,
                // It was killed. What comes next is its end.
                Stop::Event(event::EXIT, _) => {
                    ptrace::resume(self.thread, 0)?;
                    return Err(io::Error::from_raw_os_error(libc::ESRCH));
                }
                // It was asked to stop for another reason: what that is for comes up again.
                Stop::Event(..) | Stop::Ended(_) => {}
                // SIGSTOP, which cannot be blocked; it tells nothing but its number.
                Stop::Signal(signal) => stop::send_again(self.thread, signal),
            }
        }
    }
}

impl Drop for Injection<'_> {
    fn drop(&mut self) {
        // Who has gone has no signals to come.
        let _ = ptrace::block_signals(self.thread, self.blocked);
    }
}
