//! The results of one case, and the small pieces that they are made of.

use std::collections::BTreeMap;

use rescind_model::{CaseResult, ListPlace, Location, StaleEntry, Verdict};
use serde_sarif::sarif::{
    ArtifactLocation, Location as SarifLocation, LogicalLocation, Message, Notification, PhysicalLocation,
    PropertyBag, Region, Result as SarifResult, ResultLevel, Suppression,
};

use super::rules::{STALE, rule_index};
use crate::text::{FIELD_CHARS, one_line, paragraph};

/// Lines of a message that are kept.
const LINES: usize = 50;
/// Characters of each of them.
const MESSAGE_CHARS: usize = 2_000;

/// What code scanning is told about one case: nothing, unless it fails, passes unexpectedly or is flaky.
pub(super) fn results(case: &CaseResult) -> Vec<SarifResult> {
    let reason = || case.reason.clone().unwrap_or_else(|| case.title.clone());
    let mut found: Vec<SarifResult> = match case.verdict {
        Verdict::Fail | Verdict::KnownFailure => case
            .findings
            .iter()
            .map(|finding| result(case, finding.rule.id(), &finding.message, ResultLevel::Error))
            .collect(),
        Verdict::UnexpectedPass => {
            vec![result(case, &case.verdict.to_string(), &reason(), ResultLevel::Error)]
        }
        Verdict::Flaky => vec![result(case, &case.verdict.to_string(), &reason(), ResultLevel::Warning)],
        Verdict::Pass
        | Verdict::Unsupported
        | Verdict::Undecided
        | Verdict::NotPlayed
        | Verdict::Skipped
        | Verdict::SetupError
        | Verdict::Diverged => Vec::new(),
    };
    number(&mut found);
    if case.verdict == Verdict::KnownFailure {
        for result in &mut found {
            let reason = paragraph(&reason(), LINES, MESSAGE_CHARS).join("\n");
            let suppression = Suppression::builder().kind("external").justification(reason).build();
            result.suppressions = Some(vec![suppression]);
        }
    }
    found
}

fn result(case: &CaseResult, rule: &str, text: &str, level: ResultLevel) -> SarifResult {
    let mut properties = BTreeMap::new();
    properties.insert("verdict".to_owned(), case.verdict.to_string().into());
    properties.insert("schedule".to_owned(), one_line(&case.schedule, FIELD_CHARS).into());
    properties.insert("replay".to_owned(), one_line(&case.replay, FIELD_CHARS).into());
    let text = format!("{}: {text}\n\nReplay: {}", case.id, case.replay);
    let mut result = SarifResult::builder()
        .rule_id(rule)
        .level(level)
        .message(message(&text))
        .locations(vec![location(case)])
        .properties(PropertyBag::builder().additional_properties(properties).build())
        .build();
    result.rule_index = rule_index(rule);
    result
}

/// A stale entry, at its place in the list.
pub(super) fn stale(entry: &StaleEntry) -> SarifResult {
    let ListPlace { file, line, .. } = &entry.place;
    let place = Location { file: file.clone(), first_line: *line, last_line: *line };
    let key = format!("{}/{}/{STALE}", one_line(&entry.pattern, FIELD_CHARS), entry.rule);
    let mut result = SarifResult::builder()
        .rule_id(STALE)
        .level(ResultLevel::Error)
        .message(message(&entry.to_string()))
        .locations(vec![SarifLocation::builder().physical_location(physical(&place)).build()])
        .partial_fingerprints(BTreeMap::from([("primaryLocationLineHash".to_owned(), key)]))
        .build();
    result.rule_index = rule_index(STALE);
    result
}

/// Gives each result its fingerprint. Code scanning goes by `primaryLocationLineHash` alone; ours is made from the
/// case and the rule, so that an alert stays the same alert when lines move, and is closed when its own case passes.
fn number(results: &mut [SarifResult]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for result in results {
        let place = result
            .locations
            .iter()
            .flatten()
            .flat_map(|location| location.logical_locations.iter().flatten());
        let case = place.filter_map(|place| place.fully_qualified_name.clone()).next().unwrap_or_default();
        let key = format!("{case}/{}", result.rule_id.as_deref().unwrap_or_default());
        let nth = seen.entry(key.clone()).or_default();
        *nth += 1;
        let fingerprint = BTreeMap::from([("primaryLocationLineHash".to_owned(), format!("{key}:{nth}"))]);
        result.partial_fingerprints = Some(fingerprint);
    }
}

fn location(case: &CaseResult) -> SarifLocation {
    let logical = LogicalLocation::builder()
        .name(case.id.scenario.as_str())
        .fully_qualified_name(case.id.to_string())
        .kind("test")
        .build();
    let mut location = SarifLocation::builder().logical_locations(vec![logical]).build();
    location.physical_location = case.location.as_ref().map(physical);
    location
}

fn physical(location: &Location) -> PhysicalLocation {
    let artifact = ArtifactLocation::builder().uri(uri(&location.file)).uri_base_id("%SRCROOT%").build();
    let region = Region::builder()
        .start_line(i64::from(location.first_line.max(1)))
        .end_line(i64::from(location.last_line.max(location.first_line).max(1)))
        .build();
    PhysicalLocation::builder().artifact_location(artifact).region(region).build()
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
