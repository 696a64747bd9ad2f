//! Which emulator a run is to use.

use std::str::FromStr;

use super::http_address::http_address;

/// An emulator, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum EmulatorChoice {
    /// In this process.
    #[default]
    Embedded,
    /// In a container.
    Container,
    /// One that runs already, at `HOST:PORT`.
    At(String),
}

impl FromStr for EmulatorChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<EmulatorChoice, String> {
        match text {
            "embedded" => Ok(EmulatorChoice::Embedded),
            "container" => Ok(EmulatorChoice::Container),
            address if address.contains(':') => http_address(address).map(EmulatorChoice::At),
            _ => Err("expected `embedded`, `container`, HOST:PORT or http://HOST:PORT".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emulator_is_chosen_by_a_word_or_an_address() {
        assert_eq!("embedded".parse(), Ok(EmulatorChoice::Embedded));
        assert_eq!("container".parse(), Ok(EmulatorChoice::Container));
        for address in ["127.0.0.1:9010", "[::1]:9010", "emulator.test:80"] {
            assert_eq!(address.parse(), Ok(EmulatorChoice::At(address.to_owned())));
        }
        assert_eq!("http://[::1]:9010/".parse(), Ok(EmulatorChoice::At("[::1]:9010".to_owned())));
        for bad in ["", "docker", "https://host:1", ":9010", "host:", "host:0", "host:99999"] {
            assert!(bad.parse::<EmulatorChoice>().is_err(), "{bad}");
        }
    }
}
