//! JUnit XML as Surefire writes it and Jenkins, GitLab and others read it: a suite per sample, a test case per
//! scenario.
//!
//! | verdict | test case |
//! |---|---|
//! | `pass` | passed |
//! | `fail`, `unexpected-pass`, `flaky` | `failure` |
//! | `setup-error`, `diverged` | `error` |
//! | `known-failure`, `unsupported`, `skipped` | `skipped`, with the reason |

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use rescind_model::{CaseResult, Environment, Results, Verdict};

use crate::RenderError;
use crate::compare::{Change, Comparison, Delta};
use crate::terminal::requests_text;
use crate::text::{FIELD_CHARS, cut_middle, one_line, paragraph, plural, visible};

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
    report(&results.environment, cases)
}

/// Renders the head of a comparison: what regressed fails, what fails as before is skipped.
///
/// # Errors
/// As [`render`].
pub fn render_comparison(comparison: &Comparison<'_>) -> Result<String, RenderError> {
    let cases = comparison.deltas.iter().filter_map(|delta| {
        let head = delta.head?;
        Some((head, compared_status(delta, head)))
    });
    report(&comparison.head.environment, cases)
}

fn report<'a>(
    environment: &Environment,
    cases: impl Iterator<Item = (&'a CaseResult, TestCaseStatus)>,
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
    report.set_time(total);
    // The schema of Jenkins has no `skipped` on the root, only on the suites. The root is what comes first, and its
    // name holds no quote, so this is the attribute.
    let skipped = format!(" skipped=\"{}\"", report.skipped);
    Ok(report.to_string()?.replacen(&skipped, "", 1))
}

fn new_suite(name: &str, environment: &Environment) -> TestSuite {
    let Environment { rescind, platform, emulator, source, toolchains } = environment;
    let mut suite = TestSuite::new(name);
    for (key, value) in
        [("rescind", rescind), ("platform", platform), ("emulator", emulator), ("source", source)]
    {
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
    if let Some(observation) = case.observation.as_ref().filter(|_| with_streams) {
        let kept = |text: &str| visible(&cut_middle(text, STREAM_BYTES)).into_owned();
        if !observation.stdout.text.is_empty() {
            test.set_system_out(kept(&observation.stdout.text));
        }
        if !observation.stderr.text.is_empty() {
            test.set_system_err(kept(&observation.stderr.text));
        }
    }
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
        Verdict::KnownFailure | Verdict::Unsupported | Verdict::Skipped => {
            skipped(&format!("{}: {}", case.verdict, message(case)))
        }
    }
}

fn compared_status(delta: &Delta<'_>, head: &CaseResult) -> TestCaseStatus {
    match delta.change {
        Change::Regressed | Change::New | Change::NotCompared => status(head),
        Change::StillFailing | Change::Flaky => skipped(&format!("{}: {}", delta.change, message(head))),
        Change::Fixed | Change::Unchanged | Change::Removed => TestCaseStatus::success(),
    }
}

fn failure(case: &CaseResult, kind: &str) -> TestCaseStatus {
    let mut failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
    failure.set_type(kind).set_message(message(case)).set_description(details(case));
    failure
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut skipped = TestCaseStatus::skipped();
    skipped.set_message(message);
    skipped
}

/// The first finding, or the reason, in one line.
fn message(case: &CaseResult) -> String {
    let more = case.findings.len().saturating_sub(1);
    let text = match (case.findings.first(), &case.reason) {
        (_, Some(reason)) => reason.lines().collect::<Vec<_>>().join("; "),
        (Some(finding), None) if more == 0 => format!("{}: {}", finding.rule, finding.message),
        (Some(finding), None) => {
            format!("{}: {} (and {more} more finding{})", finding.rule, finding.message, plural(more))
        }
        (None, None) => case.title.clone(),
    };
    one_line(&text, FIELD_CHARS)
}

/// All that the message has no room for. The streams are elsewhere in the test case.
fn details(case: &CaseResult) -> String {
    let mut text = format!("{}\n\n", one_line(&case.title, FIELD_CHARS));
    if let Some(reason) = &case.reason {
        text.push_str(&format!("{}\n\n", paragraph(reason, REASON_LINES, FIELD_CHARS).join("\n")));
    }
    for finding in &case.findings {
        let message = one_line(&finding.message, FIELD_CHARS);
        text.push_str(&format!("{}: {message}\n", finding.rule));
        if let Some(diff) = &finding.diff {
            text.push_str(&visible(&cut_middle(diff, DIFF_BYTES)));
            text.push('\n');
        }
    }
    if let Some(location) = &case.location {
        text.push_str(&format!("at {}\n", one_line(&location.to_string(), FIELD_CHARS)));
    }
    if let Some(observation) = &case.observation {
        text.push_str(&format!("ended: {}\n", observation.ended));
        text.push_str(&requests_text(&observation.journal, WIDTH));
    }
    let field = |text: &str| one_line(text, FIELD_CHARS);
    text.push_str(&format!("schedule: {}\nreplay: {}\n", field(&case.schedule), field(&case.replay)));
    text
}
