//! The formats by name.

use std::fmt;
use std::str::FromStr;

use rescind_model::{Results, suggestion};

use crate::compare::Comparison;
use crate::error::RenderError;
use crate::{github, html, json, junit, markdown, sarif, terminal};

/// A format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text of 100 columns.
    Terminal,
    /// The results themselves.
    Json,
    /// JUnit XML.
    Junit,
    /// Markdown for a comment on a pull request: at most 64 KiB.
    Markdown,
    /// Markdown for the summary of a job: at most 1 MiB.
    Summary,
    /// One self-contained page.
    Html,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
}

/// The text is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format `{text}`{}; a format is one of {}",
    suggestion(text, Format::ALL.iter().map(|format| format.name())), names(&Format::ALL))]
pub struct UnknownFormat {
    /// What was read.
    pub text: String,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 8] = [
        Format::Terminal,
        Format::Json,
        Format::Junit,
        Format::Markdown,
        Format::Summary,
        Format::Html,
        Format::Sarif,
        Format::Github,
    ];

    /// The name in options.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Terminal => "terminal",
            Format::Json => "json",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
            Format::Summary => "summary",
            Format::Html => "html",
            Format::Sarif => "sarif",
            Format::Github => "github",
        }
    }

    /// True if comparisons can be written in this format.
    pub const fn has_comparisons(self) -> bool {
        !matches!(self, Format::Json)
    }

    /// Writes the results in this format, as it suits a file.
    ///
    /// # Errors
    /// Only those of the libraries that write JSON, XML and HTML.
    pub fn render(self, results: &Results) -> Result<String, RenderError> {
        Ok(match self {
            Format::Terminal => terminal::render(results, &terminal::TerminalOptions::default()),
            Format::Json => json::render(results)?,
            Format::Junit => junit::render(results)?,
            Format::Markdown => markdown::render(results, markdown::Size::Comment),
            Format::Summary => markdown::render(results, markdown::Size::Summary),
            Format::Html => html::render(results)?,
            Format::Sarif => sarif::render(results)?,
            Format::Github => github::render(results),
        })
    }

    /// Writes the comparison in this format, as it suits a file.
    ///
    /// # Errors
    /// As [`render`](Self::render), and for a format without [a form for comparisons](Self::has_comparisons).
    pub fn render_comparison(self, comparison: &Comparison<'_>) -> Result<String, RenderError> {
        Ok(match self {
            Format::Terminal => {
                terminal::render_comparison(comparison, &terminal::TerminalOptions::default())
            }
            Format::Junit => junit::render_comparison(comparison)?,
            Format::Markdown => markdown::render_comparison(comparison, markdown::Size::Comment),
            Format::Summary => markdown::render_comparison(comparison, markdown::Size::Summary),
            Format::Sarif => sarif::render_comparison(comparison)?,
            Format::Github => github::render_comparison(comparison),
            Format::Html => html::render_comparison(comparison)?,
            Format::Json => return Err(no_comparison(self)),
        })
    }
}

fn names(formats: &[Format]) -> String {
    formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
}

fn no_comparison(format: Format) -> RenderError {
    let formats: Vec<Format> = Format::ALL.into_iter().filter(|format| format.has_comparisons()).collect();
    RenderError::NoComparison { format: format.name(), comparable: names(&formats) }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Format::ALL.into_iter().find(|format| format.name() == text);
        found.ok_or_else(|| UnknownFormat { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        insta::assert_snapshot!("junitt".parse::<Format>().unwrap_err(), @"unknown format `junitt` (did you mean `junit`?); a format is one of terminal, json, junit, markdown, summary, html, sarif, github");
        insta::assert_snapshot!(no_comparison(Format::Json), @"a comparison cannot be written as json; it can be as terminal, junit, markdown, summary, html, sarif, github");
    }
}
