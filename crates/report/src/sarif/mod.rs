//! SARIF 2.1.0, for code scanning: one result for each cause, on the line that made it.
//!
//! Known failures are there as suppressed results. What could not be run is no result but a notification of the
//! invocation: it says nothing about the code. So is what was found in code outside the repository.

mod parts;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use rescind_model::{CaseId, CaseResult, Finding, Results, Rule, Verdict};
use serde_sarif::sarif::{Invocation, Notification, Result as SarifResult, Run, Sarif, Tool};

use self::rules::driver;
use crate::cause::causes;
use crate::compare::Comparison;
use crate::error::RenderError;
use crate::grouping::not_run;
use crate::log_command::inert_json;
use crate::text::plural;

/// The schema that the file says it follows, at its place of publication.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Results that are kept: code scanning refuses a run with more.
const LIMIT: usize = 25_000;

/// Renders the results.
///
/// # Errors
/// Only those of the JSON writer.
pub fn render(results: &Results) -> Result<String, RenderError> {
    let with = |verdict: Verdict| -> Vec<&CaseResult> {
        results.cases.iter().filter(|case| case.verdict == verdict).collect()
    };
    let failing = causes(&with(Verdict::Fail), |_, _| true);
    let known = causes(&with(Verdict::KnownFailure), |_, _| true);
    let of_causes = failing.iter().chain(&known).filter_map(parts::of_cause);
    let others = results.cases.iter().filter_map(parts::of_case);
    let found = of_causes.chain(others).chain(results.stale().map(parts::stale)).collect();
    write(results, found)
}

/// Renders the regressions of a comparison, with `baselineState` `new`, and what is wrong in the list of known failures; no
/// other finding.
///
/// # Errors
/// As [`render`].
pub fn render_comparison(comparison: &Comparison<'_>) -> Result<String, RenderError> {
    let mut broken: BTreeMap<&CaseId, BTreeSet<Rule>> = BTreeMap::new();
    for (delta, head) in comparison.regressions().filter_map(|delta| Some((delta, delta.head?))) {
        broken.entry(&head.id).or_default().extend(&delta.broken);
    }
    let cases = comparison.head.cases.iter().filter(|case| broken.contains_key(&case.id));
    // What a case broke before is not the change's doing.
    let is_new = |case: &CaseResult, finding: &Finding| {
        broken.get(&case.id).is_some_and(|rules| rules.contains(&finding.rule))
    };
    let causes = causes(&cases.collect::<Vec<_>>(), is_new);
    let found = causes.iter().filter_map(parts::of_cause);
    let unexpected = comparison.head.cases.iter().filter(|case| case.verdict == Verdict::UnexpectedPass);
    let list = unexpected.filter_map(parts::of_case).chain(comparison.head.stale().map(parts::stale));
    let found = found.map(|result| SarifResult { baseline_state: Some("new".into()), ..result });
    write(comparison.head, found.chain(list).collect())
}

fn write(results: &Results, mut found: Vec<SarifResult>) -> Result<String, RenderError> {
    let left_out = found.len().saturating_sub(LIMIT);
    found.truncate(LIMIT);
    parts::number(&mut found);
    let (found, elsewhere): (Vec<_>, Vec<_>) = found.into_iter().partition(parts::has_place);
    let run = Run::builder()
        .tool(Tool::builder().driver(driver(&results.environment.rescind)).build())
        .invocations(vec![invocation(results, &elsewhere, left_out)])
        .results(found)
        .build();
    let sarif = Sarif::builder().schema(SCHEMA).version("2.1.0").runs(vec![run]).build();
    let mut text = inert_json(serde_json::to_string_pretty(&sarif)?);
    text.push('\n');
    Ok(text)
}

fn invocation(results: &Results, elsewhere: &[SarifResult], left_out: usize) -> Invocation {
    let mut notifications: Vec<Notification> = not_run(results)
        .iter()
        .map(|group| {
            let level = if group.verdict == Verdict::SetupError { "error" } else { "note" };
            let text = format!(
                "{} {} ({} case{}): {}",
                group.verdict,
                group.sample,
                group.cases,
                plural(group.cases),
                group.reason
            );
            parts::notification(level, &text)
        })
        .collect();
    let diverged = results.cases.iter().filter(|case| case.verdict == Verdict::Diverged);
    notifications.extend(diverged.map(|case| {
        let reason = case.reason.as_deref().unwrap_or(&case.title);
        parts::notification("error", &format!("{} {}: {reason}", case.verdict, case.id))
    }));
    notifications.extend(elsewhere.iter().map(parts::without_place));
    notifications.extend(results.notes().map(|note| parts::notification("note", &note)));
    if left_out > 0 {
        let text =
            format!("{left_out} more result{} left out: code scanning takes {LIMIT}", plural(left_out));
        notifications.push(parts::notification("warning", &text));
    }
    let failed = |case: &CaseResult| matches!(case.verdict, Verdict::SetupError | Verdict::Diverged);
    Invocation::builder()
        .execution_successful(!results.interrupted && !results.cases.iter().any(failed))
        .tool_execution_notifications(notifications)
        .build()
}
