//! One case in full: what is wrong, how the output differs, what was asked of the service, how to run it again.

use rescind_model::{CaseResult, Finding, Observation, Try};
use textwrap::core::display_width;

use super::paint::{BOLD, DIM, Paint, of_verdict};
use super::requests;
use crate::cause::ToldCase;
use crate::text::{FIELD_CHARS, more, one_line, paragraph, tail, took};
use crate::tries;

/// Lines of a diff that are shown.
const DIFF_LINES: usize = 60;
/// Lines of a stream that are shown, from its end.
const STREAM_LINES: usize = 12;
/// Characters of a line that are shown.
const LINE_CHARS: usize = 400;
/// Lines of a reason, a title or a notice that are shown.
const WRAPPED_LINES: usize = 30;
/// Under a heading.
const INDENT: &str = "    ";

pub(super) fn draw(out: &mut String, told: &ToldCase<'_>, width: usize, paint: Paint) {
    let ToldCase { case, besides } = told;
    heading(out, case, width, paint);
    wrap(out, &case.title, "  ", "  ", width);
    if let Some(location) = &case.location {
        let place = one_line(&location.to_string(), LINE_CHARS);
        out.push_str(&format!("  {}\n", paint.text(DIM, &place)));
    }
    out.push('\n');
    if let Some(reason) = &case.reason {
        wrap(out, reason, "  ", "  ", width);
        out.push('\n');
    }
    for (finding, besides) in case.findings.iter().zip(besides) {
        draw_finding(out, finding, besides.as_deref(), width, paint);
    }
    if !case.findings.is_empty() {
        out.push('\n');
    }
    if let Some(observation) = &case.observation {
        draw_observation(out, case, observation, width, paint);
    }
    if let Some((number, other)) = tries::differing(case) {
        draw_try(out, number, other, width, paint);
    }
    field(out, "schedule", &one_line(&case.schedule, FIELD_CHARS), paint);
    field(out, "replay", &one_line(&case.replay, FIELD_CHARS), paint);
}

/// The try that makes a case flaky: what is another way than in the first.
fn draw_try(out: &mut String, number: usize, other: &Try, width: usize, paint: Paint) {
    out.push_str(&format!("\n  {}\n", paint.text(BOLD, &tries::heading(number, other))));
    for finding in &other.findings {
        draw_finding(out, finding, None, width, paint);
    }
    requests::draw(out, &other.observation.journal, width, paint);
    stream(out, "stdout", &other.observation.stdout, paint);
    stream(out, "stderr", &other.observation.stderr, paint);
    out.push('\n');
}

/// `── fail spanner/go/cancel-wins ──────`
fn heading(out: &mut String, case: &CaseResult, width: usize, paint: Paint) {
    let (verdict, id) = (case.verdict.to_string(), case.id.to_string());
    let used = display_width(&verdict) + display_width(&id) + "──   ".chars().count();
    let rule = "─".repeat(width.saturating_sub(used));
    let (verdict, id) = (paint.text(of_verdict(case.verdict), &verdict), paint.text(BOLD, &id));
    out.push_str(&format!("{} {verdict} {id} {}\n", paint.text(DIM, "──"), paint.text(DIM, &rule)));
}

fn draw_finding(out: &mut String, finding: &Finding, besides: Option<&str>, width: usize, paint: Paint) {
    let rule = finding.rule.id();
    let mut text = String::new();
    wrap(&mut text, &format!("{rule}: {}", finding.message), "  ", INDENT, width);
    // The rule's id is at the start of the first line, which is never broken inside a word that fits.
    out.push_str(&text.replacen(rule, &paint.text(BOLD, rule), 1));
    if let Some(besides) = besides {
        wrap(out, besides, INDENT, INDENT, width);
    }
    if let Some(diff) = &finding.diff {
        draw_diff(out, diff, paint);
    }
}

/// Appends a unified diff, cut where it is long.
pub(super) fn draw_diff(out: &mut String, diff: &str, paint: Paint) {
    let total = diff.split_terminator('\n').count();
    for line in diff.split_terminator('\n').take(DIFF_LINES) {
        let line = one_line(line, LINE_CHARS);
        out.push_str(&format!("{INDENT}{}\n", paint.diff_line(&line)));
    }
    if total > DIFF_LINES {
        out.push_str(&format!("{INDENT}[… {}]\n", more(total - DIFF_LINES, "line")));
    }
}

fn draw_observation(
    out: &mut String,
    case: &CaseResult,
    observation: &Observation,
    width: usize,
    paint: Paint,
) {
    requests::draw(out, &observation.journal, width, paint);
    // A diff shows standard output already.
    if case.findings.iter().all(|finding| finding.diff.is_none()) {
        stream(out, "stdout", &observation.stdout, paint);
    }
    stream(out, "stderr", &observation.stderr, paint);
    for process in &observation.leaked_processes {
        let command = one_line(&process.command, LINE_CHARS);
        field(out, "process", &format!("{command} (still running)"), paint);
    }
    let alike = tries::alike(case).map(|alike| format!("; {alike}")).unwrap_or_default();
    let ended = format!("{} after {}{alike}", observation.ended, took(case.wall_ms, case.virtual_ms));
    field(out, "ended", &ended, paint);
}

fn stream(out: &mut String, name: &str, captured: &rescind_model::Captured, paint: Paint) {
    let shown = tail(&captured.text, STREAM_LINES, LINE_CHARS);
    if shown.lines.is_empty() && captured.dropped == 0 {
        return;
    }
    let mut notes = Vec::new();
    if shown.total > shown.lines.len() {
        notes.push(format!("the last {} of {} lines", shown.lines.len(), shown.total));
    }
    if captured.dropped > 0 {
        notes.push(format!("{} of {} bytes were not kept", captured.dropped, captured.bytes));
    }
    if captured.invalid_utf8 {
        notes.push("not UTF-8".to_owned());
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
    out.push_str(&format!("  {}\n", paint.text(DIM, &format!("{name}{notes}"))));
    for line in &shown.lines {
        out.push_str(&format!("{INDENT}{line}\n"));
    }
}

fn field(out: &mut String, name: &str, value: &str, paint: Paint) {
    out.push_str(&format!("  {} {value}\n", paint.text(DIM, &format!("{name:<8}"))));
}

/// Appends a text, made safe and wrapped between words.
pub(super) fn wrap(out: &mut String, text: &str, first: &str, rest: &str, width: usize) {
    let options = textwrap::Options::new(width.max(display_width(rest) + 20))
        .subsequent_indent(rest)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    for (index, line) in paragraph(text, WRAPPED_LINES, FIELD_CHARS).iter().enumerate() {
        let line = line.replace('\t', "    ");
        let indent = if index == 0 { first } else { rest };
        for line in textwrap::wrap(&line, options.clone().initial_indent(indent)) {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
}
