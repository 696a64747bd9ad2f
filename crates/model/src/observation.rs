//! What was seen of one case.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Entry, Snapshot};

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
    /// It had to be ended, because its deadline had passed.
    Deadline,
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ended::Code(code) => write!(f, "exit {code}"),
            Ended::Signal(signal) => write!(f, "signal {signal}"),
            Ended::Deadline => f.write_str("deadline"),
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
    /// Its standard output.
    pub stdout: Captured,
    /// Its standard error.
    pub stderr: Captured,
    /// Processes that it left behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaked_processes: Vec<LeakedProcess>,
    /// Every request that the emulator received.
    pub journal: Vec<Entry>,
    /// The service before the sample began.
    pub given: Snapshot,
    /// The service when the sample had ended.
    pub at_exit: Snapshot,
    /// The service when every operation had then run to its end.
    pub settled: Snapshot,
}
