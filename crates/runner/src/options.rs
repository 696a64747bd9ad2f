//! How a plan is to be run.

use std::time::Duration;

use rescind_model::{ClockKind, Endpoint};

/// How a plan is to be run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// How many cases run at once, at most; none for as many as there are processors, and for more where time is real.
    pub jobs: Option<usize>,
    /// The clock that was asked for; none for the closed world's, wherever there is one.
    pub clock: Option<ClockKind>,
    /// When a case must have ended, by the clock of the run, in the place of what the manifests say; none where time is
    /// real for 60 s.
    pub deadline: Option<Duration>,
    /// How much processor time a case may use, in the place of what the manifests say.
    pub processor_time: Option<Duration>,
    /// How samples reach the service, in the place of what the manifests say.
    pub endpoint: Option<Endpoint>,
    /// How often a case that fails is tried anew, at most.
    pub retries: u32,
}
