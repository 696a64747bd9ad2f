//! The rules that results refer to, each with its help.

use serde_sarif::sarif::{MultiformatMessageString, ReportingDescriptor, ToolComponent};

use crate::rules::{self, RuleHelp, help_uri};

/// The tool, with its rules.
pub fn driver(version: &str) -> ToolComponent {
    let descriptor = |rule: &RuleHelp| {
        ReportingDescriptor::builder()
            .id(rule.id)
            .short_description(MultiformatMessageString::builder().text(rule.description).build())
            .help(MultiformatMessageString::builder().text(rule.text).markdown(rule.text).build())
            .help_uri(help_uri(rule.id, version))
            .build()
    };
    let rules: Vec<_> = rules::all().iter().map(descriptor).collect();
    ToolComponent::builder().name("rescind").version(version).rules(rules).build()
}

/// The place of a rule in the list of [`driver`].
pub fn rule_index(id: &str) -> Option<i64> {
    rules::all().iter().position(|rule| rule.id == id).and_then(|index| i64::try_from(index).ok())
}
