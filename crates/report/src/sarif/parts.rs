//! The results, one for each cause, and the small pieces that they are made of.

use std::collections::BTreeMap;

use rescind_model::{CaseResult, ListPlace, Location, StaleEntry, Verdict};
use serde_sarif::sarif::{
    ArtifactLocation, Location as SarifLocation, LogicalLocation, Message, Notification, PhysicalLocation,
    PropertyBag, Region, Result as SarifResult, ResultLevel, Suppression,
};

use super::rules::rule_index;
use crate::cause::Cause;
use crate::rules::STALE;
use crate::text::{FIELD_CHARS, one_line, paragraph};

/// Lines of a message that are kept.
const LINES: usize = 50;
/// Characters of each of them.
const MESSAGE_CHARS: usize = 2_000;
/// Cases of a cause that are named.
const CASES: usize = 100;

/// What code scanning is told about a case whose findings do not say what is wrong with it.
pub(super) fn of_case(case: &CaseResult) -> Option<SarifResult> {
    let level = match case.verdict {
        Verdict::UnexpectedPass => ResultLevel::Error,
        Verdict::Flaky => ResultLevel::Warning,
        Verdict::Fail
        | Verdict::KnownFailure
        | Verdict::Pass
        | Verdict::Unsupported
        | Verdict::Undecided
        | Verdict::NotPlayed
        | Verdict::Skipped
        | Verdict::SetupError
        | Verdict::Diverged => return None,
    };
    let rule = case.verdict.to_string();
    let said = case.reason.as_ref().unwrap_or(&case.title);
    let text = format!("{}: {said}\n\nReplay: {}", case.id, case.replay);
    let fingerprint = format!("{}/{rule}", case.id);
    Some(result(&[case], case.first_line(), &rule, &text, fingerprint, level))
}

/// One result for all cases of a cause, as one that is known if the list says so.
pub(super) fn of_cause(cause: &Cause<'_>) -> Option<SarifResult> {
    let (rule, case) = (cause.finding.rule.id(), cause.first()?);
    let cases = match cause.cases.len() {
        1 => case.id.to_string(),
        _ => format!("{}, in {} ({})", case.id.sample, cause.count(), cause.names()),
    };
    let text = format!("{cases}: {}\n\nReplay: {}", cause.finding.message, case.replay);
    let level = ResultLevel::Error;
    let mut result = result(&cause.cases, cause.place(), rule, &text, cause.fingerprint(), level);
    result.occurrence_count = i64::try_from(cause.cases.len()).ok();
    if case.verdict == Verdict::KnownFailure {
        let reason = case.reason.as_ref().unwrap_or(&case.title);
        let reason = paragraph(reason, LINES, MESSAGE_CHARS).join("\n");
        result.suppressions =
            Some(vec![Suppression::builder().kind("external").justification(reason).build()]);
    }
    Some(result)
}

fn result(
    cases: &[&CaseResult],
    place: Option<Location>,
    rule: &str,
    text: &str,
    fingerprint: String,
    level: ResultLevel,
) -> SarifResult {
    let mut properties = BTreeMap::new();
    if let Some(case) = cases.first() {
        properties.insert("verdict".to_owned(), case.verdict.to_string().into());
        properties.insert("schedule".to_owned(), one_line(&case.schedule, FIELD_CHARS).into());
        properties.insert("replay".to_owned(), one_line(&case.replay, FIELD_CHARS).into());
    }
    let logical = cases.iter().take(CASES).map(|case| {
        LogicalLocation::builder()
            .name(case.id.scenario.as_str())
            .fully_qualified_name(case.id.to_string())
            .kind("test")
            .build()
    });
    let mut location = SarifLocation::builder().logical_locations(logical.collect::<Vec<_>>()).build();
    location.physical_location = place.as_ref().and_then(physical);
    let mut result = SarifResult::builder()
        .rule_id(rule)
        .level(level)
        .message(message(text))
        .locations(vec![location])
        .partial_fingerprints(fingerprints(fingerprint))
        .properties(PropertyBag::builder().additional_properties(properties).build())
        .build();
    result.rule_index = rule_index(rule);
    result
}

