//! Findings: broken expectations, each with the id of the rule that it breaks.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Location;

macro_rules! rules {
    ($(#[doc = $doc:literal] $variant:ident = $id:literal;)+) => {
        /// A rule of the judge. The ids are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Rule {
            $(#[doc = $doc] #[serde(rename = $id)] $variant,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),+];

            /// The stable id.
            pub const fn id(self) -> &'static str {
                match self { $(Rule::$variant => $id),+ }
            }

            /// What it means that the rule is broken, in one sentence.
            pub const fn description(self) -> &'static str {
                match self { $(Rule::$variant => $doc.trim_ascii()),+ }
            }
        }
    };
}

rules! {
    /// The sample created a backup and left it in the service.
    LeakedBackup = "leaked-backup";
    /// A backup that was there before the sample began is gone, or the sample asked to delete it.
    DeletedForeignBackup = "deleted-foreign-backup";
    /// The sample asked to cancel an operation that was there before it began.
    CancelledForeignOperation = "cancelled-foreign-operation";
    /// Something else that was there before the sample began is gone or altered.
    ForeignChanged = "foreign-changed";
    /// The sample made something else than a backup and left it in the service.
    LeakedResource = "leaked-resource";
    /// The output asserts something that is not so.
    FalseClaim = "false-claim";
    /// The output does not say what happened.
    MissingClaim = "missing-claim";
    /// The output differs from the expected one.
    OutputDiffers = "output-differs";
    /// The exit code says the opposite of what happened.
    WrongExit = "wrong-exit";
    /// The sample exited with 0 while its operation was still running.
    EarlyExit = "early-exit";
    /// The sample never asked to cancel, although its operation was running.
    CancelNotSent = "cancel-not-sent";
    /// The server refused a request as malformed.
    MalformedRequest = "malformed-request";
    /// The sample asked for what is outside its world.
    OutOfReach = "out-of-reach";
    /// The output holds a credential that the sample was given.
    LeakedCredential = "leaked-credential";
    /// The sample never began: not one request of it has reached the service.
    NothingHappened = "nothing-happened";
    /// The sample had not ended at its deadline, had used up its processor time, or would never have ended.
    TimedOut = "timed-out";
    /// A signal ended the sample.
    Crashed = "crashed";
    /// The sample left a process running.
    LeakedProcess = "leaked-process";
    /// The published code does not build, so that none of its cases can be run.
    DoesNotBuild = "does-not-build";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Rule::ALL.iter().copied().find(|rule| rule.id() == text).ok_or_else(|| {
            let close = crate::suggestion(text, Rule::ALL.iter().map(|rule| rule.id()));
            format!("`{text}` is not the id of a rule{close}")
        })
    }
}

/// One broken expectation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// What happened, in one sentence.
    pub message: String,
    /// The unified diff of expected and real output, for `output-differs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// The printed line that it is about: the one that makes a false claim, or the first that was not expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed: Option<String>,
    /// The line of the published code that made it: the frame of a traceback, the print, the line that the compiler
    /// names. None where nobody knows; then the code as a whole is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Location>,
}

impl Finding {
    /// Characters of a printed line that are kept.
    const PRINTED_CHARS: usize = 1_000;

    /// A finding without a diff, a printed line or a place.
    pub fn new(rule: Rule, message: impl Into<String>) -> Finding {
        Finding { rule, message: message.into(), diff: None, printed: None, place: None }
    }

    /// What it says, whichever case it is about: without the case's project, without the request from which it follows
    /// what was due, and with one number as good as another.
    pub fn evidence(&self, project: &str, because: &str) -> String {
        without_numbers(&self.message.replace(because, "").replace(project, ""))
    }

    /// The finding, about this line of the output.
    #[must_use]
    pub fn about(self, printed: &str) -> Finding {
        Finding { printed: Some(printed.chars().take(Self::PRINTED_CHARS).collect()), ..self }
    }
}

/// A message in which one number is as good as another: that of a request, of an exit, of an operation.
fn without_numbers(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    for character in message.chars() {
        match character {
            '0'..='9' if text.ends_with('#') => {}
            '0'..='9' => text.push('#'),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_the_same_in_each_case() {
        let finding =
            Finding::new(Rule::LeakedBackup, "left projects/p-a/backups/b12 (READY): request 7 says so");
        assert_eq!(finding.evidence("p-a", "request 7 says so"), "left projects//backups/b# (READY): ");
        assert_eq!(finding.evidence("", ""), "left projects/p-a/backups/b# (READY): request # says so");
    }

    #[test]
    fn a_printed_line_is_cut() {
        let finding = Finding::new(Rule::FalseClaim, "x").about(&"é".repeat(5_000));
        assert_eq!(finding.printed.map(|printed| printed.chars().count()), Some(Finding::PRINTED_CHARS));
    }
}
