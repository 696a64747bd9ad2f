//! The clock that a run goes by, and what follows from it.

use std::time::Duration;

use rescind_catalog::Run;
use rescind_model::{ClockKind, Limits};

use crate::RunOptions;

/// The deadline of a case where time is real and no other one was asked for.
const REAL_DEADLINE: Duration = Duration::from_secs(60);
/// How many cases run at once for each processor where time is real: most of them only wait, which costs nothing.
const WAITING_CASES: usize = 8;

/// The clock that the cases of a run go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunClock {
    /// The clock of the closed world.
    Virtual,
    /// The system's clock. What still waits at its deadline is then undecided.
    Real {
        /// Why it is not the closed world's.
        reason: String,
    },
}

impl RunClock {
    /// The clock that a run goes by here, given the one that was asked for: the closed world's wherever there is one.
    ///
    /// The one place that decides it.
    pub fn of_run(asked: Option<ClockKind>) -> RunClock {
        match asked {
            Some(ClockKind::Real) => RunClock::Real { reason: "it was asked for".to_owned() },
            Some(ClockKind::Virtual) | None => match rescind_world::support() {
                Ok(()) => RunClock::Virtual,
                Err(why) => RunClock::Real { reason: why.to_string() },
            },
        }
    }

    /// Which clock it is.
    pub fn kind(&self) -> ClockKind {
        match self {
            RunClock::Virtual => ClockKind::Virtual,
            RunClock::Real { .. } => ClockKind::Real,
        }
    }

    /// Why it is the real one; none for the closed world's.
    pub fn reason(&self) -> Option<&str> {
        match self {
            RunClock::Virtual => None,
            RunClock::Real { reason } => Some(reason),
        }
    }

    /// How many cases run at once where nobody has asked for a number.
    pub(crate) fn jobs(&self, cores: usize) -> usize {
        match self {
            RunClock::Virtual => cores,
            RunClock::Real { .. } => cores.saturating_mul(WAITING_CASES),
        }
    }

    /// What a case may use up: what was asked for, else what its manifest says. But the deadline of a manifest is one in
    /// virtual time, and far too long for real time.
    pub(crate) fn limits(&self, options: &RunOptions, run: &Run) -> Limits {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let deadline = match self {
            RunClock::Virtual => run.deadline,
            RunClock::Real { .. } => REAL_DEADLINE,
        };
        Limits {
            clock: self.kind(),
            deadline_ms: milliseconds(options.deadline.unwrap_or(deadline)),
            processor_ms: milliseconds(options.processor_time.unwrap_or(run.processor_time)),
        }
    }
}
