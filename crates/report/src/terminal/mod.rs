//! The report on a terminal: the matrix, then every case that is not as expected, in full.

mod case;
mod comparison;
mod exploration;
mod help;
mod matrix;
pub(crate) mod paint;
mod requests;

pub use self::comparison::{render_changes, render_comparison};
pub use self::exploration::render_explorations;
pub use self::help::{render_rule, render_rules};

use rescind_model::{CaseResult, Entry, Results, Verdict};
use textwrap::core::display_width;

use self::paint::{BOLD, DIM, Paint, of_verdict};
use crate::cause::{ToldCase, told};
use crate::grouping::{is_detailed, not_run};
use crate::log_command::inert;
use crate::matrix::Matrix;
use crate::text::{FIELD_CHARS, one_line, plural};

/// How the terminal is.
#[derive(Clone, Copy, Debug)]
pub struct TerminalOptions {
    /// Its width in columns. Texts are wrapped and tables drawn to it; lines of samples are not.
    pub width: usize,
    /// True for colour: the output is a terminal that has some, and `NO_COLOR` is not set.
    pub color: bool,
}

impl Default for TerminalOptions {
    /// What suits a file or a log.
    fn default() -> TerminalOptions {
        TerminalOptions { width: 100, color: false }
    }
}

impl TerminalOptions {
    /// Tables and texts are not drawn narrower than this,
    const MIN_WIDTH: usize = 40;
    /// nor wider, whatever is said of the terminal: no screen is, and nobody reads such lines.
    const MAX_WIDTH: usize = 1_000;

    /// The width that is drawn to.
    fn drawn_width(&self) -> usize {
        self.width.clamp(Self::MIN_WIDTH, Self::MAX_WIDTH)
    }
}

/// Draws the results. The text ends with a line end and holds no control character but line ends and, with
/// [`TerminalOptions::color`], the sequences of its own colours.
pub fn render(results: &Results, options: &TerminalOptions) -> String {
    let paint = Paint { color: options.color };
    let width = options.drawn_width();
    let mut out = String::new();
    for matrix in Matrix::all(results) {
        matrix::draw(&mut out, &matrix, width, paint);
    }
    let summary = summary_line(results, width, paint);
    out.push_str(&summary);
    draw_not_run(&mut out, results, width, paint);
    draw_stale(&mut out, results, width, paint);
    draw_notes(&mut out, results, width, paint);
    let detailed: Vec<&CaseResult> = results.cases.iter().filter(|case| is_detailed(case)).collect();
    for told in told(&detailed) {
        out.push('\n');
        case::draw(&mut out, &told, width, paint);
    }
    if !detailed.is_empty() {
        // The matrix may have scrolled away.
        out.push_str(&format!("\n{summary}"));
    }
    finished(out)
}

/// Draws every case of the results, as expected or not, with its requests.
pub fn render_in_full(results: &Results, options: &TerminalOptions) -> String {
    let paint = Paint { color: options.color };
    let width = options.drawn_width();
    let mut out = String::new();
    for case in results.cases.iter().filter(|case| case.observation.is_some()) {
        case::draw(&mut out, &ToldCase::alone(case), width, paint);
        out.push('\n');
    }
    out.push_str(&summary_line(results, width, paint));
    draw_not_run(&mut out, results, width, paint);
    draw_notes(&mut out, results, width, paint);
    finished(out)
}

/// The text as it may be printed: wrapped, one of its lines may begin with what no part of it began with.
fn finished(text: String) -> String {
    inert(&text).into_owned()
}

/// The requests of a journal as a table of plain text, for reports that show it in a fixed-width font.
pub(crate) fn requests_text(journal: &[Entry], width: usize) -> String {
    let mut out = String::new();
    requests::draw(&mut out, journal, width, Paint { color: false });
    out
}

/// `38 cases: 30 pass, 8 fail`, in colour; `interrupted` comes first, for it changes what the numbers mean.
fn summary_line(results: &Results, width: usize, paint: Paint) -> String {
    let summary = results.summary();
    let total = results.cases.len();
    let interrupted = if results.interrupted { "interrupted; " } else { "" };
    let head = format!("{interrupted}{total} case{}", plural(total));
    let mut line = paint.text(BOLD, &head);
    let mut used = display_width(&head);
    let verdicts = Verdict::ALL.into_iter().filter(|verdict| summary.count(*verdict) > 0);
    for (index, verdict) in verdicts.enumerate() {
        let count = format!("{} {verdict}", summary.count(verdict));
        let mark = if index == 0 { ":" } else { "," };
        line.push_str(mark);
        used += mark.len() + 1 + display_width(&count);
        if used >= width {
            line.push_str("\n ");
            used = 2 + display_width(&count);
        }
        line.push_str(&format!(" {}", paint.text(of_verdict(verdict), &count)));
    }
    line.push('\n');
    line
}

fn draw_not_run(out: &mut String, results: &Results, width: usize, paint: Paint) {
    for group in not_run(results) {
        let verdict = paint.text(of_verdict(group.verdict), &group.verdict.to_string());
        let count = format!("{} case{}", group.cases, plural(group.cases));
        out.push_str(&format!("\n{verdict} {} ({count})\n", paint.text(BOLD, &group.sample.to_string())));
        case::wrap(out, group.reason, "  ", "  ", width);
        if group.verdict == Verdict::SetupError {
            out.push_str(&format!(
                "  {} {}\n",
                paint.text(DIM, "replay"),
                one_line(group.replay, FIELD_CHARS)
            ));
        }
    }
}

/// The entries of the list of known failures that are wrong, which make the run fail.
fn draw_stale(out: &mut String, results: &Results, width: usize, paint: Paint) {
    for (index, entry) in results.stale().enumerate() {
        if index == 0 {
            out.push('\n');
        }
        let mut text = String::new();
        case::wrap(&mut text, &format!("stale: {entry}"), "", "  ", width);
        out.push_str(&text.replacen("stale:", &paint.text(of_verdict(Verdict::Fail), "stale:"), 1));
    }
}

fn draw_notes(out: &mut String, results: &Results, width: usize, paint: Paint) {
    for (index, note) in results.notes().enumerate() {
        if index == 0 {
            out.push('\n');
        }
        let mut text = String::new();
        case::wrap(&mut text, &format!("note: {note}"), "", "  ", width);
        out.push_str(&text.replacen("note:", &paint.text(BOLD, "note:"), 1));
    }
}
