//! What a program may talk to: the server of its world, the world's own name server, and itself.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use rustix::process::Pid;

use super::destination::{Destination, loopback};
use super::memory::Memory;
use super::names::Names;
use super::proc;
use super::socket::{self, Address};
use super::x86_64::Registers;
use crate::Asked;

/// The size of an `mmsghdr`: a `msghdr` and one more number.
const MANY_MESSAGES: u64 = 64;
/// How many messages of one call are looked at: the most that the kernel takes (UIO_MAXIOV).
const MOST_MESSAGES: u64 = 1024;

/// What is to become of a system call that names an address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
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
    /// This socket has an address of its own now. True if that stands for all addresses of this machine, of both families.
    Bound(Option<u64>, bool),
    /// This socket has a name now, which is no file; an empty one stands for one that the kernel gives.
    Named(Option<u64>, Vec<u8>),
    /// A socket that has no connections was made.
    Datagrams,
}

/// The network of a world.
pub(crate) struct Network {
    /// Where served names lead.
    pub(super) server: Option<SocketAddr>,
    pub(super) names: Names,
    /// Where programs may put sockets that are files.
    pub(super) folders: Vec<PathBuf>,
    /// Addresses that are refused without a word.
    pub(super) ignored: Vec<IpAddr>,
    /// The sockets that programs gave an address.
    pub(super) bound: HashSet<u64>,
    /// Those of them that stand for all addresses of this machine, of both families.
    pub(super) everywhere: HashSet<u64>,
    /// The sockets that know IPv6 and nothing else.
    only_v6: HashSet<u64>,
    /// The sockets that are connected to the server.
    pub(super) connected: HashSet<u64>,
    /// The sockets that have no connections.
    pub(super) datagrams: HashSet<u64>,
    /// Names of sockets that are no files.
    pub(super) abstract_names: HashSet<Vec<u8>>,
}

impl Network {
    pub(crate) fn new(
        server: Option<SocketAddr>,
        names: Names,
        folders: Vec<PathBuf>,
        ignored: Vec<IpAddr>,
    ) -> Network {
        // What is compared with them has no links in it.
        let folders = folders.into_iter().map(|folder| fs::canonicalize(&folder).unwrap_or(folder)).collect();
        Network {
            server,
            names,
            folders,
            ignored,
            bound: HashSet::new(),
            everywhere: HashSet::new(),
            only_v6: HashSet::new(),
            connected: HashSet::new(),
            datagrams: HashSet::new(),
            abstract_names: HashSet::new(),
        }
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
    ) -> Disposition {
        let length = usize::try_from(registers.argument(2)).unwrap_or_default().min(socket::LONGEST);
        let mut bytes = memory.read_some(registers.argument(1), length);
        let Some(address) = socket::parse(&bytes) else { return Disposition::Go };
        let number = proc::socket(thread, registers.argument(0) as i32);
        let destination = self.destination(thread, &address, "connect to", asked);
        let (target, effect) = match destination {
            Destination::Allowed => return Disposition::Go,
            Destination::Refused(error) => return Disposition::Refuse(error),
            Destination::NameServer(target) | Destination::Here(target) => (target, Effect::None),
            Destination::Server(target) => {
                let datagrams = number.is_some_and(|number| self.datagrams.contains(&number));
                (target, if datagrams { Effect::None } else { Effect::Connected(number) })
            }
        };
        socket::replace(&mut bytes, target);
        if !memory.write(slot, &bytes) {
            return Disposition::Refuse(libc::EFAULT);
        }
        let argument = Some((1, registers.argument(1)));
        registers.set_argument(1, slot);
        Disposition::Watch(Rewritten { argument, memory: None, effect })
    }

