//! What the server may decide at a request.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Code;

/// What the server decides at one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Decision {
    /// Nothing to decide: the rules of the service answer.
    Serve,
    /// The operation runs on.
    Running,
    /// The operation has completed with a response, and this reply shows it.
    Done,
    /// The operation runs on (a cancel is acknowledged and has no effect) and then completes before the next request.
    DoneAfter,
    /// The operation runs on (a cancel is acknowledged and has no effect) and then fails (INTERNAL) before the next
    /// request.
    FailedAfter,
    /// The operation has ended with the code CANCELLED. Only after a cancel that was left [pending](Self::Pending).
    Cancelled,
    /// The operation has ended with the code INTERNAL.
    Failed,
    /// The cancel takes effect at once.
    Honoured,
    /// The cancel is acknowledged and may take effect at a later poll, or never.
    Pending,
    /// The cancel is acknowledged and has no effect.
    Ignored,
    /// The backup that was given as `{backup}` has the name that the sample asks for, even if the sample made that up.
    SameName,
    /// Another backup of the same database is being made, and stays so.
    AnotherPending,
    /// What the sample is told to back up does not exist.
    NoDatabase,
    /// The instance is none whose backups can be stopped (GeminiDB).
    NotCassandra,
    /// The request is refused with this code and has no effect.
    Refused(Code),
    /// The request takes effect, and the reply is lost: the caller sees UNAVAILABLE.
    Lost,
    /// The connection is reset before the request has an effect: the caller gets no reply at all.
    Reset,
    /// The request takes effect, and the reply is held back for so many milliseconds. What is left to choose at it goes
    /// by default.
    Delayed(u32),
}

/// How a decision to delay begins; a number of milliseconds and `ms` follow.
pub(super) const DELAYED: &str = "delayed-";
/// The longest delay, in milliseconds: ten minutes.
pub(super) const LONGEST_DELAY: u32 = 600_000;

/// The decisions that have no parameter.
pub(super) const WORDS: [Decision; 16] = [
    Decision::Serve,
    Decision::Running,
    Decision::Done,
    Decision::DoneAfter,
    Decision::FailedAfter,
    Decision::Cancelled,
    Decision::Failed,
    Decision::Honoured,
    Decision::Pending,
    Decision::Ignored,
    Decision::SameName,
    Decision::AnotherPending,
    Decision::NoDatabase,
    Decision::NotCassandra,
    Decision::Lost,
    Decision::Reset,
];

/// A text that is no decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a decision")]
pub struct UnknownDecision(pub(super) String);

impl From<Decision> for String {
    fn from(decision: Decision) -> String {
        decision.to_string()
    }
}

impl TryFrom<String> for Decision {
    type Error = UnknownDecision;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Decision {
    /// True for what can befall any request: a refusal, a lost reply, a reset connection, a delay.
    pub fn is_fault(self) -> bool {
        self.replaces_reply() || matches!(self, Decision::Delayed(_))
    }

    /// True for a fault that keeps the client from the answer of the service's rules.
    pub fn replaces_reply(self) -> bool {
        matches!(self, Decision::Refused(_) | Decision::Lost | Decision::Reset)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Decision::Serve => "serve",
            Decision::Running => "running",
            Decision::Done => "done",
            Decision::DoneAfter => "done-after",
            Decision::FailedAfter => "failed-after",
            Decision::Cancelled => "cancelled",
            Decision::Failed => "failed",
            Decision::Honoured => "honoured",
            Decision::Pending => "pending",
            Decision::Ignored => "ignored",
            Decision::SameName => "same-name",
            Decision::AnotherPending => "another-pending",
            Decision::NoDatabase => "no-database",
            Decision::NotCassandra => "not-cassandra",
            Decision::Refused(code) => return f.write_str(&code.kebab()),
            Decision::Lost => "lost",
            Decision::Reset => "reset",
            Decision::Delayed(milliseconds) => return write!(f, "{DELAYED}{milliseconds}ms"),
        };
        f.write_str(word)
    }
}
