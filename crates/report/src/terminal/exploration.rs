//! Explorations on a terminal: how far each went, and the faults that were found, each once.

use rescind_model::{DistinctFault, Exploration, Results, Verdict};

use super::paint::{BOLD, DIM, Paint, of_verdict};
use super::{TerminalOptions, case, draw_not_run, draw_notes, finished, summary_line};
use crate::cause::told;
use crate::exploration::{count_histories, extent, is_told_by_itself};
use crate::grouping::is_detailed;
use crate::text::{FIELD_CHARS, one_line};

/// Draws what was explored: a line for each sample, its faults with the shortest schedule that shows each, and the cases that
/// did not do the same each time.
pub fn render_explorations(results: &Results, options: &TerminalOptions) -> String {
    let paint = Paint { color: options.color };
    let width = options.drawn_width();
    let mut out = String::new();
    for exploration in &results.explorations {
        draw(&mut out, exploration, width, paint);
    }
    out.push_str(&summary_line(results, width, paint));
    draw_not_run(&mut out, results, width, paint);
    draw_notes(&mut out, results, width, paint);
    let detailed = results.cases.iter().filter(|case| is_told_by_itself(results, case) && is_detailed(case));
    for told in told(&detailed.collect::<Vec<_>>()) {
        out.push('\n');
        case::draw(&mut out, &told, width, paint);
    }
    finished(out)
}

fn draw(out: &mut String, exploration: &Exploration, width: usize, paint: Paint) {
    let Exploration { sample, found, .. } = exploration;
    let text = format!("{sample}: {}", extent(exploration));
    let mut wrapped = String::new();
    case::wrap(&mut wrapped, &text, "", "  ", width);
    let name = sample.to_string();
    out.push_str(&wrapped.replacen(&name, &paint.text(BOLD, &name), 1));
    if found.is_empty() {
        let verdict = if exploration.is_complete() { Verdict::Pass } else { Verdict::Undecided };
        out.push_str(&format!("  {}\n", paint.text(of_verdict(verdict), "no fault found")));
    }
    for fault in found {
        draw_fault(out, fault, width, paint);
    }
    out.push('\n');
}

fn draw_fault(out: &mut String, fault: &DistinctFault, width: usize, paint: Paint) {
    let DistinctFault { rule, outcome, message, place, histories, in_words, replay, .. } = fault;
    let rule = paint.text(of_verdict(Verdict::Fail), rule.id());
    out.push_str(&format!("\n  {rule} in the outcome `{outcome}`, {}\n", count_histories(*histories)));
    case::wrap(out, &one_line(message, FIELD_CHARS), "    ", "    ", width);
    if let Some(place) = place {
        case::wrap(out, &format!("at {place}"), "    ", "    ", width);
    }
    case::wrap(out, &format!("when {in_words}"), "    ", "    ", width);
    out.push_str(&format!("    {} {}\n", paint.text(DIM, "replay"), one_line(replay, FIELD_CHARS)));
}
