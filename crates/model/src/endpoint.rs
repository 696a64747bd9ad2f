//! How a sample reaches the service, and the names that the service has.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{InvalidId, Service};

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

/// What Google's client libraries and tools ask besides the service itself.
///
/// * `oauth2` gives tokens (`token_uri` of a service account's key, RFC 7523), and `www` did so before: the keys of old
///   accounts name `www.googleapis.com/oauth2/v4/token`.
/// * `monitoring` takes the metrics that the Spanner libraries send of their own accord.
/// * `longrunning` is where a client of operations goes that was made without an address.
/// * `cloudresourcemanager` and `serviceusage` are asked by gcloud, for the project and for what is enabled in it.
/// * `iamcredentials` is asked by google-auth for Python, for the regions that an account may be used from.
const OF_GOOGLE: [&str; 7] = [
    "oauth2.googleapis.com",
    "www.googleapis.com",
    "monitoring.googleapis.com",
    "longrunning.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "serviceusage.googleapis.com",
    "iamcredentials.googleapis.com",
];

/// The one of them that answers for the service: its operations are the same there.
const OPERATIONS_OF_GOOGLE: &str = "longrunning.googleapis.com";

/// What the SDK of GeminiDB asks besides the service itself: for the ids of the account, where a program does not give
/// them.
const OF_HUAWEI: [&str; 2] = ["iam.cn-north-4.myhuaweicloud.com", "iam.myhuaweicloud.com"];

/// True for a host that client libraries ask besides a service, and that does not answer for it.
pub fn is_besides(host: &str) -> bool {
    host != OPERATIONS_OF_GOOGLE && OF_GOOGLE.iter().chain(&OF_HUAWEI).any(|it| *it == host)
}

impl Service {
    /// The host name that the service itself has: `spanner.googleapis.com`.
    ///
    /// Sources: `google.api.default_host` of google/spanner/admin/database/v1 and of google/cloud/alloydb/v1beta;
    /// the regions of huaweicloudsdkgaussdbfornosql, in each of which GeminiDB has another name: one stands for all.
    pub const fn host(self) -> &'static str {
        match self {
            Service::Spanner => "spanner.googleapis.com",
            Service::AlloyDb => "alloydb.googleapis.com",
            Service::GeminiDb => "gaussdb-nosql.cn-north-4.myhuaweicloud.com",
        }
    }

    /// The host names that lead to the emulator in a closed world: the service's [own](Service::host) first, then those
    /// that its client libraries and tools ask besides.
    pub fn hosts(self) -> impl Iterator<Item = &'static str> {
        let besides: &[&str] = match self {
            Service::Spanner | Service::AlloyDb => &OF_GOOGLE,
            Service::GeminiDb => &OF_HUAWEI,
        };
        std::iter::once(self.host()).chain(besides.iter().copied())
    }

    /// The variable that leads the service's client libraries to an emulator at `HOST:PORT`, where they know one.
    pub const fn emulator_variable(self) -> Option<&'static str> {
        match self {
            Service::Spanner => Some("SPANNER_EMULATOR_HOST"),
            Service::AlloyDb | Service::GeminiDb => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ways_to_the_service_read_what_they_print() {
        for endpoint in Endpoint::ALL {
            assert_eq!(endpoint.to_string().parse(), Ok(endpoint));
        }
        let error = "proxy".parse::<Endpoint>().unwrap_err();
        assert_eq!(error.to_string(), "`proxy` is not a way to the service: one of emulator, service");
    }

    #[test]
    fn no_service_is_besides_itself() {
        assert!(Service::ALL.iter().all(|service| !is_besides(service.host())));
        assert!(is_besides("monitoring.googleapis.com") && !is_besides("longrunning.googleapis.com"));
        assert!(!is_besides("127.0.0.1"));
    }

    #[test]
    fn a_service_has_its_own_name_first_and_each_name_once() {
        for service in Service::ALL {
            let hosts: Vec<_> = service.hosts().collect();
            assert_eq!(hosts[0], service.host());
            assert_eq!(hosts.iter().collect::<BTreeSet<_>>().len(), hosts.len());
            // What a name is matched with is lower-case, and has no dot at its end.
            let plain = |host: &&str| {
                host.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
            };
            assert!(hosts.iter().all(|host| plain(host) && !host.ends_with('.')), "{hosts:?}");
        }
    }
}
