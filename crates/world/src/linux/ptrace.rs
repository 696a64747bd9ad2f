//! ptrace(2), as far as it is needed.
//!
//! `nix` has no real-time signals and so can neither report nor pass on those that a program gets; `safeptrace` waits for
//! all children of the process, of which rescind has others. What is left is small.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use rustix::process::Pid;

use super::x86_64::Registers;

/// What stops a thread besides signals, in the third byte of its status.
pub(crate) mod event {
    pub(crate) const FORK: i32 = libc::PTRACE_EVENT_FORK;
    pub(crate) const VFORK: i32 = libc::PTRACE_EVENT_VFORK;
    pub(crate) const CLONE: i32 = libc::PTRACE_EVENT_CLONE;
    pub(crate) const EXEC: i32 = libc::PTRACE_EVENT_EXEC;
    pub(crate) const VFORK_DONE: i32 = libc::PTRACE_EVENT_VFORK_DONE;
    pub(crate) const EXIT: i32 = libc::PTRACE_EVENT_EXIT;
    pub(crate) const SECCOMP: i32 = libc::PTRACE_EVENT_SECCOMP;
    pub(crate) const STOP: i32 = libc::PTRACE_EVENT_STOP;
}

/// All that is to stop a thread, and that the whole tree ends with the tracer.
const OPTIONS: i32 = libc::PTRACE_O_TRACESECCOMP
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK
    | libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEEXEC
    | libc::PTRACE_O_TRACEVFORKDONE
    | libc::PTRACE_O_TRACEEXIT
    | libc::PTRACE_O_TRACESYSGOOD
    | libc::PTRACE_O_EXITKILL;

fn request(request: libc::c_uint, thread: Pid, data: usize) -> io::Result<()> {
    // SAFETY: none of the requests that are made through here reads or writes memory of this process.
    let result = unsafe {
        libc::ptrace(request, thread.as_raw_nonzero().get(), ptr::null_mut::<libc::c_void>(), data)
    };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Begins to trace a process, without stopping it.
pub(crate) fn seize(process: Pid) -> io::Result<()> {
    request(libc::PTRACE_SEIZE, process, OPTIONS.cast_unsigned() as usize)
}

/// Makes a thread stop soon.
pub(crate) fn interrupt(thread: Pid) -> io::Result<()> {
    request(libc::PTRACE_INTERRUPT, thread, 0)
}

/// Lets a stopped thread run until something stops it; it gets the signal if it is not 0.
pub(crate) fn resume(thread: Pid, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_CONT, thread, signal.cast_unsigned() as usize)
}

/// As [`resume`], and the beginning or the end of a system call stops it, too.
pub(crate) fn resume_to_call(thread: Pid, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_SYSCALL, thread, signal.cast_unsigned() as usize)
}

/// Leaves a thread of a stopped group stopped, until SIGCONT.
pub(crate) fn listen(thread: Pid) -> io::Result<()> {
    request(libc::PTRACE_LISTEN, thread, 0)
}

/// What an event tells besides its kind: the new thread, or the former id.
pub(crate) fn message(thread: Pid) -> io::Result<u64> {
    let mut message: libc::c_ulong = 0;
    // SAFETY: the kernel writes one unsigned long, which outlives the call.
    let result = unsafe {
        libc::ptrace(
            libc::PTRACE_GETEVENTMSG,
            thread.as_raw_nonzero().get(),
            ptr::null_mut::<libc::c_void>(),
            &raw mut message,
        )
    };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(message) }
}

/// The signals that a stopped thread blocks, one bit each from 1; while it is in a call that has others blocked for its
/// duration, those that it blocks otherwise.
pub(crate) fn blocked_signals(thread: Pid) -> io::Result<u64> {
    let mut signals: u64 = 0;
    // SAFETY: the kernel writes as many bytes as it is told, which outlive the call.
    let result = unsafe {
        libc::ptrace(
            libc::PTRACE_GETSIGMASK,
            thread.as_raw_nonzero().get(),
            size_of::<u64>(),
            &raw mut signals,
        )
    };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(signals) }
}

/// Replaces the signals that a stopped thread blocks.
pub(crate) fn block_signals(thread: Pid, signals: u64) -> io::Result<()> {
    // SAFETY: the kernel reads as many bytes as it is told, which outlive the call.
    let result = unsafe {
        libc::ptrace(
            libc::PTRACE_SETSIGMASK,
            thread.as_raw_nonzero().get(),
            size_of::<u64>(),
            &raw const signals,
        )
    };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// The registers of a stopped thread.
pub(crate) fn registers(thread: Pid) -> io::Result<Registers> {
    let mut registers = MaybeUninit::<libc::user_regs_struct>::uninit();
    // SAFETY: the kernel writes a whole `user_regs_struct`, which outlives the call.
    let result = unsafe {
        libc::ptrace(
            libc::PTRACE_GETREGS,
            thread.as_raw_nonzero().get(),
            ptr::null_mut::<libc::c_void>(),
            registers.as_mut_ptr(),
        )
    };
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call succeeded, so all of it was written.
    Ok(Registers(unsafe { registers.assume_init() }))
}

/// Replaces the registers of a stopped thread.
pub(crate) fn set_registers(thread: Pid, registers: &Registers) -> io::Result<()> {
    // SAFETY: the kernel reads a whole `user_regs_struct`, which outlives the call.
    let result = unsafe {
        libc::ptrace(
            libc::PTRACE_SETREGS,
            thread.as_raw_nonzero().get(),
            ptr::null_mut::<libc::c_void>(),
            &raw const registers.0,
        )
    };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
