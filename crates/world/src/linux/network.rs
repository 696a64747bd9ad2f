//! What a program may talk to: the server of its world, the world's own name server, and itself.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};

use rustix::process::Pid;

use super::memory::Memory;
use super::names::{NAME_SERVER, NAME_SERVER_PORT, Names};
use super::proc;
use super::socket::{self, Address};
use super::x86_64::Registers;
use crate::Asked;

/// The ports that a served name answers on.
const PORTS: [u16; 2] = [443, 80];

/// Sockets of services that C libraries ask before they look for themselves. Nobody means anything by it.
const NAME_SERVICES: [&str; 5] =
    ["/var/run/nscd/", "/run/nscd/", "/var/lib/sss/", "/run/systemd/userdb/", "/run/systemd/resolve/"];

/// The size of an `mmsghdr`: a `msghdr` and one more number.
const MANY_MESSAGES: u64 = 64;
/// How many messages of one call are looked at: the most that the kernel takes (UIO_MAXIOV).
const MOST_MESSAGES: u64 = 1024;

/// What is to become of a system call that names an address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is made as it is.
    Go,
    /// It is made, with arguments that may have changed, and its end is looked at.
    Watch(Rewritten),
    /// It is not made: this `errno`.
    Refuse(i32),
}

/// A call on a socket whose end is looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rewritten {
    /// The argument that was replaced, and what it was.
    argument: Option<(usize, u64)>,
    /// The memory that was replaced, and what was there.
    memory: Option<(u64, Vec<u8>)>,
    effect: Effect,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Effect {
    None,
    /// A connection to the server, of this socket.
    Connected(Option<u64>),
    /// This socket has an address of its own now.
    Bound(Option<u64>),
    /// A socket that has no connections was made.
    Datagrams,
}

/// What an address comes to.
enum Place {
    Allowed,
    Server(SocketAddr),
    NameServer(SocketAddr),
    Refused(i32),
}

/// The network of a world.
pub(crate) struct Network {
    /// Where served names lead.
    server: Option<SocketAddr>,
    names: Names,
    /// Where programs may put sockets that are files.
    folders: Vec<PathBuf>,
    /// Addresses that are refused without a word.
    ignored: Vec<IpAddr>,
    /// The sockets that programs gave an address.
    bound: HashSet<u64>,
    /// The sockets that are connected to the server.
    connected: HashSet<u64>,
    /// The sockets that have no connections.
    datagrams: HashSet<u64>,
    /// Names of sockets that are no files.
    abstract_names: HashSet<Vec<u8>>,
}

impl Network {
    pub(crate) fn new(
        server: Option<SocketAddr>,
        names: Names,
        folders: Vec<PathBuf>,
        ignored: Vec<IpAddr>,
    ) -> Network {
        let (bound, connected, datagrams) = (HashSet::new(), HashSet::new(), HashSet::new());
        let abstract_names = HashSet::new();
        Network { server, names, folders, ignored, bound, connected, datagrams, abstract_names }
    }

    /// The names.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// True once a program has spoken to anybody by it.
    pub(crate) fn is_used(&self) -> bool {
        !(self.bound.is_empty() && self.connected.is_empty() && self.datagrams.is_empty())
    }

    /// How many connections to the server were made.
    pub(crate) fn connections(&self) -> u64 {
        self.connected.len() as u64
    }

    /// A program connects a socket.
    pub(crate) fn connect(
        &self,
        thread: Pid,
        registers: &mut Registers,
        memory: &Memory,
        slot: u64,
        asked: &mut Asked,
    ) -> Decision {
        let length = usize::try_from(registers.argument(2)).unwrap_or_default().min(socket::LONGEST);
        let mut bytes = memory.read_some(registers.argument(1), length);
        let Some(address) = socket::parse(&bytes) else { return Decision::Go };
        let number = proc::socket(thread, registers.argument(0) as i32);
        let place = self.place(thread, &address, "connect to", asked);
        let (target, effect) = match place {
            Place::Allowed => return Decision::Go,
            Place::Refused(error) => return Decision::Refuse(error),
            Place::NameServer(target) => (target, Effect::None),
            Place::Server(target) => {
                let datagrams = number.is_some_and(|number| self.datagrams.contains(&number));
                (target, if datagrams { Effect::None } else { Effect::Connected(number) })
            }
        };
        socket::replace(&mut bytes, target);
        if !memory.write(slot, &bytes) {
            return Decision::Refuse(libc::EFAULT);
        }
        let argument = Some((1, registers.argument(1)));
        registers.set_argument(1, slot);
        Decision::Watch(Rewritten { argument, memory: None, effect })
    }

