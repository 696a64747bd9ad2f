//! Schedules: the server's decisions, in order, keyed by request and count, never by wall clock.
//!
//! A schedule is a list of *terms*, written `REQUEST[COUNT[+]]:DECISION` and separated by blanks:
//!
//! ```text
//! create:running cancel:pending poll1:running poll2:cancelled get2+:permission-denied
//! ```
//!
//! `COUNT` is the number of the request among those of its kind in the case, from 1. With a `+` the term speaks for that
//! request and all later ones, without a count for every such request; but one that has a term of its own goes by that, and
//! of two terms with a `+` the later one holds. Where no term speaks, the first of the options holds that the engine says
//! are legal.
//!
//! What is given is decided before all requests (that a backup has the name that the sample asks for, at the first create)
//! and has no count: `given:same-name`, `given:no-database`.

mod decision;
mod parse;
mod played;
mod request;
mod rpcs;
mod words;

pub use decision::{Decision, UnknownDecision};
pub use request::RequestKind;
pub use rpcs::RPCS;

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One term of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Term {
    /// The kind of request that the term speaks for.
    pub request: RequestKind,
    /// Its number among the requests of this kind, from 1; none for all those without a term of their own.
    pub count: Option<u32>,
    /// True if it speaks for all later ones as well. Never without a count.
    pub lasting: bool,
    /// What the server decides.
    pub decision: Decision,
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.request)?;
        if let Some(count) = self.count {
            write!(f, "{count}{}", if self.lasting { "+" } else { "" })?;
        }
        write!(f, ":{}", self.decision)
    }
}

impl FromStr for Term {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Term, ScheduleError> {
        match <[Term; 1]>::try_from(text.parse::<Schedule>()?.terms) {
            Ok([term]) => Ok(term),
            Err(terms) => Err(ScheduleError {
                offset: 0,
                length: text.len(),
                message: format!("`{text}` is not one term of a schedule, but {}", terms.len()),
            }),
        }
    }
}

impl From<Term> for String {
    fn from(term: Term) -> String {
        term.to_string()
    }
}

impl TryFrom<String> for Term {
    type Error = ScheduleError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ScheduleError {
    /// Byte offset in the text of the part that is wrong.
    pub offset: usize,
    /// Length of that part in bytes.
    pub length: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

/// The decisions of the server in one case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Schedule {
    terms: Vec<Term>,
}

impl Schedule {
    /// How many terms a schedule has at most: more than any case has requests that could ask for them.
    pub const MOST_TERMS: usize = 10_000;

    /// The terms as they were written.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// True if there is no term: the rules of the service decide all.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The schedule of these terms.
    pub fn of(terms: Vec<Term>) -> Schedule {
        Schedule { terms }
    }

    /// What the schedule says of the `count`-th request of a kind, if it says anything. Whether that is legal in the state at
    /// that moment only the engine knows: a poll of an operation that nobody cancelled cannot be `cancelled`.
    pub fn decision(&self, request: &RequestKind, count: u32) -> Option<Decision> {
        self.term_for(request, count).map(|term| term.decision)
    }

    /// True if it says that this is given.
    pub fn gives(&self, decision: Decision) -> bool {
        self.terms.iter().any(|term| term.request == RequestKind::Given && term.decision == decision)
    }

    /// The term that speaks for the `count`-th request of a kind: the one that says most precisely which it is for.
    fn term_for(&self, request: &RequestKind, count: u32) -> Option<&Term> {
        let speaks = |term: &&Term| match term.count {
            Some(first) if term.lasting => first <= count,
            Some(only) => only == count,
            None => true,
        };
        let of_kind = self.terms.iter().filter(|term| term.request == *request);
        of_kind.filter(speaks).max_by_key(|term| (term.count.is_some() && !term.lasting, term.count))
    }

