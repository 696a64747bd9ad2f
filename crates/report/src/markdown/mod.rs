//! Markdown for GitHub: a comment on a pull request, or the summary of a job.
//!
//! Both have a limit beyond which GitHub refuses them whole. The text is cut by construction: each block is taken only
//! if there is room for it, and what was left out is counted.

mod case;
mod comparison;
mod document;
mod escape;
mod exploration;

use rescind_model::{CaseResult, Results, Verdict};

pub use self::comparison::render_comparison;
use self::document::{Document, Passage};
use self::escape::inline;
use crate::cause::told;
use crate::exploration::is_told_by_itself;
use crate::grouping::{headline, is_detailed, not_run};
use crate::matrix::Matrix;
use crate::text::{FIELD_CHARS, paragraph, plural};

/// Lines of a reason that are shown.
const REASON_LINES: usize = 10;

/// How much of a source the first line of a text holds, in characters.
const MARKED: usize = 200;

/// The first line of every text: by it, the comment of an earlier run about the same code is found and replaced.
pub fn marker(source: &str) -> String {
    if source == "bundled" {
        return "<!-- rescind -->".to_owned();
    }
    let is_plain = |it: char| it.is_ascii_alphanumeric() || " ._/=,#*-".contains(it);
    let source: String = source.chars().take(MARKED).map(|it| if is_plain(it) { it } else { '?' }).collect();
    format!("<!-- rescind: {} -->", source.replace("--", "-?"))
}

/// Where the text goes, and so how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A comment: 64 KiB.
    Comment,
    /// The summary of a job: 1 MiB.
    Summary,
}

impl Size {
    /// The limit in bytes.
    pub const fn bytes(self) -> usize {
        match self {
            Size::Comment => 64 * 1024,
            Size::Summary => 1024 * 1024,
        }
    }
}

/// Renders the results, at most as long as the size allows.
pub fn render(results: &Results, size: Size) -> String {
    let mut document = Document::new(size.bytes());
    let interrupted = if results.interrupted { "\n**The run was interrupted.**\n" } else { "" };
    document.push(&format!(
        "{}\n## rescind: {}\n{interrupted}\n{}\n",
        marker(&results.environment.source),
        headline(results),
        results.summary()
    ));
    if results.explorations.is_empty() {
        push_matrices(&mut document, results);
    }
    for explored in &results.explorations {
        document.push(&exploration::heading(explored));
        let faults: Vec<Passage> = explored.found.iter().map(exploration::fault).collect();
        document.push_blocks(&faults, "fault");
    }
    push_not_run(&mut document, results);
    let is_told = |case: &&CaseResult| is_detailed(case) && is_told_by_itself(results, case);
    let detailed: Vec<&CaseResult> = results.cases.iter().filter(is_told).collect();
    let blocks: Vec<Passage> = told(&detailed).iter().map(|told| case::block(told, None, None)).collect();
    if !blocks.is_empty() {
        document.push("\n### Not as expected\n");
    }
    document.push_blocks(&blocks, "case");
    document.finish(&footer(results))
}

fn push_matrices(document: &mut Document, results: &Results) {
    let matrices = Matrix::all(results);
    // At least half of the text is for the cases.
    let share = document.room() / 2 / matrices.len().max(1);
    for matrix in &matrices {
        let mut head = format!("\n| {} |", matrix.service);
        let mut rule = "| :--- |".to_owned();
        for language in &matrix.languages {
            head.push_str(&format!(" {language} |"));
            rule.push_str(" :---: |");
        }
        let mut rows = vec![format!("{head}\n{rule}\n")];
        for (scenario, _) in &matrix.scenarios {
            let mut row = format!("| {scenario} |");
            for language in &matrix.languages {
                let cell = matrix.case(language, scenario).map(|case| cell(case.verdict));
                row.push_str(&format!(" {} |", cell.unwrap_or_default()));
            }
            rows.push(format!("{row}\n"));
        }
        document.push_lines(&rows, share, "row");
    }
}

/// A sign for what is looked for, a word for what is not pass or fail.
fn cell(verdict: Verdict) -> String {
    match verdict {
        Verdict::Pass => "✅".to_owned(),
        Verdict::Fail => "❌ fail".to_owned(),
        Verdict::UnexpectedPass | Verdict::Flaky | Verdict::SetupError | Verdict::Diverged => {
            format!("⚠️ {verdict}")
        }
        Verdict::KnownFailure
        | Verdict::Unsupported
        | Verdict::Undecided
        | Verdict::NotPlayed
        | Verdict::Skipped => verdict.to_string(),
    }
}

fn push_not_run(document: &mut Document, results: &Results) {
    let mut lines: Vec<String> = not_run(results)
        .iter()
        .map(|group| {
            let count = format!("{} case{}", group.cases, plural(group.cases));
            let reason = paragraph(group.reason, REASON_LINES, FIELD_CHARS)
                .iter()
                .map(|line| inline(line))
                .collect::<Vec<_>>()
                .join("<br>");
            format!("- **{}** `{}` ({count}): {reason}\n", group.verdict, group.sample)
        })
        .collect();
    lines.extend(results.stale().map(|entry| format!("- **stale entry** {}\n", inline(&entry.to_string()))));
    lines.extend(notes(results));
    if !lines.is_empty() && document.push("\n### Notes\n\n") {
        document.push_lines(&lines, document.room() / 4, "note");
    }
}

/// What the results say besides the cases, a line each.
fn notes(results: &Results) -> impl Iterator<Item = String> {
    results.notes().map(|note| format!("- {}\n", inline(&note)))
}

/// Where and with what. It has to fit into what a document keeps in reserve.
fn footer(results: &Results) -> String {
    let environment = &results.environment;
    let mut parts = vec![
        format!("rescind {}", environment.rescind),
        environment.platform.clone(),
        format!("emulator: {}", environment.emulator),
        format!("clock: {}", environment.clock),
        format!("source: {}", environment.source),
    ];
    parts.extend(environment.toolchains.iter().take(20).map(|(name, version)| format!("{name} {version}")));
    let parts: Vec<String> = parts.iter().map(|part| inline(&crate::text::cut_line(part, 80))).collect();
    format!("\n<sub>{}</sub>\n", parts.join(" · "))
}
