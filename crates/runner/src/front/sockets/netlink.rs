//! `sock_diag(7)`: the kernel is asked for a socket by its addresses, and tells all that it counts.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;

use netlink_packet_core::{ErrorMessage, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::nlas::Nla;
use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};

use super::socket::{Socket, State, Traffic, invalid};

/// The cookie of a request that does not say which of several sockets with these addresses it is for.
const ANY: [u8; 8] = [0xff; 8];

/// The room for an answer, in bytes: twice a page is the most that the kernel sends at once.
const ROOM: usize = 8192;

/// Asks the kernel, one question at a time.
#[derive(Debug)]
pub struct Netlink {
    socket: OwnedFd,
    asked: u32,
    buffer: Vec<u8>,
}

impl Netlink {
    /// Begins to ask.
    ///
    /// # Errors
    /// The kernel takes no questions.
    pub fn open() -> io::Result<Netlink> {
        let (family, kind) = (AddressFamily::NETLINK, SocketType::DGRAM);
        let socket = socket_with(family, kind, SocketFlags::CLOEXEC, Some(netlink::SOCK_DIAG))?;
        Ok(Netlink { socket, asked: 0, buffer: vec![0; ROOM] })
    }

    /// The socket that has these addresses.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn find(&mut self, own: SocketAddr, other: SocketAddr) -> io::Result<Option<Socket>> {
        // Where there is no such connection, the kernel looks for a listener.
        let is_it = |response: &InetResponse| {
            let id = &response.header.socket_id;
            (id.source_port, id.destination_port) == (own.port(), other.port())
        };
        self.ask(own, other)?.filter(is_it).map(|response| read(&response)).transpose()
    }

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
