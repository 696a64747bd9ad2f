//! Names: the files by which programs look them up, and an answer to those that look further.
//!
//! Every resolver (glibc, musl, c-ares, Go) reads `/etc/hosts` first. What is not in it they ask a name server, which here
//! says of every name that it does not exist, and notes what was asked for.
//!
//! Sources: hosts(5), nsswitch.conf(5), resolv.conf(5), RFC 1035.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};

/// Where the name server seems to be. All of 127.0.0.0/8 is this machine.
pub(crate) const NAME_SERVER: Ipv4Addr = Ipv4Addr::new(127, 83, 0, 53);
/// The port of name servers.
pub(crate) const NAME_SERVER_PORT: u16 = 53;
/// The longest question that is read; without extensions it is 512 bytes.
const LONGEST: usize = 4096;

/// The names of a world.
pub(crate) struct Names {
    served: Vec<String>,
    files: [(&'static str, PathBuf); 3],
    server: UdpSocket,
}

impl Names {
    /// Writes the files into a folder, and starts to answer.
    pub(crate) fn new(served: &[String], folder: &Path) -> io::Result<Names> {
        let mut hosts = String::from("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        // Some programs look up their own machine.
        let node = rustix::system::uname().nodename().to_string_lossy().into_owned();
        if !node.is_empty() {
            hosts += &format!("127.0.0.1 {node}\n");
        }
        for (index, name) in served.iter().enumerate() {
            hosts += &format!("{} {name}\n", address_of(index));
        }
        let texts = [
            ("/etc/hosts", hosts),
            (
                "/etc/nsswitch.conf",
                "passwd: files\ngroup: files\nhosts: files dns\nnetworks: files\n".to_owned(),
            ),
            (
                "/etc/resolv.conf",
                format!("nameserver {NAME_SERVER}\noptions attempts:1 timeout:1\nsearch .\n"),
            ),
        ];
        let mut files = texts.map(|(path, text)| (path, PathBuf::from(path), text));
        for (path, file, text) in &mut files {
            *file = folder.join(path.rsplit('/').next().unwrap_or(path));
            fs::write(file, text)?;
        }
        let server = UdpSocket::bind((NAME_SERVER, 0))?;
        server.set_nonblocking(true)?;
        Ok(Names { served: served.to_vec(), files: files.map(|(path, file, _)| (path, file)), server })
    }

    /// The file that a program gets in the place of the one at this path.
    pub(crate) fn file(&self, path: &[u8]) -> Option<&Path> {
        self.files.iter().find(|(original, _)| original.as_bytes() == path).map(|(_, file)| file.as_path())
    }

    /// The files that programs get.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(_, file)| file.as_path())
    }

    /// Where the name server really is.
    pub(crate) fn server(&self) -> io::Result<SocketAddr> {
        self.server.local_addr()
    }

    /// The served name that an address stands for.
    pub(crate) fn name_of(&self, address: Ipv4Addr) -> Option<&str> {
        (0..self.served.len())
            .find(|index| address_of(*index) == address)
            .map(|index| self.served[index].as_str())
    }

    /// Answers the questions that have come. True if there were any; the names in them that are not served are added to
    /// `asked`.
    pub(crate) fn answer(&self, asked: &mut Vec<String>) -> bool {
        let mut any = false;
        let mut buffer = [0; LONGEST];
        while let Ok((length, from)) = self.server.recv_from(&mut buffer) {
            any = true;
            let Some((name, reply)) = answer(&buffer[..length], &self.served) else { continue };
            // Who has gone misses nothing.
            let _ = self.server.send_to(&reply, from);
            if !self.served.contains(&name) && !asked.contains(&name) {
                asked.push(name);
            }
        }
        any
    }
}

/// The address that a served name resolves to, by its place in the list.
fn address_of(index: usize) -> Ipv4Addr {
    let [high, low] = u16::try_from(index + 1).unwrap_or(u16::MAX).to_be_bytes();
    Ipv4Addr::new(127, 83, high.saturating_add(1), low)
}

/// The name that a question is about, and the reply: no such name, or nothing of that kind of a name that is served.
fn answer(question: &[u8], served: &[String]) -> Option<(String, Vec<u8>)> {
    let (header, mut rest) = question.split_at_checked(12)?;
    let is_question = header[2] & 0x80 == 0 && header[4..6] == [0, 1];
    let mut labels: Vec<String> = Vec::new();
    while let Some((&length, after)) = rest.split_first().filter(|_| is_question) {
        if length == 0 {
            let name = labels.join(".").to_lowercase();
            let end = question.len() - after.len() + 4;
            let mut reply = question.get(..end)?.to_vec();
            let code = if served.contains(&name) { 0 } else { 3 };
            // A reply, authoritative; recursion as it was asked for, and available.
            reply[2] = 0x84 | header[2] & 1;
            reply[3] = 0x80 | code;
            reply[6..12].fill(0);
            return Some((name, reply));
        }
        let (label, after) = after.split_at_checked(usize::from(length)).filter(|_| length < 64)?;
        labels.push(String::from_utf8_lossy(label).into_owned());
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(name: &str) -> Vec<u8> {
        let mut bytes = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.split('.') {
            bytes.push(label.len() as u8);
            bytes.extend_from_slice(label.as_bytes());
        }
        bytes.extend_from_slice(&[0, 0, 28, 0, 1]);
        bytes
    }

    #[test]
    fn unknown_names_do_not_exist_and_served_ones_have_nothing_more() {
        let served = ["api.example".to_owned()];
        let (name, reply) = answer(&question("Elsewhere.example"), &served).unwrap();
        assert_eq!((name.as_str(), reply[3] & 0xf), ("elsewhere.example", 3));
        assert_eq!(reply[..2], [0x12, 0x34]);
        let (name, reply) = answer(&question("api.example"), &served).unwrap();
        assert_eq!((name.as_str(), reply[3] & 0xf), ("api.example", 0));
        for length in 0..question("a.b").len() - 1 {
            assert_eq!(answer(&question("a.b")[..length], &served), None, "{length}");
        }
    }

    #[test]
    fn files_name_what_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let names = Names::new(&["api.example".to_owned(), "b.example".to_owned()], folder.path()).unwrap();
        let hosts = fs::read_to_string(names.file(b"/etc/hosts").unwrap()).unwrap();
        assert!(hosts.contains("127.83.1.2 b.example\n"), "{hosts}");
        assert_eq!(names.name_of(Ipv4Addr::new(127, 83, 1, 1)), Some("api.example"));
        assert_eq!(names.name_of(Ipv4Addr::new(127, 83, 1, 3)), None);
        assert_eq!(names.file(b"/etc/passwd"), None);
    }
}
