//! What the kernel tells of TCP sockets of this machine, ours and others': `sock_diag(7)`, which needs no privilege.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};

use netlink_packet_core::{ErrorMessage, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::nlas::Nla;
use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};

/// The cookie of a request that does not say which of several sockets with these addresses it is for.
const ANY: [u8; 8] = [0xff; 8];

/// Asks the kernel about sockets.
#[derive(Debug)]
pub struct Sockets {
    /// One question at a time.
    netlink: Mutex<Netlink>,
}

#[derive(Debug)]
struct Netlink {
    socket: OwnedFd,
    asked: u32,
    buffer: Vec<u8>,
}

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
    fn of(number: u8) -> State {
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

impl Sockets {
    /// Begins to ask.
    ///
    /// # Errors
    /// The kernel does not answer such questions.
    pub fn open() -> io::Result<Sockets> {
        let socket = socket_with(
            AddressFamily::NETLINK,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            Some(netlink::SOCK_DIAG),
        )?;
        let netlink = Netlink { socket, asked: 0, buffer: vec![0; 8192] };
        Ok(Sockets { netlink: Mutex::new(netlink) })
    }

    /// The listener at an address.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn listener(&self, address: SocketAddr) -> io::Result<Option<Socket>> {
        self.find(address, SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))
    }

    /// The socket that has these addresses. None for one that waits only for its number to become free again.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn find(&self, own: SocketAddr, other: SocketAddr) -> io::Result<Option<Socket>> {
        let mut netlink = self.netlink.lock().unwrap_or_else(PoisonError::into_inner);
        let found = netlink.ask(own, other)?;
        // Where there is no such connection, the kernel looks for a listener.
        let is_it = |response: &InetResponse| {
            let id = &response.header.socket_id;
            (id.source_port, id.destination_port) == (own.port(), other.port())
        };
        found.filter(is_it).map(|response| read(&response)).transpose()
    }
}

impl Netlink {
    fn ask(&mut self, own: SocketAddr, other: SocketAddr) -> io::Result<Option<InetResponse>> {
        self.asked = self.asked.wrapping_add(1);
        send(&self.socket, &request(self.asked, own, other), SendFlags::empty())?;
        loop {
            // The kernel answers while it takes the question: this waits for nothing.
            let (length, _) = recv(&self.socket, &mut self.buffer[..], RecvFlags::DONTWAIT)?;
            let message: NetlinkMessage<SockDiagMessage> =
                NetlinkMessage::deserialize(&self.buffer[..length]).map_err(invalid)?;
            // An answer to a question whose asker gave up is passed over.
            if message.header.sequence_number != self.asked {
                continue;
            }
            return match message.payload {
                NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) => Ok(Some(*response)),
                NetlinkPayload::Error(error) => absence(&error),
                other => Err(invalid(format!("{other:?}"))),
            };
        }
    }
}

fn request(number: u32, own: SocketAddr, other: SocketAddr) -> Vec<u8> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST;
    header.sequence_number = number;
    let request = InetRequest {
        family: AF_INET,
        protocol: IPPROTO_TCP,
        extensions: ExtensionFlags::INFO,
        states: StateFlags::all(),
        socket_id: SocketId {
            source_port: own.port(),
            destination_port: other.port(),
            source_address: plain(own.ip()),
            destination_address: plain(other.ip()),
            interface_id: 0,
            cookie: ANY,
        },
    };
    let mut message = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    bytes
}

/// An IPv4 address that is written as one of IPv6 is the same address, of a socket that speaks both.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// That there is no such socket is an answer.
fn absence(error: &ErrorMessage) -> io::Result<Option<InetResponse>> {
    let error = error.to_io();
    if error.kind() == io::ErrorKind::NotFound { Ok(None) } else { Err(error) }
}

fn read(response: &InetResponse) -> io::Result<Socket> {
    let state = State::of(response.header.state);
    let unread = response.header.recv_queue;
    let info = response.nlas.iter().find_map(|nla| match nla {
        Nla::TcpInfo(info) => Some(info),
        _ => None,
    });
    let traffic = match info {
        Some(info) => Traffic {
            sent: info.bytes_sent.saturating_sub(info.bytes_retrans),
            received: info.bytes_received,
            unsent: info.notsent_bytes,
        },
        // What its process has closed is hardly a socket any more, and a listener sends nothing.
        None if !matches!(state, State::Established | State::FinWait1 | State::CloseWait) => {
            Traffic::default()
        }
        None => return Err(invalid("the kernel does not tell what went through a socket")),
    };
    Ok(Socket { state, unread, traffic })
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
