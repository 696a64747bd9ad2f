//! What has happened to a thread: it has stopped, or it has ended.

use std::io;

use rustix::process::{Pid, WaitId, WaitIdOptions, WaitOptions, waitid, waitpid};

use super::ptrace::event;

/// What has happened to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The beginning or the end of a system call.
    Call,
    /// An event of [`event`], with the signal in its status.
    Event(i32, i32),
    /// It is about to get a signal.
    Signal(i32),
    /// It is gone; the raw status says how.
    Ended(i32),
}

impl Stop {
    fn of(status: i32) -> Stop {
        if status & 0xff != 0x7f {
            return Stop::Ended(status);
        }
        match (status >> 16, (status >> 8) & 0xff) {
            (0, signal) if signal == libc::SIGTRAP | 0x80 => Stop::Call,
            (0, signal) => Stop::Signal(signal),
            (event, signal) => Stop::Event(event, signal),
        }
    }

    /// True for the stop of a whole group by SIGSTOP and its like.
    pub(crate) fn is_group(self) -> bool {
        matches!(self, Stop::Event(event::STOP, signal) if signal != libc::SIGTRAP)
    }
}

/// What a wait has come to.
pub(crate) enum Waited {
    /// Something has happened to a thread.
    Stopped(Pid, Stop),
    /// Nothing has.
    Nothing,
    /// There is nothing left to wait for.
    Nobody,
}

/// Threads and processes of every kind, and only those that this thread traces: other threads have worlds of their own.
fn options() -> WaitOptions {
    WaitOptions::from_bits_retain((libc::__WALL | libc::__WNOTHREAD).cast_unsigned())
}

/// Waits until something happens to a thread, or a tick.
pub(crate) fn wait() -> io::Result<Waited> {
    match rustix::process::wait(options()) {
        Ok(Some((thread, status))) => Ok(Waited::Stopped(thread, Stop::of(status.as_raw()))),
        Ok(None) | Err(rustix::io::Errno::INTR) => Ok(Waited::Nothing),
        Err(rustix::io::Errno::CHILD) => Ok(Waited::Nobody),
        Err(error) => Err(error.into()),
    }
}

/// Waits until this thread stops.
///
/// # Errors
/// ESRCH if it has ended instead. Its end is left for [`wait`].
pub(crate) fn wait_for(thread: Pid) -> io::Result<Stop> {
    // Without taking anything away.
    let look = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
    let look = WaitIdOptions::from_bits_retain(look.bits() | options().bits());
    loop {
        match waitid(WaitId::Pid(thread), look) {
            Ok(Some(seen)) if seen.exited() || seen.killed() || seen.dumped() => {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        match waitpid(Some(thread), options()) {
            Ok(Some((_, status))) => return Ok(Stop::of(status.as_raw())),
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Sends a thread a signal that it was about to get.
pub(crate) fn send_again(thread: Pid, signal: i32) {
    // SAFETY: a signal to a thread that this one traces; the kernel checks the numbers.
    unsafe {
        libc::syscall(libc::SYS_tkill, thread.as_raw_nonzero().get(), signal);
    }
}

/// How a process ended, in the words of the library.
pub(crate) fn end(status: i32) -> crate::WorldEnd {
    match status & 0x7f {
        0 => crate::WorldEnd::Exited((status >> 8) & 0xff),
        signal => crate::WorldEnd::Signaled(signal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_told_apart() {
        assert_eq!(Stop::of(0x0000), Stop::Ended(0));
        assert_eq!(Stop::of(0x0009), Stop::Ended(9));
        assert_eq!(Stop::of(0x857f), Stop::Call);
        assert_eq!(Stop::of(0x227f), Stop::Signal(34));
        assert_eq!(Stop::of(0x7_057f), Stop::Event(event::SECCOMP, 5));
        assert!(Stop::of(0x80_137f).is_group());
        assert!(!Stop::of(0x80_057f).is_group());
        assert_eq!(end(0x0300), crate::WorldEnd::Exited(3));
        assert_eq!(end(0x86), crate::WorldEnd::Signaled(6));
    }
}
