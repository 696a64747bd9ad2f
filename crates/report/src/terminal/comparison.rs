//! A comparison on a terminal: what regressed in full, all else in lists.

use super::case;
use super::paint::{BOLD, DIM, Paint, of_verdict};
use super::{TerminalOptions, draw_notes, finished};
use crate::cause::ToldCase;
use crate::compare::{CaseChange, Comparison, Delta};

/// Draws the comparison; the [headline](Comparison::headline) comes after all cases, where it is seen, and the notes
/// after it. The text holds no control
/// character, as that of [`render`](super::render).
pub fn render_comparison(comparison: &Comparison<'_>, options: &TerminalOptions) -> String {
    let paint = Paint { color: options.color };
    let width = options.drawn_width();
    let mut out = String::new();
    for (delta, told) in comparison.told() {
        if let Some(told) = told {
            draw_regression(&mut out, delta, &told, width, paint);
            out.push('\n');
        }
    }
    finished(out) + &render_changes(comparison, options)
}

/// Draws the lists of the comparison and its headline, and no case in full.
pub fn render_changes(comparison: &Comparison<'_>, options: &TerminalOptions) -> String {
    let paint = Paint { color: options.color };
    let width = options.drawn_width();
    let mut out = String::new();
    for change in CaseChange::ALL {
        let mut deltas = comparison.with(change).peekable();
        if change == CaseChange::Unchanged || deltas.peek().is_none() {
            continue;
        }
        let heading = format!("{change} ({})", comparison.count(change));
        out.push_str(&format!("{}\n", paint.text(BOLD, &heading)));
        for delta in deltas {
            draw_line(&mut out, delta, width, paint);
        }
        out.push('\n');
    }
    let mistakes = comparison.list_mistakes();
    if !mistakes.is_empty() {
        let heading = format!("wrong in the list of known failures ({})", mistakes.len());
        out.push_str(&format!("{}\n", paint.text(BOLD, &heading)));
        for mistake in &mistakes {
            case::wrap(&mut out, mistake, "  ", "    ", width);
        }
        out.push('\n');
    }
    out.push_str(&format!("{}\n", comparison.headline()));
    draw_notes(&mut out, comparison.head, width, paint);
    finished(out)
}

fn draw_line(out: &mut String, delta: &Delta<'_>, width: usize, paint: Paint) {
    let phrases = delta.phrases().join("; ");
    let id = delta.id.to_string();
    let mut text = String::new();
    case::wrap(&mut text, &format!("{id}: {phrases}"), "  ", "    ", width);
    let style = delta.head.map_or(DIM, |case| of_verdict(case.verdict));
    out.push_str(&text.replacen(&id, &paint.text(style, &id), 1));
}

fn draw_regression(out: &mut String, delta: &Delta<'_>, told: &ToldCase<'_>, width: usize, paint: Paint) {
    case::draw(out, told, width, paint);
    if let Some(diff) = delta.output_diff() {
        out.push_str(&format!("  {}\n", paint.text(DIM, "what it prints, base to head")));
        case::draw_diff(out, &diff, paint);
    }
}
