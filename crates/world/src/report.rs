//! What is known of a world when it is over.

use std::time::Duration;

/// How a world ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorldEnd {
    /// The first process ended with this code.
    Exited(i32),
    /// A signal of this number ended it.
    Signaled(i32),
    /// Its clock reached the limit; everything was killed.
    VirtualTime,
    /// It used up its processor time; everything was killed.
    ProcessorTime,
    /// Every thread slept, and none waited for time: it would never have ended. Everything was killed.
    Stuck,
    /// It was told to end.
    Killed,
    /// It is of a kind that cannot run in a world, and was killed: what, in words.
    Unsupported(String),
}

/// What is known of a world when it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldReport {
    /// How it ended.
    pub end: WorldEnd,
    /// How long it took, in real time.
    pub wall: Duration,
    /// How long it took by its own clock.
    pub virtual_time: Duration,
    /// The processor time of all its threads, user and system.
    pub processor_time: Duration,
    /// The command lines of the processes that were left when the first one had ended. They have been killed.
    pub left: Vec<String>,
    /// What was asked for that is not in the world, as [`Asked`](crate::Asked) words it.
    pub asked: Vec<String>,
    /// How often the clock jumped.
    pub jumps: u64,
    /// How often a thread was stopped to be looked after.
    pub stops: u64,
}
