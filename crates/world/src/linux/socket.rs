//! Socket addresses as they lie in a program's memory (`sockaddr_in` of ip(7), `sockaddr_in6` of ipv6(7), `sockaddr_un` of
//! unix(7)).

use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The longest address that is looked at: `sockaddr_storage`.
pub(crate) const LONGEST: usize = 128;

/// An address of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// Of the internet. An IPv4 address in IPv6 is the IPv4 address.
    Internet(SocketAddr),
    /// A file.
    Path(PathBuf),
    /// A name that is no file (it begins with a zero byte, which is left out), or none at all.
    Abstract(Vec<u8>),
    /// Of none of these families: nothing that leads anywhere, for other sockets cannot be made here.
    Other,
}

/// Reads an address.
pub(crate) fn parse(bytes: &[u8]) -> Option<Address> {
    let (family, rest) = bytes.split_at_checked(2)?;
    let family = i32::from(u16::from_ne_bytes([family[0], family[1]]));
    Some(match family {
        libc::AF_INET => {
            let port = u16::from_be_bytes([*rest.first()?, *rest.get(1)?]);
            let ip: [u8; 4] = rest.get(2..6)?.try_into().ok()?;
            Address::Internet(SocketAddr::from((Ipv4Addr::from(ip), port)))
        }
        libc::AF_INET6 => {
            let port = u16::from_be_bytes([*rest.first()?, *rest.get(1)?]);
            let ip: [u8; 16] = rest.get(6..22)?.try_into().ok()?;
            Address::Internet(SocketAddr::from((Ipv6Addr::from(ip).to_canonical(), port)))
        }
        libc::AF_UNIX => match rest.first() {
            Some(0) | None => Address::Abstract(rest.get(1..).unwrap_or_default().to_vec()),
            Some(_) => {
                let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
                Address::Path(PathBuf::from(OsStr::from_bytes(&rest[..end])))
            }
        },
        _ => Address::Other,
    })
}

/// Says of an address of no family that it is of IPv4, as the kernel thinks of it where something is sent to it or a
/// socket gets it. (Where a socket is connected to it, it dissolves the connection.)
pub(crate) fn specify(bytes: &mut [u8]) {
    if let Some(family) =
        bytes.get_mut(..2).filter(|family| **family == (libc::AF_UNSPEC as u16).to_ne_bytes())
    {
        family.copy_from_slice(&(libc::AF_INET as u16).to_ne_bytes());
    }
}

/// Puts another internet address into the place of the one that these bytes are, of the same family and length.
pub(crate) fn replace(bytes: &mut [u8], address: SocketAddr) {
    let Some((family, rest)) = bytes.split_at_mut_checked(2) else { return };
    let family = i32::from(u16::from_ne_bytes([family[0], family[1]]));
    if rest.len() >= 2 {
        rest[..2].copy_from_slice(&address.port().to_be_bytes());
    }
    match (family, address.ip()) {
        (libc::AF_INET, IpAddr::V4(ip)) if rest.len() >= 6 => rest[2..6].copy_from_slice(&ip.octets()),
        (libc::AF_INET6, ip) if rest.len() >= 22 => {
            let ip = match ip {
                IpAddr::V4(ip) => ip.to_ipv6_mapped(),
                IpAddr::V6(ip) => ip,
            };
            rest[6..22].copy_from_slice(&ip.octets());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(text: &str) -> Vec<u8> {
        let SocketAddr::V4(address) = text.parse().unwrap() else { panic!("{text}") };
        let family = (libc::AF_INET as u16).to_ne_bytes();
        [&family[..], &address.port().to_be_bytes(), &address.ip().octets(), &[0; 8]].concat()
    }

    fn v6(text: &str) -> Vec<u8> {
        let SocketAddr::V6(address) = text.parse().unwrap() else { panic!("{text}") };
        let family = (libc::AF_INET6 as u16).to_ne_bytes();
        [&family[..], &address.port().to_be_bytes(), &[0; 4], &address.ip().octets(), &[0; 4]].concat()
    }

    #[test]
    fn internet_addresses_are_read_and_replaced() {
        for (mut bytes, was) in [
            (v4("10.1.2.3:443"), "10.1.2.3:443"),
            (v6("[::ffff:10.1.2.3]:443"), "10.1.2.3:443"),
            (v6("[2001:db8::1]:443"), "[2001:db8::1]:443"),
        ] {
            assert_eq!(parse(&bytes), Some(Address::Internet(was.parse().unwrap())));
            replace(&mut bytes, "127.0.0.1:8080".parse().unwrap());
            assert_eq!(parse(&bytes), Some(Address::Internet("127.0.0.1:8080".parse().unwrap())));
        }
        assert_eq!(parse(&v4("1.2.3.4:5")[..5]), None);
    }

    #[test]
    fn unix_addresses_are_files_or_names() {
        let family = (libc::AF_UNIX as u16).to_ne_bytes();
        let parse = |rest: &[u8]| parse(&[&family[..], rest].concat());
        assert_eq!(parse(b"/run/x\0\0"), Some(Address::Path("/run/x".into())));
        assert_eq!(parse(b"/run/x"), Some(Address::Path("/run/x".into())));
        assert_eq!(parse(b"\0name"), Some(Address::Abstract(b"name".to_vec())));
        assert_eq!(parse(b""), Some(Address::Abstract(Vec::new())));
    }
}
