//! The clock that a case goes by, and what it may use up.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::InvalidId;

/// By what clock cases wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// The clock of the closed world: it runs as a real one does while a sample works, and jumps over its waiting.
    Virtual,
    /// The system's clock.
    Real,
}

impl ClockKind {
    /// Every kind of clock.
    pub const ALL: [ClockKind; 2] = [ClockKind::Virtual, ClockKind::Real];

    /// The name in results and options.
    pub const fn name(self) -> &'static str {
        match self {
            ClockKind::Virtual => "virtual",
            ClockKind::Real => "real",
        }
    }
}

impl fmt::Display for ClockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ClockKind {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        ClockKind::ALL.into_iter().find(|clock| clock.name() == text).ok_or_else(|| InvalidId {
            text: text.to_owned(),
            kind: "clock",
            expected: "one of virtual, real",
        })
    }
}

/// What a case may use up. Beyond it, the case is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The clock that its deadline goes by.
    pub clock: ClockKind,
    /// Milliseconds of that clock from the start of the process to its deadline.
    pub deadline_ms: u64,
    /// Milliseconds of processor time, user and system, of all its processes together.
    pub processor_ms: u64,
}

impl Limits {
    /// The deadline in words: `2 h of virtual time`.
    pub fn deadline(&self) -> String {
        format!("{} of {} time", Amount(self.deadline_ms), self.clock)
    }

    /// The processor time in words: `60 s of processor time`.
    pub fn processor_time(&self) -> String {
        format!("{} of processor time", Amount(self.processor_ms))
    }
}

/// A limit in milliseconds. People set round ones, and read them as they set them: in the largest unit of which it is a
/// whole number, `2 h` or `90 s`; a minute is 60 s.
struct Amount(u64);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ms if ms >= 3_600_000 && ms % 3_600_000 == 0 => write!(f, "{} h", ms / 3_600_000),
            ms if ms >= 120_000 && ms % 60_000 == 0 => write!(f, "{} min", ms / 60_000),
            ms if ms >= 1_000 && ms % 1_000 == 0 => write!(f, "{} s", ms / 1_000),
            ms => write!(f, "{ms} ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_as_they_were_set() {
        for (ms, words) in [
            (7_200_000, "2 h"),
            (120_000, "2 min"),
            (90_000, "90 s"),
            (60_000, "60 s"),
            (1_500, "1500 ms"),
            (0, "0 ms"),
        ] {
            let limits = Limits { clock: ClockKind::Virtual, deadline_ms: ms, processor_ms: ms };
            assert_eq!(limits.deadline(), format!("{words} of virtual time"));
            assert_eq!(limits.processor_time(), format!("{words} of processor time"));
        }
    }

    #[test]
    fn clocks_read_what_they_print() {
        for clock in ClockKind::ALL {
            assert_eq!(clock.to_string().parse(), Ok(clock));
        }
        let error = "sundial".parse::<ClockKind>().unwrap_err();
        assert_eq!(error.to_string(), "`sundial` is not a clock: one of virtual, real");
    }
}
