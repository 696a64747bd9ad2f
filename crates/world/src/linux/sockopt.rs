//! Sockets with a time limit for receiving and sending (SO_RCVTIMEO, SO_SNDTIMEO of socket(7)).
//!
//! The calls that wait then do not say so, and are far too many to stop at each. So the limit is noted when it is set, and
//! a thread that sleeps in such a call is found when the whole tree sleeps. Its wait counts from then on: a little late,
//! never early.

use std::collections::HashMap;

use rustix::process::Pid;

use super::clock::{Nanos, SECOND};
use super::memory::Memory;
use super::proc;
use super::x86_64::Registers;

/// An option that sets a time limit.
pub(crate) struct Timeout {
    pub(crate) number: u32,
    direction: Direction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Direction {
    Receive,
    Send,
}

/// The options, by the numbers of before and after the year 2038 was thought of; for 64-bit programs they mean the same.
pub(crate) const TIMEOUTS: [Timeout; 4] = [
    Timeout { number: 20, direction: Direction::Receive },
    Timeout { number: 21, direction: Direction::Send },
    Timeout { number: 66, direction: Direction::Receive },
    Timeout { number: 67, direction: Direction::Send },
];

/// The time limits of the sockets of a tree. A socket is known by its number, which forks and duplicates share.
#[derive(Default)]
pub(crate) struct SocketTimeouts(HashMap<(u64, Direction), Nanos>);

impl SocketTimeouts {
    /// Notes what a thread is about to set.
    pub(crate) fn set(&mut self, thread: Pid, registers: &Registers, memory: &Memory) {
        let option = registers.argument(2) as u32;
        let Some(timeout) = TIMEOUTS.iter().find(|timeout| timeout.number == option) else { return };
        let socket = proc::socket(thread, registers.argument(0) as i32);
        let (Some(socket), Some((seconds, micros))) = (socket, memory.pair(registers.argument(3))) else {
            return;
        };
        let limit = seconds.saturating_mul(SECOND).saturating_add(micros.saturating_mul(1_000));
        if limit > 0 {
            self.0.insert((socket, timeout.direction), limit);
        } else {
            self.0.remove(&(socket, timeout.direction));
        }
    }

    /// True if no socket has a limit.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The limit of what a sleeping thread waits for, if it has one.
    pub(crate) fn limit(&self, thread: Pid, call: i64, arguments: &[u64; 6]) -> Option<Nanos> {
        let direction = match call {
            libc::SYS_read
            | libc::SYS_readv
            | libc::SYS_recvfrom
            | libc::SYS_recvmsg
            | libc::SYS_recvmmsg => Direction::Receive,
            libc::SYS_accept | libc::SYS_accept4 => Direction::Receive,
            libc::SYS_write
            | libc::SYS_writev
            | libc::SYS_sendto
            | libc::SYS_sendmsg
            | libc::SYS_sendmmsg => Direction::Send,
            libc::SYS_connect => Direction::Send,
            _ => return None,
        };
        let socket = proc::socket(thread, arguments[0] as i32)?;
        self.0.get(&(socket, direction)).copied()
    }
}

/// What such a call comes to when its time is over.
pub(crate) fn at_limit(call: i64) -> i64 {
    let error = if call == libc::SYS_connect { libc::EINPROGRESS } else { libc::EAGAIN };
    -i64::from(error)
}
