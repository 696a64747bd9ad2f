//! What is there before a case begins, and what is decided in it.

use rescind_model::{Given, Schedule, ServiceId};
use serde::{Deserialize, Serialize};

use super::choices::Settings;

/// How the ids begin of all that is there beside what a sample is told to use.
pub const BYSTANDER: &str = "bystander";

/// How a project is set up for a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The service that the sample talks to.
    pub service: ServiceId,
    /// The id of what databases are in, which always is there: an instance, or a location.
    pub instance: String,
    /// The id of what the sample is told to back up: a database, a cluster, or an instance.
    pub database: String,
    /// The id of the backup that the sample is told to create; it stands for `{backup}` in the given state.
    #[serde(default)]
    pub backup: String,
    /// What is there before.
    #[serde(default)]
    pub given: Given,
    /// True if there is more beside what the sample is told to use, so that what it changes there can be told: another
    /// database with a backup that is being made, a backup that is READY, and what else a service has of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bystanders: bool,
    /// What the server decides.
    #[serde(default)]
    pub schedule: Schedule,
    /// What is decided otherwise than the emulator does, where nobody has published what the service does.
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub choices: Settings,
}

/// A set-up that no service could be in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSetup {
    /// There is no such service.
    #[error("there is no service `{service}`{close}; the services are {known}")]
    Service {
        /// The name.
        service: String,
        /// What may have been meant.
        close: String,
        /// Those that there are.
        known: String,
    },
    /// What is given cannot be, or is there already.
    #[error("{0}")]
    Given(String),
}
