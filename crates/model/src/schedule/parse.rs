//! From the text of a schedule to its terms, with the place of what is wrong.

use std::collections::HashSet;
use std::str::FromStr;

use super::decision::{DELAYED, LONGEST_DELAY, WORDS};
use super::{Decision, RPCS, RequestKind, Schedule, ScheduleError, Term, UnknownDecision};
use crate::suggestion::any_of;
use crate::{Code, suggestion};

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut terms: Vec<Term> = Vec::new();
        let mut decided = HashSet::new();
        for word in text.split_whitespace() {
            // `word` is a part of `text`, so the difference of the addresses is its offset.
            let offset = word.as_ptr() as usize - text.as_ptr() as usize;
            let term = parse_term(word).map_err(|(at, length, message)| ScheduleError {
                offset: offset + at,
                length,
                message,
            })?;
            // What is given are several things, of which each is said once.
            let given = (term.request == RequestKind::Given).then_some(term.decision);
            if !decided.insert((term.request.clone(), term.count, term.lasting, given)) {
                let key = &word[..word.find(':').unwrap_or(word.len())];
                let message = format!("`{key}` is decided twice in this schedule");
                return Err(ScheduleError { offset, length: word.len(), message });
            }
            if terms.len() == Schedule::MOST_TERMS {
                let message = format!("a schedule has at most {} terms", Schedule::MOST_TERMS);
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
            "`{word}` is not a term of a schedule; a term is REQUEST[COUNT[+]]:DECISION, as in poll2:done"
        );
        return Err((0, word.len(), message));
    };
    let (key, decision) = (&word[..colon], &word[colon + 1..]);
    let counted = key.strip_suffix('+');
    let lasting = counted.is_some();
    let name = counted.unwrap_or(key).trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &counted.unwrap_or(key)[name.len()..];
    let request = parse_request(name).map_err(|message| (0, key.len(), message))?;
    let count = match digits {
        "" if lasting => {
            let message = format!("`+` stands behind a count, from which on the term speaks: {name}1+");
            return Err((name.len(), 1, message));
        }
        "" => None,
        digits => match digits.parse::<u32>() {
            Ok(count) if count > 0 => Some(count),
            _ => {
                let message = format!("`{digits}` is not a count of requests; counts begin at 1");
                return Err((name.len(), digits.len(), message));
            }
        },
    };
    if request == RequestKind::Given && count.is_some() {
        let message = "what is given is decided once, and has no count: given:same-name".to_owned();
        return Err((0, key.len(), message));
    }
    let decision =
        parse_decision(&request, decision).map_err(|message| (colon + 1, decision.len(), message))?;
    Ok(Term { request, count, lasting, decision })
}

fn parse_request(name: &str) -> Result<RequestKind, String> {
    if let Some(kind) = RequestKind::NAMED.iter().find(|kind| kind.name() == name) {
        return Ok(kind.clone());
    }
    if RPCS.contains(&name) {
        return match RequestKind::of_rpc(name) {
            // A look at an operation that makes no backup counts by its name.
            RequestKind::Rpc(_) | RequestKind::Poll => Ok(RequestKind::Rpc(name.to_owned())),
            kind => Err(format!("`{name}` is `{kind}` in schedules")),
        };
    }
    let names: Vec<&str> = RequestKind::NAMED.iter().map(RequestKind::name).collect();
    Err(format!(
        "unknown request `{name}`{}; a request is one of {}, or the name of an RPC such as UpdateBackup",
        suggestion(name, names.iter().chain(RPCS).copied()),
        names.join(", "),
    ))
}

fn parse_decision(request: &RequestKind, text: &str) -> Result<Decision, String> {
    if *request == RequestKind::Given {
        let known = request.decisions();
        let words: Vec<String> = known.iter().map(Decision::to_string).collect();
        let found = known.iter().zip(&words).find(|(_, word)| *word == text).map(|(decision, _)| *decision);
        return found.ok_or_else(|| {
            let close = suggestion(text, words.iter().map(String::as_str));
            format!("`{text}` cannot be decided at `given`{close}; it can be {}", any_of(&words))
        });
    }
    match text {
        "lost" => return Ok(Decision::Lost),
        "reset" => return Ok(Decision::Reset),
        _ => {}
    }
    if let Some(delay) = text.strip_prefix(DELAYED) {
        return self::delay(delay);
    }
    if let Some(decision) = request.decisions().iter().find(|decision| decision.to_string() == text) {
        return Ok(*decision);
    }
    if let Some(refusal) = refusal(text) {
        return Ok(refusal);
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

/// The refusal with the code of this name, `permission-denied`.
fn refusal(text: &str) -> Option<Decision> {
    let code = text.parse::<Code>().ok()?;
    (code != Code::Ok && code.kebab() == text).then_some(Decision::Refused(code))
}

/// The delay of which `text` is what follows [`DELAYED`].
fn delay(text: &str) -> Result<Decision, String> {
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

impl FromStr for Decision {
    type Err = UnknownDecision;

    fn from_str(text: &str) -> Result<Decision, UnknownDecision> {
        let word = WORDS.into_iter().find(|decision| decision.to_string() == text);
        let delay = || delay(text.strip_prefix(DELAYED)?).ok();
        word.or_else(delay).or_else(|| refusal(text)).ok_or_else(|| UnknownDecision(text.to_owned()))
    }
}
