//! ptrace(2), as far as it is needed.
//!
//! `nix` has no real-time signals and so can neither report nor pass on those that a program gets; `safeptrace` waits for
//! all children of the process, of which rescind has others. What is left is small.

use std::io;
use std::mem::MaybeUninit;

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

/// PTRACE_GETSIGMASK and PTRACE_SETSIGMASK (`include/uapi/linux/ptrace.h`), which `libc` does not name for every C library.
const GET_SIGNAL_MASK: libc::c_long = 0x420a;
const SET_SIGNAL_MASK: libc::c_long = 0x420b;

/// Makes a request. It is the system call itself, for the C libraries disagree on the types of its function.
///
/// # Safety
/// What the request reads or writes at these addresses must be there.
unsafe fn raw(request: libc::c_long, thread: Pid, address: usize, data: usize) -> io::Result<()> {
    let thread = libc::c_long::from(thread.as_raw_nonzero().get());
    // SAFETY: the caller's, as above.
    let result = unsafe { libc::syscall(libc::SYS_ptrace, request, thread, address, data) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn request(request: libc::c_long, thread: Pid, data: usize) -> io::Result<()> {
    // SAFETY: none of the requests that are made through here reads or writes memory of this process.
    unsafe { raw(request, thread, 0, data) }
}

/// Begins to trace a process, without stopping it.
pub(crate) fn seize(process: Pid) -> io::Result<()> {
    request(libc::PTRACE_SEIZE.into(), process, OPTIONS.cast_unsigned() as usize)
}

/// Makes a thread stop soon.
pub(crate) fn interrupt(thread: Pid) -> io::Result<()> {
    request(libc::PTRACE_INTERRUPT.into(), thread, 0)
}

/// Lets a stopped thread run until something stops it; it gets the signal if it is not 0.
pub(crate) fn resume(thread: Pid, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_CONT.into(), thread, signal.cast_unsigned() as usize)
}

/// As [`resume`], and the beginning or the end of a system call stops it, too.
pub(crate) fn resume_to_call(thread: Pid, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_SYSCALL.into(), thread, signal.cast_unsigned() as usize)
}

/// Leaves a thread of a stopped group stopped, until SIGCONT.
pub(crate) fn listen(thread: Pid) -> io::Result<()> {
    request(libc::PTRACE_LISTEN.into(), thread, 0)
}

/// What an event tells besides its kind: the new thread, or the former id.
pub(crate) fn message(thread: Pid) -> io::Result<u64> {
    let mut message: u64 = 0;
    // SAFETY: the kernel writes one unsigned long, which outlives the call.
    unsafe { raw(libc::PTRACE_GETEVENTMSG.into(), thread, 0, (&raw mut message).expose_provenance())? };
    Ok(message)
}

/// The signals that a stopped thread blocks, one bit each from 1; while it is in a call that has others blocked for its
/// duration, those that it blocks otherwise.
pub(crate) fn blocked_signals(thread: Pid) -> io::Result<u64> {
    let mut signals: u64 = 0;
    let place = (&raw mut signals).expose_provenance();
    // SAFETY: the kernel writes as many bytes as it is told, which outlive the call.
    unsafe { raw(GET_SIGNAL_MASK, thread, size_of::<u64>(), place)? };
    Ok(signals)
}

/// Replaces the signals that a stopped thread blocks.
pub(crate) fn block_signals(thread: Pid, signals: u64) -> io::Result<()> {
    let place = (&raw const signals).expose_provenance();
    // SAFETY: the kernel reads as many bytes as it is told, which outlive the call.
    unsafe { raw(SET_SIGNAL_MASK, thread, size_of::<u64>(), place) }
}

/// The registers of a stopped thread.
pub(crate) fn registers(thread: Pid) -> io::Result<Registers> {
    let mut registers = MaybeUninit::<libc::user_regs_struct>::uninit();
    let place = registers.as_mut_ptr().expose_provenance();
    // SAFETY: the kernel writes a whole `user_regs_struct`, which outlives the call.
    unsafe { raw(libc::PTRACE_GETREGS.into(), thread, 0, place)? };
    // SAFETY: the call succeeded, so all of it was written.
    Ok(Registers(unsafe { registers.assume_init() }))
}

/// Replaces the registers of a stopped thread.
pub(crate) fn set_registers(thread: Pid, registers: &Registers) -> io::Result<()> {
    let place = (&raw const registers.0).expose_provenance();
    // SAFETY: the kernel reads a whole `user_regs_struct`, which outlives the call.
    unsafe { raw(libc::PTRACE_SETREGS.into(), thread, 0, place) }
}
