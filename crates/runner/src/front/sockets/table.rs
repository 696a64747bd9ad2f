//! `/proc/self/net/tcp`: the list of all sockets, for sandboxes in which `sock_diag(7)` is not answered.
//!
//! It tells less and takes longer, and errs on the safe side: what was received counts as on its way until it has been
//! acknowledged as well.

use std::io;
use std::net::SocketAddr;

use procfs::net::{TcpNetEntry, TcpState};

use super::socket::{Socket, State, Traffic};

/// Reads the list.
#[derive(Clone, Copy, Debug)]
pub struct SocketTable;

impl SocketTable {
    /// The socket that has these addresses.
    ///
    /// # Errors
    /// The list cannot be read.
    pub fn find(&self, own: SocketAddr, other: SocketAddr) -> io::Result<Option<Socket>> {
        let addresses = [own, other];
        let is_it =
            |entry: &TcpNetEntry| [plain(entry.local_address), plain(entry.remote_address)] == addresses;
        let found = procfs::net::tcp().map_err(io::Error::other)?.into_iter().find(is_it);
        // Where the system has no IPv6 there is no second list.
        let of_both = || procfs::net::tcp6().unwrap_or_default().into_iter().find(is_it);
        Ok(found.or_else(of_both).map(|entry| read(&entry)))
    }
}

/// An IPv4 address that is written as one of IPv6 is the same address, of a socket that speaks both.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn read(entry: &TcpNetEntry) -> Socket {
    // Of a connection, the bytes that were not acknowledged; of a listener, the longest queue that it may have.
    let waiting = match entry.state {
        TcpState::Listen => 0,
        _ => entry.tx_queue,
    };
    let traffic = Traffic { unsent: waiting, ..Traffic::default() };
    Socket { state: state(&entry.state), unread: entry.rx_queue, traffic }
}

fn state(state: &TcpState) -> State {
    match state {
        TcpState::Established => State::Established,
        TcpState::FinWait1 => State::FinWait1,
        TcpState::FinWait2 => State::FinWait2,
        TcpState::CloseWait => State::CloseWait,
        TcpState::Listen => State::Listen,
        TcpState::SynSent | TcpState::SynRecv | TcpState::NewSynRecv => State::Opening,
        TcpState::TimeWait | TcpState::Close | TcpState::LastAck | TcpState::Closing => State::Ended,
    }
}
