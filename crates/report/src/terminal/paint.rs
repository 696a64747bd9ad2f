//! Colour, or none.

use anstyle::{AnsiColor, Style};
use rescind_model::Verdict;

/// Puts styles around texts, if colour is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    /// False leaves every text as it is.
    pub color: bool,
}

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const MAGENTA: Style = AnsiColor::Magenta.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

impl Paint {
    /// The text in this style.
    pub fn text(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// A line of a unified diff: what is missing in red, what is new in green.
    pub fn diff_line(self, line: &str) -> String {
        let style = match line.as_bytes().first() {
            _ if line.starts_with("---") || line.starts_with("+++") => BOLD,
            Some(b'-') => RED,
            Some(b'+') => GREEN,
            Some(b'@') => CYAN,
            _ => return line.to_owned(),
        };
        self.text(style, line)
    }
}

/// The style of a verdict. Colour repeats what the word says: it never says it alone.
pub(crate) const fn of_verdict(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => GREEN,
        Verdict::Fail | Verdict::UnexpectedPass => RED.bold(),
        Verdict::KnownFailure => YELLOW,
        Verdict::Unsupported | Verdict::Undecided | Verdict::NotPlayed | Verdict::Skipped => DIM,
        Verdict::SetupError | Verdict::Diverged => MAGENTA.bold(),
        Verdict::Flaky => YELLOW.bold(),
    }
}