    /// A program gives a socket an address of its own.
    pub(crate) fn bind(
        &mut self,
        thread: Pid,
        registers: &mut Registers,
        memory: &Memory,
        slot: u64,
        asked: &mut Asked,
    ) -> Decision {
        let length = usize::try_from(registers.argument(2)).unwrap_or_default().min(socket::LONGEST);
        let mut bytes = memory.read_some(registers.argument(1), length);
        let Some(address) = socket::parse(&bytes) else { return Decision::Go };
        let number = proc::socket(thread, registers.argument(0) as i32);
        let mut argument = None;
        match address {
            Address::Other => return Decision::Go,
            Address::Abstract(name) => {
                self.abstract_names.insert(name);
                return Decision::Go;
            }
            Address::Path(path) if self.is_own(thread, &path) => return Decision::Go,
            Address::Path(path) => {
                asked.note(format!("listen on {}", path.display()));
                return Decision::Refuse(libc::EACCES);
            }
            Address::Internet(address) if address.ip().is_loopback() => {}
            Address::Internet(address) if address.ip().is_unspecified() => {
                // "Everywhere" is nowhere but here.
                socket::replace(&mut bytes, loopback(address));
                if !memory.write(slot, &bytes) {
                    return Decision::Refuse(libc::EFAULT);
                }
                argument = Some((1, registers.argument(1)));
                registers.set_argument(1, slot);
            }
            Address::Internet(address) => {
                asked.note(format!("listen on {address}"));
                return Decision::Refuse(libc::EADDRNOTAVAIL);
            }
        }
        Decision::Watch(Rewritten { argument, memory: None, effect: Effect::Bound(number) })
    }

    /// A program sends something to an address, without a connection.
    pub(crate) fn send(
        &self,
        thread: Pid,
        registers: &mut Registers,
        memory: &Memory,
        asked: &mut Asked,
    ) -> Decision {
        let mut rewritten = None;
        for (place, length) in self.recipients(registers, memory) {
            let bytes = memory.read_some(place, length.min(socket::LONGEST));
            let Some(address) = socket::parse(&bytes) else { continue };
            match self.place(thread, &address, "send to", asked) {
                Place::Allowed => {}
                Place::Refused(error) => return Decision::Refuse(error),
                Place::Server(target) | Place::NameServer(target) => {
                    let mut replaced = bytes.clone();
                    socket::replace(&mut replaced, target);
                    // In place: where the address lies, the program may not even let us put another pointer.
                    if !memory.write(place, &replaced) {
                        return Decision::Refuse(libc::EFAULT);
                    }
                    rewritten = Some(Rewritten {
                        argument: None,
                        memory: Some((place, bytes)),
                        effect: Effect::None,
                    });
                }
            }
        }
        rewritten.map_or(Decision::Go, Decision::Watch)
    }

    /// Where the addresses of a call that sends lie, and their lengths.
    fn recipients(&self, registers: &Registers, memory: &Memory) -> Vec<(u64, usize)> {
        let address =
            |place: u64, length: u64| (place != 0).then(|| (place, usize::try_from(length).unwrap_or(0)));
        let message = |place: u64| {
            let length = memory.read::<4>(place + 8).map(u32::from_ne_bytes)?;
            address(memory.word(place)?, length.into())
        };
        let first = registers.argument(1);
        match registers.call() {
            libc::SYS_sendto => address(registers.argument(4), registers.argument(5)).into_iter().collect(),
            libc::SYS_sendmsg => message(first).into_iter().collect(),
            _ => {
                let count = registers.argument(2).min(MOST_MESSAGES);
                (0..count).filter_map(|index| message(first + index * MANY_MESSAGES)).collect()
            }
        }
    }

    /// A program makes a socket without connections.
    pub(crate) fn datagrams() -> Decision {
        Decision::Watch(Rewritten { argument: None, memory: None, effect: Effect::Datagrams })
    }

