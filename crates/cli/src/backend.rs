//! Which emulator a run uses.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::anyhow;
use rescind_runner::{Backend, ConnectError, Container, Control, ControlAt, Embedded, Remote};

use crate::args::{EmulatorChoice, RunArgs};
use crate::failure::Failure;
use crate::token;

/// The port of the control API of `rescind emulator`, unless it is told another one.
const CONTROL_PORT: u16 = 9030;

/// Starts or finds the emulator that a run is to use. `executable` is this program, of which an image is made unless one
/// is named.
///
/// # Errors
/// There is none.
pub async fn start(args: &RunArgs, executable: &Path) -> Result<Arc<dyn Backend>, Failure> {
    Ok(match (&args.emulator, args.image.as_deref()) {
        (EmulatorChoice::Container, image) => {
            let token = token::fresh()?;
            let started = match image {
                None => Container::of_executable(executable, token).await,
                Some(image) => Container::of_image(image, token).await,
            };
            Arc::new(started.map_err(Failure::setup)?)
        }
        (_, Some(_)) => {
            return Err(Failure::usage(anyhow!(
                "--image is for --emulator container; leave out one of them"
            )));
        }
        (EmulatorChoice::Embedded, None) => Arc::new(Embedded::new(Arc::new(SystemTime::now))),
        (EmulatorChoice::At(address), None) => {
            let at = args.control.clone().unwrap_or_else(|| beside(address));
            let control = Control { at, token: args.control_token.clone() };
            Arc::new(Remote::connect(address, control).await.map_err(|error| match error {
                ConnectError::Address { .. } => Failure::usage(error),
                error => Failure::setup(error),
            })?)
        }
    })
}

/// Where the control API is unless somebody says otherwise: where `rescind emulator` has it, on the same host.
fn beside(address: &str) -> ControlAt {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    ControlAt::Tcp(format!("{host}:{CONTROL_PORT}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_api_is_looked_for_on_the_same_host() {
        assert_eq!(beside("emulator.test:80").to_string(), "emulator.test:9030");
        assert_eq!(beside("[::1]:9010").to_string(), "[::1]:9030");
    }
}
