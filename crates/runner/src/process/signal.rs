//! Signals to processes and process groups.

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

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