    /// The schedule as a name of a case: `create_running__poll2-on_unavailable`; `default` where it says nothing.
    pub fn slug(&self) -> String {
        if self.is_empty() {
            return "default".to_owned();
        }
        let word = |term: &Term| term.to_string().replace('+', "-on").replace(':', "_");
        self.terms.iter().map(word).collect::<Vec<_>>().join("__")
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            write!(f, "{}{term}", if index == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> String {
        schedule.to_string()
    }
}

impl TryFrom<String> for Schedule {
    type Error = ScheduleError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schedule(text: &str) -> Schedule {
        text.parse().unwrap()
    }

    #[test]
    fn a_counted_term_wins_over_the_general_one_whatever_the_order() {
        let schedule = schedule("poll:running poll3:done");
        assert_eq!(schedule.decision(&RequestKind::Poll, 1), Some(Decision::Running));
        assert_eq!(schedule.decision(&RequestKind::Poll, 3), Some(Decision::Done));
        assert_eq!(schedule.decision(&RequestKind::Poll, 4), Some(Decision::Running));
        assert_eq!(schedule.decision(&RequestKind::EarlyPoll, 3), None);
    }

    #[test]
    fn a_lasting_term_speaks_from_its_request_on_until_another_does() {
        let schedule = schedule("get:unavailable get2+:permission-denied get4+:not-found get5:lost");
        let decided: Vec<String> =
            (1..7).map(|count| schedule.decision(&RequestKind::Get, count).unwrap().to_string()).collect();
        assert_eq!(
            decided,
            ["unavailable", "permission-denied", "permission-denied", "not-found", "lost", "not-found"]
        );
    }

    #[test]
    fn a_term_and_a_decision_read_what_they_print() {
        for text in
            ["poll2:cancelled", "get3+:permission-denied", "given:same-name", "UpdateBackup1:delayed-5ms"]
        {
            let term: Term = text.parse().unwrap();
            assert_eq!(term.to_string(), text);
            assert_eq!(term.decision.to_string().parse(), Ok(term.decision));
        }
        insta::assert_snapshot!("poll1:done poll2:done".parse::<Term>().unwrap_err(), @"`poll1:done poll2:done` is not one term of a schedule, but 2");
        insta::assert_snapshot!("honored".parse::<Decision>().unwrap_err(), @"`honored` is not a decision");
    }

    #[test]
    fn errors_point_at_the_wrong_part_and_say_what_is_right() {
        let error = "create:running polll2:done".parse::<Schedule>().unwrap_err();
        assert_eq!((error.offset, error.length), (15, 6));
        insta::assert_snapshot!(error, @"unknown request `polll` (did you mean `poll`?); a request is one of create, cancel, poll, early-poll, get, delete, list, given, or the name of an RPC such as UpdateBackup");
        let error = "UpdatBackup:lost".parse::<Schedule>().unwrap_err();
        assert_eq!((error.offset, error.length), (0, 11));
        insta::assert_snapshot!(error, @"unknown request `UpdatBackup` (did you mean `UpdateBackup`?); a request is one of create, cancel, poll, early-poll, get, delete, list, given, or the name of an RPC such as UpdateBackup");
        let error = "StopBackup1:lost".parse::<Schedule>().unwrap_err();
        insta::assert_snapshot!(error, @"`StopBackup` is `cancel` in schedules");
        let error = "cancel:honored".parse::<Schedule>().unwrap_err();
        assert_eq!((error.offset, error.length), (7, 7));
        insta::assert_snapshot!(error, @"`honored` cannot be decided at `cancel` (did you mean `honoured`?); it can be honoured, pending, ignored, done-after, failed-after, lost, reset, delayed-250ms, or an error code such as permission-denied");
        for delay in ["0ms", "1s", "+5ms", "600001ms", "ms"] {
            let error = format!("get:delayed-{delay}").parse::<Schedule>().unwrap_err();
            assert_eq!((error.offset, error.length), (4, 8 + delay.len()), "{error}");
        }
        let error = "get1:delayed-1s".parse::<Schedule>().unwrap_err();
        insta::assert_snapshot!(error, @"`delayed-1s` is not a delay; write delayed-250ms, with 1 to 600000 milliseconds");
        let error = "poll0:done".parse::<Schedule>().unwrap_err();
        insta::assert_snapshot!(error, @"`0` is not a count of requests; counts begin at 1");
        let error = "poll1:done poll1:running".parse::<Schedule>().unwrap_err();
        insta::assert_snapshot!(error, @"`poll1` is decided twice in this schedule");
        let many: String = (1..=Schedule::MOST_TERMS + 1).map(|count| format!("get{count}:lost ")).collect();
        let error = many.parse::<Schedule>().unwrap_err();
        assert_eq!(error.offset, many.len() - "get10001:lost ".len());
        insta::assert_snapshot!(error, @"a schedule has at most 10000 terms");
        let error = "poll+:done".parse::<Schedule>().unwrap_err();
        assert_eq!((error.offset, error.length), (4, 1));
        insta::assert_snapshot!(error, @"`+` stands behind a count, from which on the term speaks: poll1+");
        let error = "poll2+:done poll2+:running".parse::<Schedule>().unwrap_err();
        insta::assert_snapshot!(error, @"`poll2+` is decided twice in this schedule");
        let error = "given1:same-name".parse::<Schedule>().unwrap_err();
        assert_eq!((error.offset, error.length), (0, 6));
        insta::assert_snapshot!(error, @"what is given is decided once, and has no count: given:same-name");
        let error = "given:lost".parse::<Schedule>().unwrap_err();
        assert_eq!((error.offset, error.length), (6, 4));
        insta::assert_snapshot!(error, @"`lost` cannot be decided at `given`; it can be same-name, another-pending, no-database or not-cassandra");
        let error = "poll".parse::<Schedule>().unwrap_err();
        insta::assert_snapshot!(error, @"`poll` is not a term of a schedule; a term is REQUEST[COUNT[+]]:DECISION, as in poll2:done");
    }

    proptest! {
        #[test]
        fn a_schedule_reads_what_it_prints(text in "((create|cancel|poll|early-poll|get|delete|UpdateBackup)([1-9][+]?)?:(lost|reset|delayed-[1-9]0ms|unavailable|not-found) ?){0,4}") {
            if let Ok(schedule) = text.parse::<Schedule>() {
                prop_assert_eq!(schedule.to_string().parse::<Schedule>(), Ok(schedule));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,80}") {
            if let Err(error) = text.parse::<Schedule>() {
                prop_assert!(text.get(error.offset..error.offset + error.length).is_some());
            }
        }
    }
}
