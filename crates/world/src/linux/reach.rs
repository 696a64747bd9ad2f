//! Where an address leads: to the server of a world, to its name server, to a program of the world itself, or out of it.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use rustix::process::Pid;

use super::destination::Destination;
use super::names::{NAME_SERVER, NAME_SERVER_PORT};
use super::network::Network;
use super::proc;
use super::socket::Address;
use crate::Asked;

/// The ports that a served name answers on.
const PORTS: [u16; 2] = [443, 80];

/// Sockets of services that C libraries ask before they look for themselves. Nobody means anything by it.
const NAME_SERVICES: [&str; 5] =
    ["/var/run/nscd/", "/run/nscd/", "/var/lib/sss/", "/run/systemd/userdb/", "/run/systemd/resolve/"];

impl Network {
    /// What an address comes to.
    pub(super) fn destination(
        &self,
        thread: Pid,
        address: &Address,
        verb: &str,
        asked: &mut Asked,
    ) -> Destination {
        let address = match address {
            Address::Other => return Destination::Allowed,
            Address::Abstract(name) if self.abstract_names.contains(name) => return Destination::Allowed,
            Address::Abstract(name) => {
                asked.note(format!("{verb} the socket @{}", String::from_utf8_lossy(name)));
                return Destination::Refused(libc::ECONNREFUSED);
            }
            Address::Path(path) if self.is_own(thread, path) => return Destination::Allowed,
            Address::Path(path) => {
                if !NAME_SERVICES.iter().any(|service| path.starts_with(service)) {
                    asked.note(format!("{verb} the socket {}", path.display()));
                }
                return Destination::Refused(libc::ECONNREFUSED);
            }
            Address::Internet(address) => *address,
        };
        let is_here = address.ip().is_loopback() || address.ip().is_unspecified();
        // "localhost" is both families; a socket of IPv6 reaches IPv4, but not the other way round.
        let at_server = |server: &SocketAddr| {
            is_here && server.port() == address.port() && (server.is_ipv4() || address.is_ipv6())
        };
        if let Some(server) = self.server.filter(at_server) {
            return Destination::Server(server);
        }
        if let IpAddr::V4(ip) = address.ip() {
            if ip == NAME_SERVER && address.port() == NAME_SERVER_PORT {
                return self
                    .names
                    .server()
                    .map_or(Destination::Refused(libc::ENETUNREACH), Destination::NameServer);
            }
            if let (Some(name), Some(server)) = (self.names.name_of(ip), self.server) {
                // Port 0: a look at which address would be used, by which resolvers sort.
                if PORTS.contains(&address.port()) || address.port() == 0 {
                    return Destination::Server(server);
                }
                asked.note(format!("{verb} {name}:{}", address.port()));
                return Destination::Refused(libc::ECONNREFUSED);
            }
        }
        if is_here && address.port() == 0 {
            return Destination::Allowed;
        }
        if let Some(socket) = is_here.then(|| self.listener(thread, address.port())).flatten() {
            // In IPv6 alone it would not be found there.
            let elsewhere = address.is_ipv6() && self.everywhere.contains(&socket);
            let here = SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()));
            return if elsewhere { Destination::Here(here) } else { Destination::Allowed };
        }
        if !self.ignored.contains(&address.ip()) {
            asked.note(format!("{verb} {address}"));
        }
        Destination::Refused(if is_here { libc::ECONNREFUSED } else { libc::ENETUNREACH })
    }

    /// The socket of the world that has this port, if there is one: a program gave it an address, or it has no connections
    /// and got one when it sent something.
    fn listener(&self, thread: Pid, port: u16) -> Option<u64> {
        let folder = format!("/proc/{}/net", thread.as_raw_nonzero());
        ["tcp", "tcp6", "udp", "udp6"].iter().find_map(|file| {
            let table = fs::read_to_string(format!("{folder}/{file}")).ok()?;
            table.lines().skip(1).find_map(|line| {
                let words: Vec<&str> = line.split_ascii_whitespace().collect();
                let (_, local) = words.get(1)?.rsplit_once(':')?;
                let number = words.get(9)?.parse().ok()?;
                let own = self.bound.contains(&number) || self.datagrams.contains(&number);
                (own && u16::from_str_radix(local, 16) == Ok(port)).then_some(number)
            })
        })
    }

    /// True for a file in a folder of the world, whatever links lead to it.
    pub(super) fn is_own(&self, thread: Pid, path: &Path) -> bool {
        let path = match path.is_absolute() {
            true => path.to_owned(),
            false => match proc::folder(thread, libc::AT_FDCWD) {
                Some(folder) => folder.join(path),
                None => return false,
            },
        };
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return false };
        let Ok(folder) = fs::canonicalize(folder) else { return false };
        // One that is about to be made is not there yet.
        let file = folder.join(name);
        let file = fs::canonicalize(&file).unwrap_or(file);
        self.folders.iter().any(|own| file.starts_with(own))
    }
}
