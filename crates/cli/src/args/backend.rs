//! Which emulator a run is to use.

use std::str::FromStr;

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
            address => match address.rsplit_once(':') {
                Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0) => {
                    Ok(EmulatorChoice::At(address.to_owned()))
                }
                _ => Err("expected `embedded`, `container` or HOST:PORT".to_owned()),
            },
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
        for bad in ["", "docker", ":9010", "host:", "host:0", "host:99999"] {
            assert!(bad.parse::<EmulatorChoice>().is_err(), "{bad}");
        }
    }
}
