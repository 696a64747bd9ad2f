//! Who answers in a world.

use std::net::SocketAddr;

/// The server of a world: where its names lead.
///
/// The clock of a world jumps only when nothing is on its way. The server is part of that, so it is asked.
pub trait WorldServer: Send + Sync {
    /// Where it listens, on this machine.
    fn address(&self) -> SocketAddr;

    /// Looks whether anything is on its way, while all programs of the world sleep.
    ///
    /// It must say [`Look::Busy`] unless it has accepted as many connections as `connections` says were made, no request
    /// is being answered, and no byte is unread, unsent or not delivered on any connection, in either direction.
    fn look(&self, connections: u64) -> Look;
}

/// What a look at a server has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Something is on its way, or may be.
    Busy,
    /// Nothing is. The number is the same in two looks only if nothing was in between: how often the threads of the
    /// server have had a processor, for example.
    Quiet(u64),
}
