//! Signals to a process group, and waiting for its leader without reaping it.

use std::io;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use rustix::process::{WaitId, WaitIdOptions, waitid};

/// Sends a signal to every process of a group. That there is none any more is no error.
pub(crate) fn send_to_group(group: i32, signal: Signal) {
    let _ = killpg(Pid::from_raw(group), signal);
}

/// Ends a process at once. That it has ended already is no error.
pub(crate) fn end(pid: i32) {
    let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
}

/// True if the group has a process, be it a zombie.
pub(crate) fn group_exists(group: i32) -> bool {
    killpg(Pid::from_raw(group), None) != Err(Errno::ESRCH)
}

/// True if the process has ended; it is not reaped by this.
pub(crate) fn has_ended(pid: i32) -> io::Result<bool> {
    let pid = rustix::process::Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidInput)?;
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    Ok(waitid(WaitId::Pid(pid), look)?.is_some())
}

/// Blocks until the process has ended, and leaves it a zombie: until it is reaped, its id and the id of its group
/// belong to nobody else, so that a signal sent in the meantime cannot meet a stranger.
pub(crate) fn await_end(pid: i32) -> io::Result<()> {
    let pid = rustix::process::Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidInput)?;
    loop {
        match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Ok(()),
        }
    }
}
