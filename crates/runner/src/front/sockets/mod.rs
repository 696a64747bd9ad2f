//! What the kernel tells of TCP sockets of this machine, ours and others', without any privilege.

mod netlink;
mod socket;
mod table;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use self::netlink::Netlink;
pub use self::socket::{Socket, State};
use self::table::SocketTable;

/// Asks the kernel about sockets.
#[derive(Debug)]
pub struct Sockets(Source);

#[derive(Debug)]
enum Source {
    /// Asks for each socket, one question at a time.
    Netlink(Mutex<Netlink>),
    /// Reads the list of all.
    Table(SocketTable),
}

impl Sockets {
    /// Begins to ask, in the way that this kernel answers.
    ///
    /// # Errors
    /// It answers in no way.
    pub fn open() -> io::Result<Sockets> {
        let netlink = Netlink::open().and_then(|mut netlink| {
            // Whether it is answered shows at the first question: some sandboxes let it be asked.
            netlink.find(NOWHERE, NOWHERE)?;
            Ok(netlink)
        });
        match netlink {
            Ok(netlink) => Ok(Sockets(Source::Netlink(Mutex::new(netlink)))),
            Err(_) => Sockets::by_table(),
        }
    }

    /// Begins to ask by the list of all sockets alone.
    pub(super) fn by_table() -> io::Result<Sockets> {
        SocketTable.find(NOWHERE, NOWHERE)?;
        Ok(Sockets(Source::Table(SocketTable)))
    }

    /// The listener at an address.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn listener(&self, address: SocketAddr) -> io::Result<Option<Socket>> {
        self.find(address, NOWHERE)
    }

    /// The socket that has these addresses.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn find(&self, own: SocketAddr, other: SocketAddr) -> io::Result<Option<Socket>> {
        match &self.0 {
            Source::Netlink(netlink) => {
                netlink.lock().unwrap_or_else(PoisonError::into_inner).find(own, other)
            }
            Source::Table(table) => table.find(own, other),
        }
    }
}

/// The other end of a listener.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// Both ways of asking.
    fn ways() -> [Sockets; 2] {
        let netlink = Netlink::open().unwrap();
        [Sockets(Source::Netlink(Mutex::new(netlink))), Sockets::by_table().unwrap()]
    }

    fn until(mut is_so: impl FnMut() -> bool) {
        while !is_so() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_listener_tells_how_many_wait_and_a_free_port_has_none() {
        for sockets in ways() {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let waiting =
                || sockets.listener(address).unwrap().map(|listener| (listener.state, listener.unread));
            assert_eq!(waiting(), Some((State::Listen, 0)), "{sockets:?}");
            let client = TcpStream::connect(address).unwrap();
            assert_eq!(waiting(), Some((State::Listen, 1)), "{sockets:?}");
            let (_accepted, _) = listener.accept().unwrap();
            assert_eq!(waiting(), Some((State::Listen, 0)), "{sockets:?}");
            drop(listener);
            assert_eq!(waiting(), None, "{sockets:?}: the connection that is left is no listener");
            drop(client);
        }
    }

    #[test]
    fn what_is_sent_is_unread_until_it_is_read_and_the_end_of_a_stream_is_seen() {
        for sockets in ways() {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let server = listener.local_addr().unwrap();
            let mut ours = TcpStream::connect(server).unwrap();
            let client = ours.local_addr().unwrap();
            let (mut theirs, _) = listener.accept().unwrap();
            ours.write_all(b"12345").unwrap();
            let find = |own, other| sockets.find(own, other).unwrap().unwrap();
            let settled = || {
                let (sender, receiver) = (find(client, server).traffic, find(server, client).traffic);
                sender.is_sent() && receiver.is_sent() && sender.has_arrived(&receiver)
            };
            until(settled);
            assert_eq!(find(server, client).unread, 5, "{sockets:?}");
            theirs.read_exact(&mut [0; 5]).unwrap();
            assert_eq!(find(server, client).unread, 0, "{sockets:?}");
            ours.shutdown(std::net::Shutdown::Write).unwrap();
            until(|| find(server, client).state.has_received_end());
            assert!(find(client, server).state.has_sent_end(), "{sockets:?}");
            drop((ours, theirs));
            let gone =
                |own, other| sockets.find(own, other).unwrap().is_none_or(|it| it.state == State::Ended);
            until(|| gone(client, server) && gone(server, client));
        }
    }
}
