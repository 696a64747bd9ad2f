//! One case as an article: findings, replay, requests, states, streams, circumstances.

use askama::Template;
use rescind_model::{Captured, CaseResult, Environment, Finding, Observation, Snapshot, Try};

use super::chart::Chart;
use super::prose::{LINE_CHARS, Prose, lines, prose};
use crate::requests::short_resource;
use crate::text::{FIELD_CHARS, capital, cut_line, cut_middle, one_line, took, visible};
use crate::tries;

/// Bytes of a stream or of a diff that are kept.
const LISTING_BYTES: usize = 64 * 1024;
/// Findings that are shown.
const FINDINGS: usize = 100;

#[derive(Template)]
#[template(path = "case.html")]
pub(super) struct CaseView {
    id: String,
    verdict: String,
    title: String,
    reason: Vec<Prose>,
    compared: Prose,
    compared_diff: Vec<(&'static str, String)>,
    findings: Vec<FindingView>,
    replay: String,
    chart: Option<Chart>,
    states: Vec<(&'static str, Vec<String>)>,
    streams: Vec<StreamView>,
    other_try: Option<TryView>,
    facts: Vec<(&'static str, String)>,
}

/// The try that makes a case flaky.
#[derive(Template)]
#[template(path = "try.html")]
struct TryView {
    number: usize,
    heading: String,
    findings: Vec<FindingView>,
    chart: Option<Chart>,
    streams: Vec<StreamView>,
}

struct FindingView {
    rule: &'static str,
    description: &'static str,
    message: Prose,
    place: Option<String>,
    /// The lines of the diff, each with its class.
    diff: Vec<(&'static str, String)>,
}

struct StreamView {
    name: &'static str,
    notes: String,
    text: String,
}

impl CaseView {
    /// The case, with what a change did to it and to its output.
    pub fn of(
        case: &CaseResult,
        environment: &Environment,
        compared: Option<(String, Option<String>)>,
    ) -> CaseView {
        let observation = case.observation.as_ref();
        let (compared, diff) = compared.unzip();
        CaseView {
            id: case.id.to_string(),
            verdict: case.verdict.to_string(),
            title: one_line(&case.title, FIELD_CHARS),
            reason: case.reason.iter().flat_map(|reason| lines(reason)).collect(),
            compared: compared.map(|compared| prose(&compared)).unwrap_or_default(),
            compared_diff: diff_lines(diff.flatten().as_deref()),
            findings: case.findings.iter().take(FINDINGS).map(FindingView::of).collect(),
            replay: one_line(&case.replay, FIELD_CHARS),
            chart: observation.map(Chart::of),
            states: observation.map(states).unwrap_or_default(),
            streams: observation.map(streams).unwrap_or_default(),
            other_try: tries::differing(case).map(|(number, other)| TryView::of(number, other)),
            facts: facts(case, environment),
        }
    }
}

impl TryView {
    fn of(number: usize, other: &Try) -> TryView {
        TryView {
            number,
            heading: capital(&tries::heading(number, other)),
            findings: other.findings.iter().take(FINDINGS).map(FindingView::of).collect(),
            chart: Some(Chart::of(&other.observation)),
            streams: streams(&other.observation),
        }
    }
}

impl FindingView {
    fn of(finding: &Finding) -> FindingView {
        FindingView {
            rule: finding.rule.id(),
            description: finding.rule.description(),
            message: prose(&finding.message),
            place: finding.place.as_ref().map(|place| one_line(&place.to_string(), FIELD_CHARS)),
            diff: diff_lines(finding.diff.as_deref()),
        }
    }
}

/// The lines of a diff, each with its class.
fn diff_lines(diff: Option<&str>) -> Vec<(&'static str, String)> {
    let class = |line: &str| match line.as_bytes().first() {
        _ if line.starts_with("---") || line.starts_with("+++") => "file",
        Some(b'-') => "del",
        Some(b'+') => "ins",
        Some(b'@') => "hunk",
        _ => "same",
    };
    let diff = diff.map(|diff| cut_middle(diff, LISTING_BYTES)).unwrap_or_default();
    let lines = diff.split_terminator('\n');
    lines.map(|line| (class(line), visible(&cut_line(line, LINE_CHARS)).into_owned())).collect()
}

impl StreamView {
    fn of(name: &'static str, captured: &Captured) -> StreamView {
        let mut notes = Vec::new();
        if captured.dropped > 0 {
            notes.push(format!("{} of {} bytes were not kept", captured.dropped, captured.bytes));
        }
        if captured.invalid_utf8 {
            notes.push("not UTF-8: � stands for what could not be read".to_owned());
        }
        let kept = cut_middle(&captured.text, LISTING_BYTES);
        let lines: Vec<_> = kept.lines().map(|line| cut_line(line, LINE_CHARS)).collect();
        StreamView { name, notes: notes.join("; "), text: visible(&lines.join("\n")).into_owned() }
    }
}

fn streams(observation: &Observation) -> Vec<StreamView> {
    vec![StreamView::of("stdout", &observation.stdout), StreamView::of("stderr", &observation.stderr)]
}

fn states(observation: &Observation) -> Vec<(&'static str, Vec<String>)> {
    let words = |snapshot: &Snapshot| {
        // What is there beside what the sample was told to use is worth a word only if it had to do with it.
        let asked = |name: &str| observation.journal.iter().any(|entry| entry.resource.starts_with(name));
        let foreign = |is: bool| if is { ", there before" } else { "" };
        let name = |name: &str| one_line(short_resource(name), FIELD_CHARS);
        let shown = snapshot.backups.iter().filter(|backup| !backup.foreign || asked(&backup.name));
        let backups = shown.map(|backup| {
            format!("backup {} is {}{}", name(&backup.name), backup.state, foreign(backup.foreign))
        });
        let shown = snapshot.operations.iter().filter(|it| !it.foreign || asked(&it.name));
        let operations = shown.map(|operation| {
            format!(
                "operation {} is {}{}",
                name(&operation.name),
                operation.state,
                foreign(operation.foreign)
            )
        });
        let mut lines: Vec<String> = backups.chain(operations).collect();
        if lines.is_empty() {
            lines.push("no backup, no operation".to_owned());
        }
        lines
    };
    vec![
        ("before", words(&observation.given)),
        ("at exit", words(&observation.at_exit)),
        ("in the end", words(&observation.settled)),
    ]
}

fn facts(case: &CaseResult, environment: &Environment) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(observation) = &case.observation {
        facts.push(("ended", format!("{} after {}", observation.ended, took(case.wall_ms, case.virtual_ms))));
        for process in &observation.leaked_processes {
            facts.push(("still running", one_line(&process.command, LINE_CHARS)));
        }
    }
    if let Some(alike) = tries::alike(case) {
        facts.push(("tries", alike));
    }
    facts.push(("schedule", one_line(&case.schedule, FIELD_CHARS)));
    if let Some(location) = &case.location {
        facts.push(("code", one_line(&location.to_string(), FIELD_CHARS)));
    }
    if let Some(version) = environment.toolchains.get(&case.id.sample.language) {
        facts.push(("toolchain", one_line(&format!("{} {version}", case.id.sample.language), FIELD_CHARS)));
    }
    facts
}
