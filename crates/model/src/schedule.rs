//! Schedules: the server's decisions, in order, keyed by request and count, never by wall clock.
//!
//! A schedule is a list of *terms*, written `REQUEST[COUNT]:DECISION` and separated by blanks:
//!
//! ```text
//! create:running cancel:pending poll1:running poll2:cancelled
//! ```
//!
//! `COUNT` is the number of the request among those of its kind in the case, from 1. A term without a count speaks
//! for every such request that has no term of its own. Where no term speaks, the [default](Schedule::decide) holds.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Code;

/// A kind of request, as schedules count them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestKind {
    /// The request that starts a backup: CreateBackup, or GeminiDB's "create a backup".
    Create,
    /// The request that cancels: CancelOperation, or GeminiDB's "stop a backup".
    Cancel,
    /// A look at the operation once a cancel was received: GetOperation, or GeminiDB's "list jobs".
    Poll,
    /// A look at the operation before any cancel was received. Counted apart, because some client libraries look
    /// at the operation inside their `cancel` and others do not: the same schedule then fits both.
    EarlyPoll,
    /// A look at the backup: GetBackup, or GeminiDB's "list backups".
    Get,
    /// DeleteBackup, or GeminiDB's "delete a backup".
    Delete,
    /// ListBackups.
    List,
    /// Any other request, by the name of its RPC: `UpdateBackup`. It can meet faults only.
    Rpc(String),
}

impl RequestKind {
    /// The kinds that have a short name.
    pub const NAMED: &'static [RequestKind] = &[
        RequestKind::Create,
        RequestKind::Cancel,
        RequestKind::Poll,
        RequestKind::EarlyPoll,
        RequestKind::Get,
        RequestKind::Delete,
        RequestKind::List,
    ];

    /// The name in schedules.
    pub fn name(&self) -> &str {
        match self {
            RequestKind::Create => "create",
            RequestKind::Cancel => "cancel",
            RequestKind::Poll => "poll",
            RequestKind::EarlyPoll => "early-poll",
            RequestKind::Get => "get",
            RequestKind::Delete => "delete",
            RequestKind::List => "list",
            RequestKind::Rpc(name) => name,
        }
    }

    /// The decisions, besides faults, that a schedule may take at such a request, the default first.
    pub fn decisions(&self) -> &'static [Decision] {
        use Decision::{
            Cancelled, Done, DoneAfter, Failed, FailedAfter, Honoured, Ignored, Pending, Running, Serve,
        };
        match self {
            RequestKind::Create => &[Running, Done, DoneAfter, FailedAfter],
            RequestKind::Cancel => &[Honoured, Pending, Ignored],
            RequestKind::Poll => &[Done, Running, Cancelled, Failed],
            RequestKind::EarlyPoll => &[Running, Done, Failed],
            _ => &[Serve],
        }
    }
}

impl fmt::Display for RequestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the server decides at one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Nothing to decide: the rules of the service answer.
    Serve,
    /// The operation runs on.
    Running,
    /// The operation has completed with a response, and this reply shows it.
    Done,
    /// The reply still shows a running operation, which then completes before the next request.
    DoneAfter,
    /// The reply still shows a running operation, which then fails (INTERNAL) before the next request.
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
const DELAYED: &str = "delayed-";
/// The longest delay, in milliseconds: ten minutes.
const LONGEST_DELAY: u32 = 600_000;

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
            Decision::Refused(code) => return f.write_str(&code.kebab()),
            Decision::Lost => "lost",
            Decision::Reset => "reset",
            Decision::Delayed(milliseconds) => return write!(f, "{DELAYED}{milliseconds}ms"),
        };
        f.write_str(word)
    }
}

/// One term of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// The kind of request that the term speaks for.
    pub request: RequestKind,
    /// Its number among the requests of this kind, from 1; none for all those without a term of their own.
    pub count: Option<u32>,
    /// What the server decides.
    pub decision: Decision,
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.request)?;
        if let Some(count) = self.count {
            write!(f, "{count}")?;
        }
        write!(f, ":{}", self.decision)
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
    /// The terms as they were written.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The decision at the `count`-th request of a kind, out of the options that are legal there.
    ///
    /// A term with the count wins over one without; where neither speaks, or what it says is not legal in this
    /// state (a `cancelled` poll of an operation that nobody cancelled), the first legal option holds: the engine
    /// puts its default first. Faults are legal everywhere.
    pub fn decide(&self, request: &RequestKind, count: u32, legal: &[Decision]) -> Decision {
        let of_kind = |wanted: Option<u32>| {
            self.terms
                .iter()
                .find(|term| term.request == *request && term.count == wanted)
                .map(|term| term.decision)
        };
        of_kind(Some(count))
            .or_else(|| of_kind(None))
            .filter(|decision| decision.is_fault() || legal.contains(decision))
            .or_else(|| legal.first().copied())
            .unwrap_or(Decision::Serve)
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

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut terms: Vec<Term> = Vec::new();
        for word in text.split_whitespace() {
            // `word` is a part of `text`, so the difference of the addresses is its offset.
            let offset = word.as_ptr() as usize - text.as_ptr() as usize;
            let term = parse_term(word).map_err(|(at, length, message)| ScheduleError {
                offset: offset + at,
                length,
                message,
            })?;
            if terms.iter().any(|earlier| earlier.request == term.request && earlier.count == term.count) {
                let key = &word[..word.find(':').unwrap_or(word.len())];
                let message = format!("`{key}` is decided twice in this schedule");
                return Err(ScheduleError { offset, length: word.len(), message });
            }
            terms.push(term);
        }
        Ok(Schedule { terms })
    }
}

type TermError = (usize, usize, String);

