//! Which emulator a run uses.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::anyhow;
use rescind_runner::{Backend, ConnectError, Container, Embedded, Remote};

use crate::failure::Failure;

/// An emulator, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Choice {
    /// In this process.
    #[default]
    Embedded,
    /// In a container.
    Container,
    /// One that runs already, at `HOST:PORT`.
    At(String),
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Choice, String> {
        match text {
            "embedded" => Ok(Choice::Embedded),
            "container" => Ok(Choice::Container),
            address => match address.rsplit_once(':') {
                Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0) => {
                    Ok(Choice::At(address.to_owned()))
                }
                _ => Err("expected `embedded`, `container` or HOST:PORT".to_owned()),
            },
        }
    }
}

/// Starts or finds the emulator. `executable` is this program, of which an image is made unless one is named.
///
/// # Errors
/// There is none.
pub async fn start(
    choice: &Choice,
    image: Option<&str>,
    executable: &Path,
) -> Result<Arc<dyn Backend>, Failure> {
    Ok(match (choice, image) {
        (Choice::Container, None) => {
            Arc::new(Container::of_executable(executable).await.map_err(Failure::setup)?)
        }
        (Choice::Container, Some(image)) => {
            Arc::new(Container::of_image(image).await.map_err(Failure::setup)?)
        }
        (_, Some(_)) => {
            return Err(Failure::usage(anyhow!(
                "--image is for --emulator container; leave out one of them"
            )));
        }
        (Choice::Embedded, None) => {
            Arc::new(Embedded::start(Arc::new(SystemTime::now)).await.map_err(Failure::setup)?)
        }
        (Choice::At(address), None) => {
            Arc::new(Remote::connect(address).await.map_err(|error| match error {
                ConnectError::Address { .. } => Failure::usage(error),
                error => Failure::setup(error),
            })?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emulator_is_chosen_by_a_word_or_an_address() {
        assert_eq!("embedded".parse(), Ok(Choice::Embedded));
        assert_eq!("container".parse(), Ok(Choice::Container));
        for address in ["127.0.0.1:9010", "[::1]:9010", "emulator.test:80"] {
            assert_eq!(address.parse(), Ok(Choice::At(address.to_owned())));
        }
        for bad in ["", "docker", ":9010", "host:", "host:0", "host:99999"] {
            assert!(bad.parse::<Choice>().is_err(), "{bad}");
        }
    }
}
