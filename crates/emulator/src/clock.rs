//! The only source of time.

use std::time::SystemTime;

/// Tells the time of day. Every function that returns a [`SystemTime`] is a clock: `SystemTime::now`, or in tests one that
/// always says the same.
pub trait WallClock: Send + Sync {
    /// The time now. It need not move: within a project, the emulator makes every creation time later than the last.
    fn now(&self) -> SystemTime;
}

impl<F: Fn() -> SystemTime + Send + Sync> WallClock for F {
    fn now(&self) -> SystemTime {
        self()
    }
}
