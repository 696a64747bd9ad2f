//! How a sample reaches the service.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::InvalidId;

/// How a sample reaches the service.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Endpoint {
    /// By the variable of the emulator, without TLS and without credentials, where the client library knows such a
    /// variable or the sample reads one.
    #[default]
    Emulator,
    /// By no variable at all: under the service's own host name, over TLS, with credentials, as published code does. Needs
    /// the closed world, where that name leads to the emulator.
    Service,
}

impl Endpoint {
    /// Every way to the service.
    pub const ALL: [Endpoint; 2] = [Endpoint::Emulator, Endpoint::Service];

    /// The name in manifests and options.
    pub const fn name(self) -> &'static str {
        match self {
            Endpoint::Emulator => "emulator",
            Endpoint::Service => "service",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Endpoint {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Endpoint::ALL.into_iter().find(|endpoint| endpoint.name() == text).ok_or_else(|| InvalidId {
            text: text.to_owned(),
            kind: "way to the service",
            expected: "one of emulator, service",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_the_service_read_what_they_print() {
        for endpoint in Endpoint::ALL {
            assert_eq!(endpoint.to_string().parse(), Ok(endpoint));
        }
        let error = "proxy".parse::<Endpoint>().unwrap_err();
        assert_eq!(error.to_string(), "`proxy` is not a way to the service: one of emulator, service");
    }
}
