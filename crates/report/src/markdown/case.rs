//! One case: a line, or a block that opens.

use rescind_model::{CaseResult, Finding, Observation, Try};

use super::document::Passage;
use super::escape::{fenced, inline};
use crate::cause::ToldCase;
use crate::terminal::requests_text;
use crate::text::{FIELD_CHARS, capital, cut_line, cut_middle, one_line, plural, tail, took};
use crate::tries;

/// Bytes of a diff or of the list of requests that are kept.
const LISTING_BYTES: usize = 8 * 1024;
/// Lines of a stream that are kept, from its end.
const STREAM_LINES: usize = 20;
/// Characters of a line of a stream that are kept.
const LINE_CHARS: usize = 300;
/// Findings that are shown.
const FINDINGS: usize = 20;
/// Columns of the list of requests: what fits into a comment without a scroll bar.
const WIDTH: usize = 100;

/// The case, with a note on what changed where there is a base, and the diff of its output against that of the base.
pub(super) fn block(told: &ToldCase<'_>, note: Option<&str>, output_diff: Option<&str>) -> Passage {
    let ToldCase { case, besides } = told;
    let mut rules: Vec<&str> = case.findings.iter().map(|finding| finding.rule.id()).collect();
    rules.dedup();
    let rules = rules.join(", ");
    let colon = if rules.is_empty() { "" } else { ": " };
    let brief = format!("- **{}** `{}`{colon}{rules}\n", case.verdict, case.id);
    // The line of the summary is HTML, not Markdown: it holds ids only, which need no escapes.
    let mut full = format!(
        "\n<details><summary><b>{}</b> <code>{}</code>{colon}{rules}</summary>\n\n{}\n",
        case.verdict,
        case.id,
        inline(&case.title),
    );
    if let Some(note) = note {
        full.push_str(&format!("\n{}\n", inline(note)));
    }
    if let Some(reason) = &case.reason {
        full.push_str(&format!("\n{}\n", inline(reason)));
    }
    if !case.findings.is_empty() {
        full.push('\n');
    }
    for (finding, besides) in case.findings.iter().zip(besides).take(FINDINGS) {
        push_finding(&mut full, finding, besides.as_deref());
    }
    let left = case.findings.len().saturating_sub(FINDINGS);
    if left > 0 {
        full.push_str(&format!("- {left} more finding{}\n", plural(left)));
    }
    if let Some(diff) = output_diff {
        full.push_str(&format!("\nWhat it prints, base to head:\n\n{}", listing("diff", diff)));
    }
    push_observation(&mut full, case);
    if let Some((number, other)) = tries::differing(case) {
        push_try(&mut full, number, other);
    }
    if let Some(location) = &case.location {
        full.push_str(&format!("\nThe code: {}\n", inline(&format!("`{location}`"))));
    }
    full.push_str(&format!(
        "\nReplay:\n\n{}\n</details>\n",
        fenced("sh", &one_line(&case.replay, FIELD_CHARS))
    ));
    Passage { full, brief }
}

fn push_finding(out: &mut String, finding: &Finding, besides: Option<&str>) {
    let besides = besides.map(|besides| format!("<br>{}", inline(besides))).unwrap_or_default();
    out.push_str(&format!("- **{}**: {}{besides}\n", finding.rule, inline(&finding.message)));
    if let Some(diff) = &finding.diff {
        // Two blanks in, the block belongs to the item of the list.
        for line in listing("diff", diff).lines() {
            out.push_str(&format!("  {line}\n"));
        }
    }
}

fn push_observation(out: &mut String, case: &CaseResult) {
    let Some(observation) = &case.observation else { return };
    let alike = tries::alike(case).map(|alike| format!("; {alike}")).unwrap_or_default();
    out.push_str(&format!(
        "\nEnded: {} after {}{alike}\n\n",
        observation.ended,
        took(case.wall_ms, case.virtual_ms)
    ));
    push_observed(out, observation, &case.findings);
}

fn push_try(out: &mut String, number: usize, other: &Try) {
    out.push_str(&format!("\n**{}**\n\n", inline(&capital(&tries::heading(number, other)))));
    for finding in other.findings.iter().take(FINDINGS) {
        push_finding(out, finding, None);
    }
    out.push('\n');
    push_observed(out, &other.observation, &other.findings);
}

fn push_observed(out: &mut String, observation: &Observation, findings: &[Finding]) {
    out.push_str(&listing("text", &requests_text(&observation.journal, WIDTH)));
    let has_diff = findings.iter().any(|finding| finding.diff.is_some());
    for (name, stream) in [("stdout", &observation.stdout), ("stderr", &observation.stderr)] {
        let tail = tail(&stream.text, STREAM_LINES, LINE_CHARS);
        if tail.lines.is_empty() || (name == "stdout" && has_diff) {
            continue;
        }
        let cut = if tail.total > tail.lines.len() {
            format!(", the last {} of {} lines", tail.lines.len(), tail.total)
        } else {
            String::new()
        };
        out.push_str(&format!("\n{name}{cut}:\n\n{}", fenced("text", &tail.lines.join("\n"))));
    }
}

fn listing(language: &str, text: &str) -> String {
    let lines: Vec<_> = text.split_terminator('\n').map(|line| cut_line(line, LINE_CHARS)).collect();
    fenced(language, &cut_middle(&lines.join("\n"), LISTING_BYTES))
}
