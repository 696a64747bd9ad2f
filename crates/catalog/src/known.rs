//! The list of known failures: `manifests/known-failures.yaml`, or a file of that form elsewhere.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use globset::GlobBuilder;
use rescind_model::{CaseId, KnownFailure, ListPlace, Rule, ServiceId};

use crate::check;
use crate::diagnostic::Log;
use crate::located::Located;
use crate::raw::{RawKnownFailure, RawKnownFailures};

/// An entry of the list, resolved against the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFailure {
    /// The file that it is written in, as it was named.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The cases that are meant, as written.
    pub pattern: String,
    /// The cases of the catalogue that are meant.
    pub cases: BTreeSet<CaseId>,
    /// The rule that they break.
    pub rule: Rule,
    /// Why, in one sentence.
    pub reason: String,
    /// Where it is being worked on.
    pub issue: String,
    /// The last day on which it holds.
    pub expires: Option<Day>,
}

/// A day of the calendar, in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// `2026-12-31`.
    text: String,
    /// When it is over.
    end: SystemTime,
}

impl ListedFailure {
    /// The entry as it holds now, its file named so.
    pub fn at(&self, now: SystemTime, file: String) -> KnownFailure {
        KnownFailure {
            place: ListPlace { file, line: self.line, column: self.column },
            pattern: self.pattern.clone(),
            cases: self.cases.clone(),
            rule: self.rule,
            reason: self.reason.clone(),
            issue: self.issue.clone(),
            expired: self.expires.as_ref().filter(|day| day.end <= now).map(|day| day.text.clone()),
        }
    }
}

/// Resolves the list, and notes all that is wrong with it.
pub(crate) fn resolve(
    raw: RawKnownFailures,
    file: &std::path::Path,
    cases: &BTreeSet<CaseId>,
    services: &[ServiceId],
    log: &mut Log<'_>,
) -> Option<Vec<ListedFailure>> {
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    for RawKnownFailure { case, rule, reason, issue, expires } in raw.0 {
        let pattern = pattern(log, &case, services);
        let known_rule = known_rule(log, &rule);
        let reason = check::one_line(log, "reason", &reason);
        let issue = link(log, &issue);
        let expires = expires.map(|text| day(log, &text));
        if !seen.insert((case.value.clone(), rule.value.clone())) {
            log.at(case.span.clone(), format!("`{}` with `{}` is listed twice", case.value, rule.value));
        }
        let place = log.place(case.span.clone());
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        list.push(ListedFailure {
            file: file.to_owned(),
            line: number(place.line),
            column: number(place.column),
            cases: cases
                .iter()
                .filter(|id| pattern.as_ref().is_some_and(|it| it.is_match(id.to_string())))
                .cloned()
                .collect(),
            pattern: case.value,
            rule: known_rule?,
            reason,
            issue,
            expires: match expires {
                Some(day) => Some(day?),
                None => None,
            },
        });
    }
    Some(list)
}

/// A glob over the ids of cases, in which `*` does not reach beyond a slash.
fn pattern(
    log: &mut Log<'_>,
    text: &Located<String>,
    services: &[ServiceId],
) -> Option<globset::GlobMatcher> {
    let of_service = text.value.split('/').next().unwrap_or_default();
    if text.value.split('/').count() != 3 {
        let message = format!(
            "`{}` does not name cases: SERVICE/LANGUAGE/SCENARIO, each a name or a glob, as in spanner/go/cancel-*; {}",
            text.value,
            check::services(services)
        );
        log.at(text.span.clone(), message);
        return None;
    }
    match GlobBuilder::new(&text.value).literal_separator(true).build() {
        Ok(glob) => {
            let named = GlobBuilder::new(of_service).build().map(|glob| glob.compile_matcher());
            // What names no service could never match, whatever it is about.
            if named.is_ok_and(|named| !services.iter().any(|service| named.is_match(service.name()))) {
                let message = check::no_service(of_service, services);
                check::in_scalar(log, text, 0, of_service.len(), message);
            }
            Some(glob.compile_matcher())
        }
        Err(error) => {
            log.at(text.span.clone(), format!("not a glob: {}", error.kind()));
            None
        }
    }
}

fn known_rule(log: &mut Log<'_>, text: &Located<String>) -> Option<Rule> {
    text.value.parse().map_err(|error: String| log.at(text.span.clone(), error)).ok()
}

fn link(log: &mut Log<'_>, text: &Located<String>) -> String {
    let link = check::one_line(log, "issue", text);
    if !link.starts_with("https://") && !link.starts_with("http://") {
        log.at(text.span.clone(), format!("`{link}` is not a link: it begins with https://"));
    }
    link
}

fn day(log: &mut Log<'_>, text: &Located<String>) -> Option<Day> {
    const HOURS: Duration = Duration::from_secs(24 * 60 * 60);
    let is_day = text.value.len() == "2026-12-31".len();
    let start = is_day.then(|| humantime::parse_rfc3339_weak(&format!("{} 00:00:00", text.value)).ok());
    match start.flatten().and_then(|start| start.checked_add(HOURS)) {
        Some(end) => Some(Day { text: text.value.clone(), end }),
        None => {
            let message = format!("`{}` is not a day of the calendar, as in 2026-12-31", text.value);
            log.at(text.span.clone(), message);
            None
        }
    }
}
