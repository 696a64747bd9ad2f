//! JUnit XML as Surefire writes it and Jenkins, GitLab and others read it: a suite per sample, a test case per
//! scenario.
//!
//! | verdict | test case |
//! |---|---|
//! | `pass` | passed |
//! | `fail`, `unexpected-pass` | `failure`, with a `rerunFailure` for each further try |
//! | `flaky` | `failure`, with a `flakyFailure` for each try that failed |
//! | `setup-error`, `diverged` | `error` |
//! | `known-failure`, `unsupported`, `undecided`, `not-played`, `skipped` | `skipped`, with the reason |
//!
//! (Surefire takes a flaky test for passed. Here it makes the run fail, and so it does in the report.) Each stale entry
//! of the list of known failures is a test case that failed, in a suite of its own. `file` and `line` of a test case are the
//! line that made its first finding.

use std::time::Duration;

use quick_junit::{
    FlakyOrRerun, NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite, XmlString,
};
use rescind_model::{
    Captured, CaseResult, Environment, Finding, Location, Observation, Results, StaleEntry, Verdict,
};

use crate::compare::{CaseChange, Comparison, Delta};
use crate::error::RenderError;
use crate::terminal::requests_text;
use crate::text::{FIELD_CHARS, cut_middle, one_line, paragraph, plural, took, visible};
use crate::tries;

/// Bytes of a stream that are kept.
const STREAM_BYTES: usize = 64 * 1024;
/// Bytes of a diff that are kept.
const DIFF_BYTES: usize = 64 * 1024;
/// Lines of a reason that are kept.
const REASON_LINES: usize = 100;
/// Columns of the list of requests.
const WIDTH: usize = 160;

/// Renders the results.
///
/// # Errors
/// Only those of the XML writer.
pub fn render(results: &Results) -> Result<String, RenderError> {
    let cases = results.cases.iter().map(|case| (case, status(case)));
    report(&results.environment, cases, results.stale())
}

/// Renders the head of a comparison: what regressed fails, and so does what is wrong in the list of known failures; what
/// fails as before is skipped.
///
/// # Errors
/// As [`render`].
pub fn render_comparison(comparison: &Comparison<'_>) -> Result<String, RenderError> {
    let cases = comparison.deltas.iter().filter_map(|delta| {
        let head = delta.head?;
        Some((head, compared_status(delta, head)))
    });
    report(&comparison.head.environment, cases, comparison.head.stale())
}

fn report<'a>(
    environment: &Environment,
    cases: impl Iterator<Item = (&'a CaseResult, TestCaseStatus)>,
    stale: impl Iterator<Item = &'a StaleEntry>,
) -> Result<String, RenderError> {
    let mut report = Report::new("rescind");
    let mut total = Duration::ZERO;
    let mut suite: Option<(TestSuite, Duration)> = None;
    for (case, status) in cases {
        let name = case.id.sample.to_string();
        if suite.as_ref().is_some_and(|(suite, _)| suite.name.as_str() != name) {
            finish(&mut report, suite.take());
        }
        let (suite, time) = suite.get_or_insert_with(|| (new_suite(&name, environment), Duration::ZERO));
        suite.add_test_case(test_case(case, status));
        let took = Duration::from_millis(case.wall_ms);
        *time += took;
        total += took;
    }
    finish(&mut report, suite);
    let stale: Vec<TestCase> = stale.map(stale_entry).collect();
    if !stale.is_empty() {
        let mut suite = new_suite("known-failures", environment);
        suite.add_test_cases(stale);
        finish(&mut report, Some((suite, Duration::ZERO)));
    }
    report.set_time(total);
    // The schema of Jenkins has no `skipped` on the root, only on the suites. The root is what comes first, and its
    // name holds no quote, so this is the attribute.
    let skipped = format!(" skipped=\"{}\"", report.skipped);
    Ok(report.to_string()?.replacen(&skipped, "", 1))
}

