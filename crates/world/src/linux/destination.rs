//! Where an address leads.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What an address comes to.
pub(super) enum Destination {
    /// What it says.
    Allowed,
    /// A program of the world, which has another address than it thinks.
    Here(SocketAddr),
    /// The server of the world.
    Server(SocketAddr),
    /// Its name server.
    NameServer(SocketAddr),
    /// This `errno`.
    Refused(i32),
}

/// The same port on this machine only.
pub(super) fn loopback(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if ip.is_loopback() => address,
        IpAddr::V4(_) => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        IpAddr::V6(_) => SocketAddr::from((Ipv6Addr::LOCALHOST, address.port())),
    }
}
