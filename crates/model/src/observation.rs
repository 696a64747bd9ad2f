//! What was seen of one case.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ClockKind, Entry, Limits, ResourceChange, Snapshot};

/// What a process wrote to one of its streams.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Captured {
    /// The text; bytes that are not UTF-8 are replaced by U+FFFD.
    pub text: String,
    /// How many bytes were written in all.
    pub bytes: u64,
    /// How many of them are missing in `text`, because there were too many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
    /// True if a byte had to be replaced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub invalid_utf8: bool,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Captured {
    /// What a process wrote, whole.
    pub fn whole(text: impl Into<String>) -> Captured {
        let text = text.into();
        Captured { bytes: text.len() as u64, text, dropped: 0, invalid_utf8: false }
    }
}

/// How the sample's process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// It exited with this code.
    Code(i32),
    /// A signal that rescind did not send ended it.
    Signal(i32),
    /// It had to be ended, because its deadline had passed: in virtual time, or in real time where the clock is real.
    Deadline,
    /// It had to be ended, because it had used up its processor time.
    ProcessorTime,
    /// It had to be ended, because it would never have ended: every process slept, and none waited for time.
    Stuck,
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ended::Code(code) => write!(f, "exit {code}"),
            Ended::Signal(signal) => write!(f, "signal {signal}"),
            Ended::Deadline => f.write_str("deadline"),
            Ended::ProcessorTime => f.write_str("processor time used up"),
            Ended::Stuck => f.write_str("stuck"),
        }
    }
}

/// A process of the sample that was still there when the sample had ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeakedProcess {
    /// Its command line, as far as it could be read.
    pub command: String,
}

/// What was seen of one case: all that the judge goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// How the process ended.
    pub ended: Ended,
    /// What it was allowed to use up.
    pub limits: Limits,
    /// Its standard output.
    pub stdout: Captured,
    /// Its standard error.
    pub stderr: Captured,
    /// Processes that it left behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaked_processes: Vec<LeakedProcess>,
    /// What it asked for outside its world, each once, in the order in which it asked: `connect to 93.184.216.34:80`,
    /// `the name example.com`, `/proc/1/environ`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_reach: Vec<String>,
    /// What of its credentials it printed, and where, in words: `the access token on standard error`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaked_credentials: Vec<String>,
    /// Every request that the emulator received.
    pub journal: Vec<Entry>,
    /// The service before the sample began. A backup that [took the name](Snapshot::renamed) that the sample asked for
    /// stands here under that name.
    pub given: Snapshot,
    /// The service when the sample had ended.
    pub at_exit: Snapshot,
    /// The service when every operation had then run to its end.
    pub settled: Snapshot,
    /// What else is then not as it was given: everything that is there or was, the sample's own backups among it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ResourceChange>,
}

impl Observation {
    /// True if it had to be ended at a deadline in real time. Whether it would ever have ended, nobody knows then: a wait
    /// of two hours and one without end look the same.
    pub fn is_undecided(&self) -> bool {
        self.ended == Ended::Deadline && self.limits.clock == ClockKind::Real
    }
}
