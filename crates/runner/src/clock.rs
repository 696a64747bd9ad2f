//! The time, as the machine has it.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// A source of the time.
#[derive(Clone)]
pub struct MonotonicClock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl MonotonicClock {
    /// A clock that asks this function.
    pub fn new(now: impl Fn() -> Instant + Send + Sync + 'static) -> MonotonicClock {
        MonotonicClock(Arc::new(now))
    }

    /// The time now.
    pub fn now(&self) -> Instant {
        (self.0)()
    }
}

impl fmt::Debug for MonotonicClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MonotonicClock")
    }
}