/// A stale entry, at its place in the list.
pub(super) fn stale(entry: &StaleEntry) -> SarifResult {
    let ListPlace { file, line, .. } = &entry.place;
    let key = format!("{}/{}/{STALE}", one_line(&entry.pattern, FIELD_CHARS), entry.rule);
    let mut location = SarifLocation::builder().build();
    location.physical_location = physical(&Location::of_line(file, *line));
    let mut result = SarifResult::builder()
        .rule_id(STALE)
        .level(ResultLevel::Error)
        .message(message(&entry.to_string()))
        .locations(vec![location])
        .partial_fingerprints(fingerprints(key))
        .build();
    result.rule_index = rule_index(STALE);
    result
}

/// Code scanning goes by `primaryLocationLineHash` alone. Ours is made from the sample, the rule and what is said, so that an
/// alert stays the same alert when lines move, and is closed when its own cause is gone.
const FINGERPRINT: &str = "primaryLocationLineHash";

fn fingerprints(key: String) -> BTreeMap<String, String> {
    BTreeMap::from([(FINGERPRINT.to_owned(), key)])
}

/// Numbers the results whose fingerprints would be the same.
pub(super) fn number(results: &mut [SarifResult]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for result in results {
        let fingerprint = result.partial_fingerprints.as_mut().and_then(|all| all.get_mut(FINGERPRINT));
        if let Some(key) = fingerprint {
            let nth = seen.entry(key.clone()).or_default();
            *nth += 1;
            *key = format!("{key}:{nth}");
        }
    }
}

/// True if the result has a place in the repository, without which code scanning refuses the whole file.
pub(super) fn has_place(result: &SarifResult) -> bool {
    result.locations.iter().flatten().any(|location| location.physical_location.is_some())
}

/// A result that has none, as what there is to be said.
pub(super) fn without_place(result: &SarifResult) -> Notification {
    let text = result.message.text.as_deref().unwrap_or_default();
    let rule = result.rule_id.as_deref().unwrap_or_default();
    let text = format!("{rule}: {text}\n\nIts code lies outside the repository, and so it is no result.");
    Notification::builder().level("error").message(Message::builder().text(text).build()).build()
}

/// The place; none if it lies outside the repository.
fn physical(location: &Location) -> Option<PhysicalLocation> {
    if !location.is_inside() {
        return None;
    }
    let artifact = ArtifactLocation::builder().uri(uri(&location.file)).uri_base_id("%SRCROOT%").build();
    let region = Region::builder()
        .start_line(i64::from(location.first_line.max(1)))
        .end_line(i64::from(location.last_line.max(location.first_line).max(1)))
        .build();
    Some(PhysicalLocation::builder().artifact_location(artifact).region(region).build())
}

/// A relative path as a URI reference (RFC 3986): all but the characters of a path is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(byte.into())
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// A message of plain text. In SARIF `{` begins a placeholder (3.11.5) and `[text](place)` is a link (3.11.6), so
/// braces are doubled, and brackets do not meet parentheses.
fn message(text: &str) -> Message {
    let text = paragraph(text, LINES, MESSAGE_CHARS).join("\n");
    let text = text.replace('{', "{{").replace('}', "}}").replace("](", "] (");
    Message::builder().text(text).build()
}

pub(super) fn notification(level: &str, text: &str) -> Notification {
    Notification::builder().level(level).message(message(text)).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("samples/spanner/c++/a b#1.cc"), "samples/spanner/c%2B%2B/a%20b%231.cc");
    }

    #[test]
    fn texts_cannot_make_placeholders_or_links() {
        assert_eq!(
            message("{0} [x](https://example.com)").text.as_deref(),
            Some("{{0}} [x] (https://example.com)")
        );
    }
}