fn new_suite(name: &str, environment: &Environment) -> TestSuite {
    let Environment { rescind, platform, emulator, clock, clock_reason, source, catalogue: _, toolchains } =
        environment;
    let why = clock_reason.iter().map(|reason| format!(": {reason}"));
    let clock = std::iter::once(clock.to_string()).chain(why).collect::<String>();
    let mut suite = TestSuite::new(name);
    for (key, value) in [
        ("rescind", rescind),
        ("platform", platform),
        ("emulator", emulator),
        ("clock", &clock),
        ("source", source),
    ] {
        suite.add_property(Property::new(key, one_line(value, FIELD_CHARS)));
    }
    let language = name.rsplit('/').next().unwrap_or(name);
    if let Some(version) = toolchains.get(language) {
        suite.add_property(Property::new("toolchain", one_line(version, FIELD_CHARS)));
    }
    suite
}

fn finish(report: &mut Report, suite: Option<(TestSuite, Duration)>) {
    if let Some((mut suite, time)) = suite {
        suite.set_time(time);
        report.add_test_suite(suite);
    }
}

fn test_case(case: &CaseResult, status: TestCaseStatus) -> TestCase {
    // The streams of what passed are nobody's concern and would be most of the file.
    let with_streams = !matches!(status, TestCaseStatus::Success { .. });
    let mut test = TestCase::new(case.id.scenario.as_str(), status);
    test.set_classname(format!("{}.{}", case.id.sample.service, case.id.sample.language));
    test.set_time(Duration::from_millis(case.wall_ms));
    let place = case.findings.first().map_or_else(|| case.first_line(), |first| case.place_of(first));
    set_place(&mut test, place);
    if let Some(observation) = case.observation.as_ref().filter(|_| with_streams) {
        test.system_out = stream(&observation.stdout);
        test.system_err = stream(&observation.stderr);
    }
    test
}

/// The attributes `file` and `line`, which GitLab and the annotating actions read.
fn set_place(test: &mut TestCase, place: Option<Location>) {
    if let Some(place) = place.filter(Location::is_inside) {
        test.extra.insert("file".into(), one_line(&place.file, FIELD_CHARS).into());
        test.extra.insert("line".into(), place.first_line.to_string().into());
    }
}

fn stream(captured: &Captured) -> Option<XmlString> {
    let text = &captured.text;
    (!text.is_empty()).then(|| XmlString::new(visible(&cut_middle(text, STREAM_BYTES))))
}

fn stale_entry(entry: &StaleEntry) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type("stale-known-failure").set_message(one_line(&entry.to_string(), FIELD_CHARS));
    let mut test = TestCase::new(one_line(&format!("{} {}", entry.pattern, entry.rule), FIELD_CHARS), status);
    test.set_classname("known-failures");
    set_place(&mut test, Some(Location::of_line(&entry.place.file, entry.place.line)));
    test.set_time(Duration::ZERO);
    test
}

/// What a test case becomes: passed, or one of these with a type, a message, and details.
fn status(case: &CaseResult) -> TestCaseStatus {
    match case.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail => failure(case, case.findings.first().map_or("fail", |finding| finding.rule.id())),
        Verdict::UnexpectedPass => failure(case, "unexpected-pass"),
        Verdict::Flaky => failure(case, "flaky"),
        Verdict::SetupError | Verdict::Diverged => {
            let mut error = TestCaseStatus::non_success(NonSuccessKind::Error);
            error
                .set_type(case.verdict.to_string())
                .set_message(message(case))
                .set_description(details(case));
            error
        }
        Verdict::KnownFailure
        | Verdict::Unsupported
        | Verdict::Undecided
        | Verdict::NotPlayed
        | Verdict::Skipped => skipped(&format!("{}: {}", case.verdict, message(case))),
    }
}

fn compared_status(delta: &Delta<'_>, head: &CaseResult) -> TestCaseStatus {
    match delta.change {
        _ if head.verdict == Verdict::UnexpectedPass => status(head),
        CaseChange::Regressed | CaseChange::New | CaseChange::NotCompared => status(head),
        CaseChange::StillFailing | CaseChange::Flaky => {
            skipped(&format!("{}: {}", delta.change, message(head)))
        }
        CaseChange::Fixed | CaseChange::Unchanged | CaseChange::Removed => TestCaseStatus::success(),
    }
}

