//! Mistakes in files, shown as a compiler shows them.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

/// One mistake in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, relative to the root that was loaded.
    pub file: PathBuf,
    /// Where in the file; none if the mistake is the file itself (it is missing, say).
    pub place: Option<Place>,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// What would be right, where the message does not say it.
    pub help: Option<String>,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The bytes of the file that are wrong. Empty where something is missing.
    pub span: Range<usize>,
    text: Arc<str>,
}

impl Place {
    /// The place of these bytes. What is within a character or beyond the last line is moved into the text.
    pub(crate) fn new(text: &Arc<str>, span: Range<usize>) -> Place {
        let last =
            text.strip_suffix('\n').map_or(&**text, |text| text.strip_suffix('\r').unwrap_or(text)).len();
        let start = text.floor_char_boundary(span.start).min(last);
        let end = text.ceil_char_boundary(span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        Place {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            span: start..end,
            text: Arc::clone(text),
        }
    }

    /// The part of the span that a caret can underline: what lies on its first line.
    fn on_one_line(&self) -> Range<usize> {
        let rest = &self.text[self.span.start..];
        let line = rest.lines().next().unwrap_or_default().len();
        self.span.start..self.span.end.min(self.span.start + line)
    }
}

impl fmt::Display for Diagnostic {
    /// As a compiler shows it, in plain text: the message, `file:line:col`, the line, a caret under the mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.to_string_lossy();
        let mut group =
            Level::ERROR.primary_title(self.message.as_str()).elements(std::iter::empty::<Origin<'_>>());
        group = match &self.place {
            Some(place) => group.element(
                Snippet::source(&*place.text)
                    .path(file)
                    .annotation(AnnotationKind::Primary.span(place.on_one_line())),
            ),
            None => group.element(Origin::path(file)),
        };
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        f.write_str(&Renderer::plain().render(&[group]))
    }
}

/// Every mistake that was found, in the order of files and lines. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// The mistakes, if there are any.
    pub(crate) fn of(mut found: Vec<Diagnostic>) -> Result<(), Diagnostics> {
        if found.is_empty() {
            return Ok(());
        }
        let at = |diagnostic: &Diagnostic| diagnostic.place.as_ref().map_or(0, |place| place.span.start);
        found.sort_by(|a, b| a.file.cmp(&b.file).then_with(|| at(a).cmp(&at(b))));
        Err(Diagnostics(found))
    }

    /// A single mistake.
    pub(crate) fn one(diagnostic: Diagnostic) -> Diagnostics {
        Diagnostics(vec![diagnostic])
    }

    /// These mistakes and others, those that both have once.
    #[must_use]
    pub fn and(mut self, others: Diagnostics) -> Diagnostics {
        for other in others.0 {
            if !self.0.contains(&other) {
                self.0.push(other);
            }
        }
        self
    }

    /// The mistakes, one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n\n" };
            write!(f, "{gap}{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Diagnostics {
        Diagnostics(vec![diagnostic])
    }
}

/// Collects the mistakes of one file.
pub(crate) struct Log<'a> {
    file: &'a Path,
    text: Arc<str>,
    found: &'a mut Vec<Diagnostic>,
}

impl<'a> Log<'a> {
    /// A log for a file with this text.
    pub(crate) fn new(file: &'a Path, text: Arc<str>, found: &'a mut Vec<Diagnostic>) -> Log<'a> {
        Log { file, text, found }
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The place of these bytes of the file.
    pub(crate) fn place(&self, span: Range<usize>) -> Place {
        Place::new(&self.text, span)
    }

    /// `FILE:LINE` of these bytes of the file, for messages.
    pub(crate) fn position(&self, span: Range<usize>) -> String {
        format!("{}:{}", self.file.display(), self.place(span).line)
    }

    /// Notes a mistake at these bytes of the file.
    pub(crate) fn at(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.note(span, message.into(), None);
    }

    /// Notes a mistake at these bytes of the file, and what would be right.
    pub(crate) fn note(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        let place = Some(Place::new(&self.text, span));
        self.found.push(Diagnostic { file: self.file.to_owned(), place, message, help });
    }
}

/// A mistake that is a file or a folder itself.
pub(crate) fn whole_file(file: &Path, message: impl Into<String>) -> Diagnostic {
    Diagnostic { file: file.to_owned(), place: None, message: message.into(), help: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, span: Range<usize>) -> String {
        let place = Some(Place::new(&Arc::from(text), span));
        let message = "wrong".to_owned();
        Diagnostic { file: "a.yaml".into(), place, message, help: None }.to_string()
    }

    #[test]
    fn the_line_is_shown_with_a_caret_whatever_stands_before_it() {
        insta::assert_snapshot!(shown("a: 1\n\té: wörld\n", 10..16), @"
        error: wrong
         --> a.yaml:2:5
          |
        2 |     é: wörld
          |        ^^^^^
        ");
    }

    #[test]
    fn a_span_over_several_lines_is_underlined_on_its_first() {
        insta::assert_snapshot!(shown("a: |\n  b\n  c\n", 7..12), @"
        error: wrong
         --> a.yaml:2:3
          |
        2 |   b
          |   ^
        ");
    }

    #[test]
    fn the_end_of_a_file_can_be_pointed_at() {
        insta::assert_snapshot!(shown("a: 1\n", 5..5), @"
        error: wrong
         --> a.yaml:1:5
          |
        1 | a: 1
          |     ^
        ");
        insta::assert_snapshot!(shown("", 0..0), @"
        error: wrong
         --> a.yaml:1:1
          |
        1 |
          | ^
        ");
    }

    #[test]
    fn a_span_beyond_the_text_or_within_a_character_is_moved_into_it() {
        let text: Arc<str> = Arc::from("é");
        assert_eq!(Place::new(&text, 1..1).span, 0..2);
        assert_eq!(Place::new(&text, 7..9).span, 2..2);
        let text: Arc<str> = Arc::from("a\nb\n");
        let end = Place::new(&text, 4..4);
        assert_eq!((end.line, end.column), (2, 2));
        assert_eq!(Place::new(&Arc::from("a\r\n"), 3..3).column, 2);
    }
}
