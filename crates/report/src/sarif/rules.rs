//! The rules that results refer to.

use rescind_model::Rule;
use serde_sarif::sarif::{MultiformatMessageString, ReportingDescriptor, ToolComponent};

/// The id of the rule that a stale entry of the list of known failures breaks.
pub const STALE: &str = "stale-known-failure";

/// The rules besides those of the judge: what a report finds without a broken expectation.
const OF_REPORT: [(&str, &str); 3] = [
    ("unexpected-pass", "The case passes, although the list of known failures says that it fails."),
    ("flaky", "The case does not do the same thing each time."),
    (STALE, "An entry of the list of known failures has expired or matches nothing."),
];

/// The tool, with its rules.
pub fn driver(version: &str) -> ToolComponent {
    let descriptor = |id: &str, description: &str| {
        ReportingDescriptor::builder()
            .id(id)
            .short_description(MultiformatMessageString::builder().text(description).build())
            .build()
    };
    let mut rules: Vec<_> = Rule::ALL.iter().map(|rule| descriptor(rule.id(), rule.description())).collect();
    rules.extend(OF_REPORT.iter().map(|(id, text)| descriptor(id, text)));
    ToolComponent::builder().name("rescind").version(version).rules(rules).build()
}

/// The place of a rule in the list of [`driver`].
pub fn rule_index(id: &str) -> Option<i64> {
    let judge = Rule::ALL.iter().map(|rule| rule.id());
    let report = OF_REPORT.iter().map(|(id, _)| *id);
    judge.chain(report).position(|known| known == id).and_then(|index| i64::try_from(index).ok())
}
