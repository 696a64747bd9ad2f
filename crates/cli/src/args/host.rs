//! Where a server listens, as typed.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// An address to listen on, or both loopback addresses under the name that clients know them by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenHost {
    /// `localhost`, which clients look up as 127.0.0.1, as ::1, or as both.
    Localhost,
    /// One address.
    At(IpAddr),
}

impl ListenHost {
    /// Where to listen in any case.
    pub fn address(self) -> IpAddr {
        match self {
            ListenHost::Localhost => Ipv4Addr::LOCALHOST.into(),
            ListenHost::At(address) => address,
        }
    }

    /// Where to listen besides, on a machine that has the address.
    pub fn besides(self) -> Option<IpAddr> {
        matches!(self, ListenHost::Localhost).then(|| Ipv6Addr::LOCALHOST.into())
    }

    /// True if no other machine can reach it.
    pub fn is_loopback(self) -> bool {
        self.address().is_loopback()
    }

    /// The host and a port, as clients are told them.
    pub fn with_port(self, port: u16) -> String {
        match self {
            ListenHost::Localhost => format!("localhost:{port}"),
            ListenHost::At(address) => SocketAddr::new(address, port).to_string(),
        }
    }
}

impl fmt::Display for ListenHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListenHost::Localhost => f.write_str("localhost"),
            ListenHost::At(address) => address.fmt(f),
        }
    }
}

impl FromStr for ListenHost {
    type Err = String;

    fn from_str(text: &str) -> Result<ListenHost, String> {
        if text.eq_ignore_ascii_case("localhost") {
            return Ok(ListenHost::Localhost);
        }
        // In a URL, and so in many a variable, the address of IPv6 has brackets.
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let address = match bare {
            Some(bare) => bare.parse().map(IpAddr::V6).ok(),
            None => text.parse().ok(),
        };
        address.map(ListenHost::At).ok_or_else(|| {
            "expected an address of this machine, as in 127.0.0.1, [::1] or 0.0.0.0, or `localhost`"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_an_address_with_or_without_brackets_or_localhost() {
        let host = |text: &str| text.parse::<ListenHost>();
        assert_eq!(host("[::1]"), host("::1"));
        assert_eq!(host("[::1]").unwrap().with_port(9010), "[::1]:9010");
        assert_eq!(host("127.0.0.1").unwrap().with_port(9010), "127.0.0.1:9010");
        let localhost = host("LocalHost").unwrap();
        assert_eq!(
            (localhost, localhost.with_port(9010)),
            (ListenHost::Localhost, "localhost:9010".to_owned())
        );
        assert!(localhost.is_loopback() && localhost.besides().is_some_and(|address| address.is_loopback()));
        assert!(!host("0.0.0.0").unwrap().is_loopback());
        for bad in ["", "[127.0.0.1]", "[::1", "emulator.test", "127.0.0.1:9010"] {
            assert!(host(bad).is_err(), "{bad}");
        }
    }
}