    /// What an address comes to.
    fn place(&self, thread: Pid, address: &Address, verb: &str, asked: &mut Asked) -> Place {
        let address = match address {
            Address::Other => return Place::Allowed,
            Address::Abstract(name) if self.abstract_names.contains(name) => return Place::Allowed,
            Address::Abstract(name) => {
                asked.note(format!("{verb} the socket @{}", String::from_utf8_lossy(name)));
                return Place::Refused(libc::ECONNREFUSED);
            }
            Address::Path(path) if self.is_own(thread, path) => return Place::Allowed,
            Address::Path(path) => {
                if !NAME_SERVICES.iter().any(|service| path.starts_with(service)) {
                    asked.note(format!("{verb} the socket {}", path.display()));
                }
                return Place::Refused(libc::ECONNREFUSED);
            }
            Address::Internet(address) => *address,
        };
        if self.server.is_some_and(|server| server == loopback(address)) {
            return Place::Server(loopback(address));
        }
        if let IpAddr::V4(ip) = address.ip() {
            if ip == NAME_SERVER && address.port() == NAME_SERVER_PORT {
                return self.names.server().map_or(Place::Refused(libc::ENETUNREACH), Place::NameServer);
            }
            if let (Some(name), Some(server)) = (self.names.name_of(ip), self.server) {
                // Port 0: a look at which address would be used, by which resolvers sort.
                if PORTS.contains(&address.port()) || address.port() == 0 {
                    return Place::Server(server);
                }
                asked.note(format!("{verb} {name}:{}", address.port()));
                return Place::Refused(libc::ECONNREFUSED);
            }
        }
        let is_here = address.ip().is_loopback() || address.ip().is_unspecified();
        if is_here && (address.port() == 0 || self.listens(thread, address.port())) {
            return Place::Allowed;
        }
        if !self.ignored.contains(&address.ip()) {
            asked.note(format!("{verb} {address}"));
        }
        Place::Refused(if is_here { libc::ECONNREFUSED } else { libc::ENETUNREACH })
    }

    /// True if a socket that a program of the world gave an address has this port.
    fn listens(&self, thread: Pid, port: u16) -> bool {
        let files = ["tcp", "tcp6", "udp", "udp6"];
        let folder = format!("/proc/{}/net", thread.as_raw_nonzero());
        files.iter().filter_map(|file| fs::read_to_string(format!("{folder}/{file}")).ok()).any(|table| {
            table.lines().skip(1).any(|line| {
                let words: Vec<&str> = line.split_ascii_whitespace().collect();
                let local = words.get(1).and_then(|local| local.rsplit_once(':'));
                let same = local.is_some_and(|(_, it)| u16::from_str_radix(it, 16) == Ok(port));
                let number = words.get(9).and_then(|number| number.parse().ok());
                same && number.is_some_and(|number| self.bound.contains(&number))
            })
        })
    }

    /// True for a file in a folder of the world.
    fn is_own(&self, thread: Pid, path: &Path) -> bool {
        let path = match path.is_absolute() {
            true => path.to_owned(),
            false => match proc::folder(thread, libc::AT_FDCWD) {
                Some(folder) => folder.join(path),
                None => return false,
            },
        };
        let climbs = path.components().any(|part| part == Component::ParentDir);
        !climbs && self.folders.iter().any(|folder| path.starts_with(folder))
    }

    /// A call that was watched has ended.
    pub(crate) fn end(&mut self, call: Rewritten, thread: Pid, registers: &mut Registers, memory: &Memory) {
        if let Some((index, original)) = call.argument {
            registers.set_argument(index, original);
        }
        if let Some((place, bytes)) = &call.memory {
            // It could be written a moment ago.
            let _ = memory.write(*place, bytes);
        }
        let result = registers.result();
        match call.effect {
            Effect::Connected(Some(number)) if result == 0 || result == -i64::from(libc::EINPROGRESS) => {
                self.connected.insert(number);
            }
            Effect::Bound(Some(number)) if result == 0 => {
                self.bound.insert(number);
            }
            Effect::Datagrams if result >= 0 => {
                self.datagrams.extend(proc::socket(thread, result as i32));
            }
            _ => {}
        }
    }
}

/// The same port on this machine only.
fn loopback(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if ip.is_loopback() => address,
        IpAddr::V4(_) => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        IpAddr::V6(_) => SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, address.port())),
    }
}
