//! What an exploration is asked for.

use std::time::Duration;

use super::alternatives::Bounds;

/// How samples are explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exploring {
    /// How far.
    pub bounds: Bounds,
    /// For how long: no sample is run any more after that. None for as long as it takes.
    pub budget: Option<Duration>,
    /// How often the sample is run for each history: more than once tells what it does not do every time.
    pub repeat: u32,
}
