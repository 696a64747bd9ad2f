//! From scenarios as typed to scenarios resolved.

use std::collections::BTreeSet;

use rescind_model::{Decision, Given, GivenBackup, Outcome, Scenario, Schedule, ScheduleError, ServiceId};

use crate::check;
use crate::diagnostic::Log;
use crate::located::Located;
use crate::raw::{RawGivenBackup, RawScenario};

/// The only placeholder in the id of a backup that is given.
const ID_PLACEHOLDERS: [&str; 1] = ["backup"];

/// Why a file stem cannot be the name of a scenario; none if it can.
pub(crate) fn wrong_name(name: &str) -> Option<String> {
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !name.split('-').all(is_word) {
        return Some(format!("`{name}` is not a name of a scenario: lower-case words, joined by hyphens"));
    }
    Outcome::ALL.iter().any(|outcome| outcome.to_string() == name).then(|| {
        format!("`{name}` is the name of an outcome; as a key of `outputs` it would mean two things")
    })
}

/// Resolves a scenario of some of the services that there are, and notes all that is wrong with it.
pub(crate) fn resolve(
    raw: RawScenario,
    name: &str,
    known: &[ServiceId],
    log: &mut Log<'_>,
) -> Option<Scenario> {
    let title = check::one_line(log, "title", &raw.title);
    if raw.services.value.is_empty() {
        log.at(raw.services.span.clone(), "a scenario is for at least one service");
    }
    let mut services = Vec::new();
    for name in raw.services.value {
        let Some(service) = check::service(log, &name, known) else { continue };
        if services.contains(&service) {
            log.at(name.span, format!("the service `{service}` is listed twice"));
        } else {
            services.push(service);
        }
    }
    let backups = given_backups(raw.given.backups, &ID_PLACEHOLDERS, log);
    let schedule = raw.schedule.as_ref().map_or(Some(Schedule::default()), |text| schedule(text, log));
    if let (Some(text), Some(schedule)) = (&raw.schedule, &schedule) {
        check_given(text, schedule, &backups, log);
    }
    let optional = raw.optional.map_or(Some(Schedule::default()), |text| {
        let terms = self::schedule(&text, log)?;
        check_optional(&text, schedule.as_ref(), log);
        Some(terms)
    });
    Some(Scenario {
        name: name.to_owned(),
        title,
        services,
        given: Given {
            database_missing: raw.given.database_missing,
            not_cassandra: raw.given.not_cassandra,
            backups,
        },
        schedule: schedule?,
        optional: optional?,
        expect: raw.expect,
    })
}

fn schedule(text: &Located<String>, log: &mut Log<'_>) -> Option<Schedule> {
    match text.value.parse() {
        Ok(schedule) => Some(schedule),
        Err(ScheduleError { offset, length, message }) => {
            check::in_scalar(log, text, offset, length, message);
            None
        }
    }
}

/// Notes a `given:same-name` without a backup that could have that name.
fn check_given(text: &Located<String>, schedule: &Schedule, given: &[GivenBackup], log: &mut Log<'_>) {
    let term = schedule.terms().iter().find(|term| term.decision == Decision::SameName);
    if let Some(term) =
        term.map(ToString::to_string).filter(|_| !given.iter().any(GivenBackup::may_take_the_name))
    {
        let offset = text.value.find(&term).unwrap_or_default();
        let message = format!("`{term}` needs `- {{ id: \"{{backup}}\", state: READY }}` in `given.backups`");
        check::in_scalar(log, text, offset, term.len(), message);
    }
}

/// Notes each word of `optional` that is not a term of the schedule.
fn check_optional(text: &Located<String>, schedule: Option<&Schedule>, log: &mut Log<'_>) {
    // One that could not be read has no terms to compare with.
    let Some(schedule) = schedule else { return };
    let terms: Vec<String> = schedule.terms().iter().map(ToString::to_string).collect();
    let mut rest = 0;
    for word in text.value.split_whitespace() {
        let offset = text.value[rest..].find(word).map_or(rest, |at| rest + at);
        rest = offset + word.len();
        if !terms.iter().any(|term| term == word) {
            let has = if terms.is_empty() { "is empty".to_owned() } else { format!("is `{schedule}`") };
            let message = format!("`{word}` is not a term of the schedule, which {has}");
            check::in_scalar(log, text, offset, word.len(), message);
        }
    }
    if text.value.trim().is_empty() {
        log.at(
            text.span.clone(),
            "`optional` names at least one term of the schedule; leave it out otherwise",
        );
    }
}

/// The backups that are given, each once; their ids may hold these placeholders.
pub(crate) fn given_backups(
    raw: Vec<RawGivenBackup>,
    placeholders: &[&str],
    log: &mut Log<'_>,
) -> Vec<GivenBackup> {
    let mut seen = BTreeSet::new();
    let mut backups = Vec::new();
    for RawGivenBackup { id, state } in raw {
        check::placeholders(log, &id, placeholders);
        if !seen.insert(id.value.clone()) {
            log.at(id.span, format!("the backup `{}` is given twice", id.value));
            continue;
        }
        backups.push(GivenBackup { id: id.value, state });
    }
    backups
}