fn failure(case: &CaseResult, kind: &str) -> TestCaseStatus {
    let mut failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let (first, rest) = (case.findings.first(), case.findings.len().saturating_sub(1));
    // The type says the rule already.
    let message = match first.filter(|first| case.reason.is_none() && first.rule.id() == kind) {
        Some(first) => one_line(&and_more(&first.message, rest), FIELD_CHARS),
        None => message(case),
    };
    failure.set_type(kind).set_message(message).set_description(details(case));
    let first = case.observation.as_ref();
    let first = first.map(|seen| rerun(&case.findings, seen, &took(case.wall_ms, case.virtual_ms)));
    let others = case
        .other_tries
        .iter()
        .filter(|other| !other.findings.is_empty())
        .map(|other| rerun(&other.findings, &other.observation, &took(other.wall_ms, other.virtual_ms)));
    if case.verdict == Verdict::Flaky {
        failure.set_rerun_kind(FlakyOrRerun::Flaky).add_reruns(first.into_iter().chain(others));
    } else {
        failure.set_rerun_kind(FlakyOrRerun::Rerun).add_reruns(others);
    }
    failure
}

/// A try that failed, and how long it took.
fn rerun(findings: &[Finding], observation: &Observation, took: &str) -> TestRerun {
    let mut text = String::new();
    push_findings(&mut text, findings);
    push_observed(&mut text, observation, took);
    let first = findings.first();
    let mut rerun = TestRerun::new(NonSuccessKind::Failure);
    rerun
        .set_type(first.map_or("fail", |finding| finding.rule.id()))
        .set_message(first.map_or_else(String::new, |it| one_line(&it.message, FIELD_CHARS)))
        .set_stack_trace(text);
    rerun.system_out = stream(&observation.stdout);
    rerun.system_err = stream(&observation.stderr);
    rerun
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut skipped = TestCaseStatus::skipped();
    skipped.set_message(message);
    skipped
}

/// The first finding, or the reason, in one line.
fn message(case: &CaseResult) -> String {
    let rest = case.findings.len().saturating_sub(1);
    let text = match (case.findings.first(), &case.reason) {
        (_, Some(reason)) => reason.lines().collect::<Vec<_>>().join("; "),
        (Some(finding), None) => and_more(&format!("{}: {}", finding.rule, finding.message), rest),
        (None, None) => case.title.clone(),
    };
    one_line(&text, FIELD_CHARS)
}

/// What one finding says, and how many more there are.
fn and_more(text: &str, rest: usize) -> String {
    match rest {
        0 => text.to_owned(),
        _ => format!("{text} (and {rest} more finding{})", plural(rest)),
    }
}

/// All that the message has no room for. The streams are elsewhere in the test case.
fn details(case: &CaseResult) -> String {
    let mut text = format!("{}\n\n", one_line(&case.title, FIELD_CHARS));
    if let Some(reason) = &case.reason {
        text.push_str(&format!("{}\n\n", paragraph(reason, REASON_LINES, FIELD_CHARS).join("\n")));
    }
    push_findings(&mut text, &case.findings);
    if let Some(location) = &case.location {
        text.push_str(&format!("at {}\n", one_line(&location.to_string(), FIELD_CHARS)));
    }
    if let Some(observation) = &case.observation {
        push_observed(&mut text, observation, &took(case.wall_ms, case.virtual_ms));
    }
    if let Some((number, other)) = tries::differing(case) {
        text.push_str(&format!("{}\n", tries::heading(number, other)));
        text.push_str(&requests_text(&other.observation.journal, WIDTH));
    }
    let field = |text: &str| one_line(text, FIELD_CHARS);
    text.push_str(&format!("schedule: {}\nreplay: {}\n", field(&case.schedule), field(&case.replay)));
    text
}

fn push_findings(text: &mut String, findings: &[Finding]) {
    let mut rule = None;
    for finding in findings {
        let message = one_line(&finding.message, FIELD_CHARS);
        if rule.replace(finding.rule) == Some(finding.rule) {
            text.push_str(&format!("  {message}\n"));
        } else {
            text.push_str(&format!("{}: {message}\n", finding.rule));
        }
        if let Some(place) = &finding.place {
            text.push_str(&format!("  at {}\n", one_line(&place.to_string(), FIELD_CHARS)));
        }
        if let Some(diff) = &finding.diff {
            text.push_str(&visible(&cut_middle(diff, DIFF_BYTES)));
            text.push('\n');
        }
    }
}

fn push_observed(text: &mut String, observation: &Observation, took: &str) {
    text.push_str(&format!("ended: {} after {took}\n", observation.ended));
    text.push_str(&requests_text(&observation.journal, WIDTH));
}
