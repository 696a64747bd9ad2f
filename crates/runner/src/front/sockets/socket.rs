//! A TCP socket, as the kernel tells of it.

use std::io;

/// A socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socket {
    /// Its state.
    pub state: State,
    /// Bytes that were received and not read; of a listener, connections that wait to be accepted.
    pub unread: u32,
    /// What has gone through it.
    pub traffic: Traffic,
}

/// The state of a socket (RFC 9293, 3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Data can go both ways.
    Established,
    /// Its own end is sent.
    FinWait1,
    /// Its own end is sent and has been acknowledged.
    FinWait2,
    /// The other's end was received.
    CloseWait,
    /// Both ends were sent, and the other's was received.
    Ended,
    /// It listens.
    Listen,
    /// It is being opened.
    Opening,
}

/// What has gone through a socket, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many were sent, each counted once. The end of the stream is none.
    pub sent: u64,
    /// How many were received. The end of the stream counts as one.
    pub received: u64,
    /// How many were written and are not sent yet.
    pub unsent: u32,
}

impl State {
    /// True once the socket has sent the end of its stream.
    pub fn has_sent_end(self) -> bool {
        matches!(self, State::FinWait1 | State::FinWait2 | State::Ended)
    }

    /// True once the socket has received the end of the other's stream.
    pub fn has_received_end(self) -> bool {
        matches!(self, State::CloseWait | State::Ended)
    }

    /// By the number of the kernel (`include/net/tcp_states.h`).
    pub fn of(number: u8) -> State {
        match number {
            1 => State::Established,
            4 => State::FinWait1,
            5 => State::FinWait2,
            8 => State::CloseWait,
            10 => State::Listen,
            // SYN_SENT, SYN_RECV, NEW_SYN_RECV.
            2 | 3 | 12 => State::Opening,
            // TIME_WAIT, CLOSE, LAST_ACK, CLOSING.
            _ => State::Ended,
        }
    }
}

impl Traffic {
    /// True if all that was written has been sent.
    pub fn is_sent(&self) -> bool {
        self.unsent == 0
    }

    /// True if all that these two sockets have sent each other has been received.
    pub fn has_arrived(&self, other: &Traffic) -> bool {
        self.sent <= other.received && other.sent <= self.received
    }
}

pub fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