    /// A program gives a socket an address of its own.
    pub(crate) fn bind(
        &mut self,
        thread: Pid,
        registers: &mut Registers,
        memory: &Memory,
        slot: u64,
        asked: &mut Asked,
    ) -> Disposition {
        let length = usize::try_from(registers.argument(2)).unwrap_or_default().min(socket::LONGEST);
        let mut bytes = memory.read_some(registers.argument(1), length);
        socket::specify(&mut bytes);
        let Some(address) = socket::parse(&bytes) else { return Disposition::Go };
        let number = proc::socket(thread, registers.argument(0) as i32);
        let mut argument = None;
        let mut everywhere = false;
        match address {
            Address::Other => return Disposition::Go,
            Address::Abstract(name) => {
                let effect = Effect::Named(number, name);
                return Disposition::Watch(Rewritten { argument, memory: None, effect });
            }
            Address::Path(path) if self.is_own(thread, &path) => return Disposition::Go,
            Address::Path(path) => {
                asked.note(format!("listen on {}", path.display()));
                return Disposition::Refuse(libc::EACCES);
            }
            Address::Internet(address) if address.ip().is_loopback() => {}
            Address::Internet(address) if address.ip().is_unspecified() => {
                // "Everywhere" is nowhere but here. A socket that knows both families is put where IPv4 finds it; how IPv6
                // finds it, `place` sees to.
                everywhere = address.is_ipv6() && !number.is_some_and(|it| self.only_v6.contains(&it));
                let here = SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()));
                socket::replace(&mut bytes, if everywhere { here } else { loopback(address) });
                if !memory.write(slot, &bytes) {
                    return Disposition::Refuse(libc::EFAULT);
                }
                argument = Some((1, registers.argument(1)));
                registers.set_argument(1, slot);
            }
            Address::Internet(address) => {
                asked.note(format!("listen on {address}"));
                return Disposition::Refuse(libc::EADDRNOTAVAIL);
            }
        }
        Disposition::Watch(Rewritten { argument, memory: None, effect: Effect::Bound(number, everywhere) })
    }

    /// A program says whether a socket of IPv6 is to know IPv4 as well.
    pub(crate) fn only_v6(&mut self, thread: Pid, registers: &Registers, memory: &Memory) {
        let Some(number) = proc::socket(thread, registers.argument(0) as i32) else { return };
        if memory.read::<4>(registers.argument(3)).is_some_and(|value| value != [0; 4]) {
            self.only_v6.insert(number);
        } else {
            self.only_v6.remove(&number);
        }
    }

    /// A program sends something to an address, without a connection.
    pub(crate) fn send(
        &self,
        thread: Pid,
        registers: &mut Registers,
        memory: &Memory,
        asked: &mut Asked,
    ) -> Disposition {
        let mut rewritten = None;
        for (place, length) in self.recipients(registers, memory) {
            let original = memory.read_some(place, length.min(socket::LONGEST));
            let mut bytes = original.clone();
            socket::specify(&mut bytes);
            let Some(address) = socket::parse(&bytes) else { continue };
            match self.destination(thread, &address, "send to", asked) {
                Destination::Allowed => {}
                Destination::Refused(error) => return Disposition::Refuse(error),
                Destination::Server(target) | Destination::NameServer(target) | Destination::Here(target) => {
                    socket::replace(&mut bytes, target);
                    // In place: where the address lies, the program may not even let us put another pointer.
                    if !memory.write(place, &bytes) {
                        return Disposition::Refuse(libc::EFAULT);
                    }
                    rewritten = Some(Rewritten {
                        argument: None,
                        memory: Some((place, original)),
                        effect: Effect::None,
                    });
                }
            }
        }
        rewritten.map_or(Disposition::Go, Disposition::Watch)
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
    pub(crate) fn datagrams() -> Disposition {
        Disposition::Watch(Rewritten { argument: None, memory: None, effect: Effect::Datagrams })
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
            Effect::Bound(Some(number), everywhere) if result == 0 => {
                self.bound.insert(number);
                if everywhere {
                    self.everywhere.insert(number);
                }
            }
            Effect::Named(Some(number), name) if result == 0 && name.is_empty() => {
                self.abstract_names.extend(proc::abstract_name(thread, number));
            }
            Effect::Named(_, name) if result == 0 => {
                self.abstract_names.insert(name);
            }
            Effect::Datagrams if result >= 0 => {
                self.datagrams.extend(proc::socket(thread, result as i32));
            }
            _ => {}
        }
    }
}
