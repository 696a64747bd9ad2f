//! System calls that a stopped thread is made to make.

use std::io;

use rustix::process::Pid;

use super::ptrace::{self, event};
use super::stop::{self, Stop};
use super::x86_64::Registers;

/// Makes a thread call the kernel, by an instruction `syscall` at this address, and gives the result. Its registers are as
/// the call leaves them: the caller puts back what it wants.
///
/// The thread must be stopped, and not at the beginning of a system call.
///
/// # Errors
/// If the thread ends meanwhile.
pub(crate) fn call(
    thread: Pid,
    registers: &Registers,
    instruction: u64,
    number: i64,
    arguments: [u64; 6],
) -> io::Result<i64> {
    ptrace::set_registers(thread, &registers.calling(instruction, number, arguments))?;
    let mut began = false;
    loop {
        ptrace::resume_to_call(thread, 0)?;
        match stop::wait_for(thread)? {
            Stop::Call if began => return Ok(ptrace::registers(thread)?.result()),
            Stop::Call => began = true,
            // The filters hold for this call, too.
            Stop::Event(event::SECCOMP, _) => began = true,
            Stop::Ended(_) => return Err(io::Error::from_raw_os_error(libc::ESRCH)),
            // It was asked to stop for another reason: what that is for comes up again.
            Stop::Event(..) => {}
            // A signal that comes meanwhile is sent again, and delivered when the thread goes on.
            Stop::Signal(signal) => stop::send_again(thread, signal),
        }
    }
}
