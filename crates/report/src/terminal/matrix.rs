//! The matrix: one word or sign per case, as wide as the terminal allows.

use std::collections::BTreeSet;

use rescind_model::{CaseResult, Verdict};
use textwrap::core::display_width;

use super::paint::{BOLD, DIM, Paint, of_verdict};
use crate::matrix::{Matrix, sign, word};

/// A table whose cells are cases, either way round.
struct Table<'a> {
    corner: &'a str,
    columns: Vec<&'a str>,
    rows: Vec<(&'a str, Vec<Option<&'a CaseResult>>)>,
}

impl<'a> Table<'a> {
    fn scenarios_down(matrix: &Matrix<'a>) -> Table<'a> {
        let rows = matrix.scenarios.iter().map(|(scenario, _)| {
            (*scenario, matrix.languages.iter().map(|language| matrix.case(language, scenario)).collect())
        });
        Table { corner: matrix.service.name(), columns: matrix.languages.clone(), rows: rows.collect() }
    }

    fn languages_down(matrix: &Matrix<'a>) -> Table<'a> {
        let rows = matrix.languages.iter().map(|language| {
            (*language, matrix.scenarios.iter().map(|(name, _)| matrix.case(language, name)).collect())
        });
        let columns = matrix.scenarios.iter().map(|(name, _)| *name).collect();
        Table { corner: matrix.service.name(), columns, rows: rows.collect() }
    }

    fn label_width(&self) -> usize {
        let labels = self.rows.iter().map(|(label, _)| display_width(label));
        labels.chain([display_width(self.corner)]).max().unwrap_or(0)
    }

    /// The width of each column without its gap.
    fn column_widths(&self, style: Density) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|name| display_width(name)).collect();
        for (_, cases) in &self.rows {
            for (width, case) in widths.iter_mut().zip(cases) {
                *width = case.map_or(0, |case| display_width((style.text)(case.verdict))).max(*width);
            }
        }
        widths
    }

    fn width(&self, style: Density) -> usize {
        let columns = self.column_widths(style).iter().map(|width| style.gap + width).sum::<usize>();
        self.label_width() + columns
    }
}

/// How much room a cell takes.
#[derive(Clone, Copy)]
struct Density {
    /// The cell's text.
    text: fn(Verdict) -> &'static str,
    /// Blanks before each column.
    gap: usize,
}

/// From the most readable to the narrowest.
const DENSITIES: [Density; 4] = [
    Density { text: word, gap: 2 },
    Density { text: word, gap: 1 },
    Density { text: sign, gap: 2 },
    Density { text: sign, gap: 1 },
];

/// Draws the matrix into at most `width` columns, with the legend of what it had to abbreviate.
///
/// Scenarios go down, because there are more of them, unless only the other way round fits or there are more
/// languages. Where words do not fit, signs do; where signs do not fit, the columns continue in a second table.
pub(super) fn draw(out: &mut String, matrix: &Matrix<'_>, width: usize, paint: Paint) {
    let down = Table::scenarios_down(matrix);
    let across = Table::languages_down(matrix);
    let ways =
        if matrix.languages.len() > matrix.scenarios.len() { [&across, &down] } else { [&down, &across] };
    let fitting = DENSITIES.into_iter().find_map(|style| {
        ways.into_iter().find(|table| table.width(style) <= width).map(|table| (table, style))
    });
    let [.., narrowest] = DENSITIES;
    let (table, style) = fitting.unwrap_or((&down, narrowest));
    let label = table.label_width();
    let widths = table.column_widths(style);
    let mut column = 0;
    while column < table.columns.len() {
        let from = column;
        let mut used = label;
        while column < table.columns.len() {
            used += style.gap + widths[column];
            if used > width && column > from {
                break;
            }
            column += 1;
        }
        draw_columns(out, table, from..column, &widths, style, paint);
        out.push('\n');
    }
    legend(out, table, style, paint);
}

fn draw_columns(
    out: &mut String,
    table: &Table<'_>,
    columns: std::ops::Range<usize>,
    widths: &[usize],
    style: Density,
    paint: Paint,
) {
    let label_width = table.label_width();
    let mut header = pad(table.corner, label_width);
    for column in columns.clone() {
        header.push_str(&" ".repeat(style.gap));
        header.push_str(&pad(table.columns[column], widths[column]));
    }
    out.push_str(&paint.text(BOLD, header.trim_end()));
    out.push('\n');
    for (label, cases) in &table.rows {
        let mut line = pad(label, label_width);
        for column in columns.clone() {
            line.push_str(&" ".repeat(style.gap));
            let width = widths[column];
            match cases[column] {
                Some(case) => {
                    let text = (style.text)(case.verdict);
                    line.push_str(&paint.text(of_verdict(case.verdict), text));
                    line.push_str(&" ".repeat(width.saturating_sub(display_width(text))));
                }
                None => line.push_str(&" ".repeat(width)),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn legend(out: &mut String, table: &Table<'_>, style: Density, paint: Paint) {
    let cases = table.rows.iter().flat_map(|(_, cases)| cases.iter().copied().flatten());
    let verdicts: BTreeSet<Verdict> = cases.map(|case| case.verdict).collect();
    let entries: Vec<String> = verdicts
        .into_iter()
        .map(|verdict| (verdict, (style.text)(verdict)))
        .filter(|(verdict, text)| !text.eq_ignore_ascii_case(&verdict.to_string()))
        .map(|(verdict, text)| {
            format!("{} {}", paint.text(of_verdict(verdict), text), paint.text(DIM, &verdict.to_string()))
        })
        .collect();
    if !entries.is_empty() {
        out.push_str(&entries.join("   "));
        out.push_str("\n\n");
    }
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(display_width(text))))
}