fn parse_term(word: &str) -> Result<Term, TermError> {
    let Some(colon) = word.find(':') else {
        let message = format!(
            "`{word}` is not a term of a schedule; a term is REQUEST[COUNT]:DECISION, as in poll2:done"
        );
        return Err((0, word.len(), message));
    };
    let (key, decision) = (&word[..colon], &word[colon + 1..]);
    let name = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &key[name.len()..];
    let request = parse_request(name).map_err(|message| (0, key.len(), message))?;
    let count = match digits {
        "" => None,
        digits => match digits.parse::<u32>() {
            Ok(count) if count > 0 => Some(count),
            _ => {
                let message = format!("`{digits}` is not a count of requests; counts begin at 1");
                return Err((name.len(), digits.len(), message));
            }
        },
    };
    let decision =
        parse_decision(&request, decision).map_err(|message| (colon + 1, decision.len(), message))?;
    Ok(Term { request, count, decision })
}

fn parse_request(name: &str) -> Result<RequestKind, String> {
    if let Some(kind) = RequestKind::NAMED.iter().find(|kind| kind.name() == name) {
        return Ok(kind.clone());
    }
    if name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(RequestKind::Rpc(name.to_owned()));
    }
    let names: Vec<&str> = RequestKind::NAMED.iter().map(RequestKind::name).collect();
    Err(format!(
        "unknown request `{name}`{}; a request is one of {}, or the name of an RPC such as UpdateBackup",
        suggestion(name, names.iter().copied()),
        names.join(", "),
    ))
}

fn parse_decision(request: &RequestKind, text: &str) -> Result<Decision, String> {
    match text {
        "lost" => return Ok(Decision::Lost),
        "reset" => return Ok(Decision::Reset),
        _ => {}
    }
    if let Some(delay) = text.strip_prefix(DELAYED) {
        return parse_delay(delay);
    }
    if let Some(decision) = request.decisions().iter().find(|decision| decision.to_string() == text) {
        return Ok(*decision);
    }
    match text.parse::<Code>() {
        Ok(code) if code != Code::Ok && code.kebab() == text => return Ok(Decision::Refused(code)),
        _ => {}
    }
    let mut legal: Vec<String> = request.decisions().iter().map(Decision::to_string).collect();
    legal.extend([Decision::Lost, Decision::Reset, Decision::Delayed(250)].map(|fault| fault.to_string()));
    let codes: Vec<String> = Code::ALL.iter().skip(1).map(|code| code.kebab()).collect();
    let close = suggestion(text, legal.iter().chain(&codes).map(String::as_str));
    Err(format!(
        "`{text}` cannot be decided at `{request}`{close}; it can be {}, or an error code such as permission-denied",
        legal.join(", "),
    ))
}

fn parse_delay(text: &str) -> Result<Decision, String> {
    let number = text.strip_suffix("ms").filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    match number.and_then(|digits| digits.parse::<u32>().ok()) {
        Some(milliseconds) if (1..=LONGEST_DELAY).contains(&milliseconds) => {
            Ok(Decision::Delayed(milliseconds))
        }
        _ => Err(format!(
            "`{DELAYED}{text}` is not a delay; write {DELAYED}250ms, with 1 to {LONGEST_DELAY} milliseconds"
        )),
    }
}

/// `, did you mean ...?` for the candidate that is closest to a misspelt word; empty where none is close.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| format!(" (did you mean `{candidate}`?)"))
        .unwrap_or_default()
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
        let legal = RequestKind::Poll.decisions();
        assert_eq!(schedule.decide(&RequestKind::Poll, 1, legal), Decision::Running);
        assert_eq!(schedule.decide(&RequestKind::Poll, 3, legal), Decision::Done);
        assert_eq!(schedule.decide(&RequestKind::Poll, 4, legal), Decision::Running);
    }

    #[test]
    fn what_is_not_legal_now_falls_back_to_the_default_and_faults_are_always_legal() {
        let schedule = schedule("poll:cancelled get:permission-denied");
        assert_eq!(
            schedule.decide(&RequestKind::Poll, 1, &[Decision::Done, Decision::Running]),
            Decision::Done
        );
        let denied = Decision::Refused(Code::PermissionDenied);
        assert_eq!(schedule.decide(&RequestKind::Get, 7, &[Decision::Serve]), denied);
        assert_eq!(schedule.decide(&RequestKind::List, 1, &[]), Decision::Serve);
    }

    #[test]
    fn errors_point_at_the_wrong_part_and_say_what_is_right() {
        let error = "create:running polll2:done".parse::<Schedule>().unwrap_err();
        assert_eq!((error.offset, error.length), (15, 6));
        insta::assert_snapshot!(error, @"unknown request `polll` (did you mean `poll`?); a request is one of create, cancel, poll, early-poll, get, delete, list, or the name of an RPC such as UpdateBackup");
        let error = "cancel:honored".parse::<Schedule>().unwrap_err();
        assert_eq!((error.offset, error.length), (7, 7));
        insta::assert_snapshot!(error, @"`honored` cannot be decided at `cancel` (did you mean `honoured`?); it can be honoured, pending, ignored, lost, reset, delayed-250ms, or an error code such as permission-denied");
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
        let error = "poll".parse::<Schedule>().unwrap_err();
        insta::assert_snapshot!(error, @"`poll` is not a term of a schedule; a term is REQUEST[COUNT]:DECISION, as in poll2:done");
    }

    proptest! {
        #[test]
        fn a_schedule_reads_what_it_prints(text in "((create|cancel|poll|early-poll|get|delete|UpdateBackup)[1-9]?:(lost|reset|delayed-[1-9]0ms|unavailable|not-found) ?){0,4}") {
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
