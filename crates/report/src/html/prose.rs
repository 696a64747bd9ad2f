//! Text of several lines, in which what stood between backticks is marked.

use crate::text::{one_line, paragraph};

/// Characters of a line that are kept.
pub const LINE_CHARS: usize = 4_000;
/// Lines of a reason or a notice that are kept.
const LINES: usize = 100;

/// A line of prose in parts; those that are true stood between backticks.
pub type Prose = Vec<(bool, String)>;

/// A line of at most this many characters, made safe.
pub fn prose(line: &str) -> Prose {
    let line = one_line(line, LINE_CHARS);
    let parts: Vec<&str> = line.split('`').collect();
    // A backtick without a partner is nothing but a backtick.
    if parts.len().is_multiple_of(2) {
        return vec![(false, line)];
    }
    let parts = parts.iter().enumerate().map(|(index, part)| (index % 2 == 1, (*part).to_owned()));
    parts.filter(|(_, part)| !part.is_empty()).collect()
}

/// The lines of a reason or a notice.
pub fn lines(text: &str) -> Vec<Prose> {
    paragraph(text, LINES, LINE_CHARS).iter().map(|line| prose(line)).collect()
}
