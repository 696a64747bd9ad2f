//! The journal as a compact list.

use rescind_model::{Code, Entry};
use textwrap::core::display_width;

use super::paint::{BOLD, DIM, Paint, of_verdict};
use crate::requests::{FoldedRequest, heading, requests};
use crate::text::{more, one_line};

/// Folded requests that are shown.
const LIMIT: usize = 40;
/// Characters of a name that are shown.
const NAME_CHARS: usize = 60;

/// Draws the requests as a table, or, where the terminal is too narrow for it, with two lines for each.
pub(super) fn draw(out: &mut String, journal: &[Entry], width: usize, paint: Paint) {
    out.push_str(&format!("  {}\n", paint.text(DIM, &heading(journal))));
    let folded = requests(journal);
    let shown = &folded[..folded.len().min(LIMIT)];
    let rows: Vec<Row> = shown.iter().map(Row::of).collect();
    let mut widths = Row::HEADER.map(display_width);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(&row.cells) {
            *width = (*width).max(display_width(cell));
        }
    }
    let full: usize = widths.iter().sum::<usize>() + 2 * (Row::CELLS - 1) + INDENT.len();
    if full <= width && !rows.is_empty() {
        draw_header(out, &widths, paint);
    }
    for row in &rows {
        if full <= width {
            draw_line(out, row, &widths, 0..Row::CELLS, paint);
        } else {
            draw_line(out, row, &widths, 0..Row::TOLD, paint);
            draw_states(out, row, widths[0], paint);
        }
        if let Some(message) = &row.message {
            let indent = " ".repeat(INDENT.len() + widths[0] + 2);
            out.push_str(&format!("{indent}{}\n", paint.text(DIM, message)));
        }
    }
    let left: u32 = folded[shown.len()..].iter().map(FoldedRequest::count).sum();
    if left > 0 {
        out.push_str(&format!("{INDENT}[… {}]\n", more(left as usize, "request")));
    }
}

const INDENT: &str = "    ";

/// One request in cells: number, RPC, resource, reply; decisions, backup, operation.
struct Row {
    cells: [String; Row::CELLS],
    code: Code,
    message: Option<String>,
}

impl Row {
    const CELLS: usize = 7;
    const HEADER: [&'static str; Row::CELLS] =
        ["#", "request", "resource", "reply", "decided", "backup", "operation"];
    /// The cells before this one say what was asked and told, those from it on what was decided and became of it.
    const TOLD: usize = 4;

    fn of(request: &FoldedRequest<'_>) -> Row {
        let name = |text: &str| one_line(text, NAME_CHARS);
        let mut told = request.code.name().to_owned();
        if let Some(state) = &request.shown {
            told = format!("{told} ({state})");
        }
        let mut decided = request.decisions.join(" ");
        if request.fault {
            decided = format!("{decided} (fault)");
        }
        let cells = [
            request.number(),
            name(request.rpc),
            name(request.resource),
            told,
            name(decided.trim_start()),
            request.backup.to_string(),
            request.operation.to_string(),
        ];
        let message = (!request.message.is_empty()).then(|| one_line(request.message, 4 * NAME_CHARS));
        Row { cells, code: request.code, message }
    }
}

fn draw_header(out: &mut String, widths: &[usize; Row::CELLS], paint: Paint) {
    let mut line = INDENT.to_owned();
    for (index, (name, width)) in Row::HEADER.iter().zip(widths).enumerate() {
        let padded = if index == 0 { format!("{name:>width$}") } else { format!("{name:<width$}") };
        line.push_str(&format!("{padded}  "));
    }
    out.push_str(&format!("{}\n", paint.text(DIM, line.trim_end())));
}

fn draw_line(
    out: &mut String,
    row: &Row,
    widths: &[usize; Row::CELLS],
    cells: std::ops::Range<usize>,
    paint: Paint,
) {
    let mut line = INDENT.to_owned();
    for index in cells {
        let (cell, width) = (&row.cells[index], widths[index]);
        let blanks = " ".repeat(width.saturating_sub(display_width(cell)));
        match index {
            0 => line.push_str(&format!("{blanks}{}  ", paint.text(DIM, cell))),
            1 => line.push_str(&format!("{}{blanks}  ", paint.text(BOLD, cell))),
            3 if row.code != Code::Ok => {
                let style = of_verdict(rescind_model::Verdict::Fail);
                line.push_str(&format!("{}{blanks}  ", paint.text(style, cell)));
            }
            _ => line.push_str(&format!("{cell}{blanks}  ")),
        }
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

fn draw_states(out: &mut String, row: &Row, number_width: usize, paint: Paint) {
    let indent = " ".repeat(INDENT.len() + number_width + 2);
    let [.., decided, backup, operation] = &row.cells;
    let decided = if decided.is_empty() { String::new() } else { format!("{decided}; ") };
    let states = format!("{decided}backup {backup}, operation {operation}");
    out.push_str(&format!("{indent}{}\n", paint.text(DIM, &states)));
}
