//! A scenario as a file of the catalogue, written by a program.

use std::fmt::Write as _;

use rescind_model::{Due, Given, Scenario};

/// The text of the file in which a scenario stands, with what is due in it; nothing is said of its exit where either is right.
pub fn scenario_text(scenario: &Scenario, due: &Due) -> String {
    let services: Vec<&str> = scenario.services.iter().map(|service| service.name()).collect();
    let mut text = "# yaml-language-server: $schema=../schema/scenario.schema.json\n".to_owned();
    let mut title = scenario.title.clone();
    if let Some(first) = title.get(..1) {
        title.replace_range(..1, &first.to_uppercase());
    }
    // To a `String`, nothing fails to be written.
    let _ = writeln!(text, "title: {}", quoted(&format!("{title}.")));
    let _ = writeln!(text, "services: [{}]", services.join(", "));
    write_given(&mut text, &scenario.given);
    if !scenario.schedule.is_empty() {
        let _ = writeln!(text, "schedule: {}", scenario.schedule);
    }
    if let Some(exit) = due.exit {
        let exit = match exit {
            rescind_model::ExpectedExit::Zero => "zero",
            rescind_model::ExpectedExit::NonZero => "non-zero",
        };
        let _ = writeln!(text, "expect:\n  outcome: {}\n  exit: {exit}", due.outcome);
        if !due.claims.is_empty() {
            let claims: Vec<String> = due.claims.iter().map(ToString::to_string).collect();
            let _ = writeln!(text, "  claims: [{}]", claims.join(", "));
        }
        if due.excuse.is_some() {
            text.push_str("  may_leave_backup: true\n");
        }
    }
    text
}

fn write_given(text: &mut String, given: &Given) {
    if *given == Given::default() {
        return;
    }
    text.push_str("given:\n");
    for (name, is_given) in
        [("database_missing", given.database_missing), ("not_cassandra", given.not_cassandra)]
    {
        if is_given {
            let _ = writeln!(text, "  {name}: true");
        }
    }
    for (index, backup) in given.backups.iter().enumerate() {
        if index == 0 {
            text.push_str("  backups:\n");
        }
        let _ = writeln!(text, "    - {{ id: {}, state: {} }}", quoted(&backup.id), backup.state);
    }
}

/// A text as YAML takes it whatever is in it: JSON's strings are YAML's.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
