//! Pages: documents in which titles name languages and blocks hold the code.
//!
//! [`Page::read`] finds the blocks, by the grammar of the page's format; [`Page::extract`] chooses the code of each language,
//! and [`Page::uncovered`] tells what is left.
//!
//! The readers (`markdown.rs`, `mdx.rs`, `html.rs`, `rst.rs`, `asciidoc.rs`) tell an `Outline` what they meet;
//! `flavour` is what sites add to Markdown, `info.rs` reads info strings, `session.rs` tells commands from what they print.

mod asciidoc;
mod coverage;
mod error;
mod extract;
mod fence;
mod flavour;
mod html;
mod info;
mod markdown;
mod mdx;
mod names;
mod outline;
mod rst;
mod session;

use std::path::Path;
use std::sync::Arc;

use crate::ServiceProfile;
use crate::bounded::MostBytes;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

pub use coverage::Uncovered;
pub use error::PageError;
pub use extract::{Extraction, WantedSample};
pub use names::{canonical_language, same_language};
pub use outline::Block;
use outline::{Found, Title, Unread};

/// A page that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The page's name in messages, mostly its path.
    pub name: String,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
    /// Its titles, in order: headings, labels of tabs, of what is folded in.
    titles: Vec<Title>,
    /// What may hold code and is no block.
    unread: Vec<Unread>,
    /// The page itself.
    text: Arc<str>,
}

impl Page {
    /// Reads a page from a file, whose name tells the format.
    ///
    /// # Errors
    /// A file that cannot be read, that is not UTF-8, or that does not hold to its format.
    pub fn read(path: &Path) -> Result<Page, PageError> {
        let page = path.display().to_string();
        match MostBytes::PAGE.read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Page::parse(page, &text),
                Err(error) => {
                    let at = error.utf8_error().valid_up_to();
                    let line = crate::Lines::of(&error.as_bytes()[..at], b"").first;
                    Err(PageError::NotUtf8 { page, line })
                }
            },
            Err(error) => Err(PageError::Unreadable { page, error }),
        }
    }

    /// Finds the titles and the blocks of a page, whose name tells the format: Markdown, if it ends otherwise than those of
    /// other formats do.
    ///
    /// # Errors
    /// A page of MDX that is none.
    pub fn parse(name: impl Into<String>, text: &str) -> Result<Page, PageError> {
        let name = name.into();
        // Some editors begin a file with a byte order mark, which would keep its first line from being a heading.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let found = match PageFormat::of(&name) {
            Some(PageFormat::Html) => html::find(text),
            Some(PageFormat::Rst) => rst::find(text),
            Some(PageFormat::AsciiDoc) => asciidoc::find(text),
            Some(PageFormat::Mdx) => {
                mdx::find(text).map_err(|(message, at)| not_mdx(&name, text, message, at))?
            }
            // Docusaurus takes its pages of Markdown for MDX; others have tags that look like JSX and are not.
            _ if mdx::looks_like(text) => mdx::find(text).unwrap_or_else(|_| markdown::find(text)),
            _ => markdown::find(text),
        };
        let Found { titles, blocks, unread } = found;
        Ok(Page { name, blocks, titles, unread, text: text.into() })
    }

    /// The titles, in order: headings, labels of tabs, of what is folded in.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        self.titles.iter().map(|title| title.text.as_str())
    }

    /// True if it names the service anywhere, by its id or by its title, in letters of any case.
    pub fn names(&self, service: &ServiceProfile) -> bool {
        let text = self.text.to_lowercase();
        text.contains(service.id.name()) || text.contains(&service.title.to_lowercase())
    }
}

/// A format of pages, as the name of a file tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageFormat {
    Html,
    Rst,
    AsciiDoc,
    Mdx,
    Markdown,
}

impl PageFormat {
    /// The format of a file of this name; none where the name tells no format.
    pub(crate) fn of(name: &str) -> Option<PageFormat> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_lowercase().as_str() {
            "html" | "htm" | "xhtml" => Some(PageFormat::Html),
            "rst" | "rest" => Some(PageFormat::Rst),
            "adoc" | "asciidoc" | "asc" => Some(PageFormat::AsciiDoc),
            "mdx" => Some(PageFormat::Mdx),
            "md" | "markdown" => Some(PageFormat::Markdown),
            _ => None,
        }
    }
}

fn not_mdx(name: &str, text: &str, message: String, at: usize) -> PageError {
    let message = format!("this is no MDX: {message}");
    let place = Some(Place::new(&Arc::from(text), at..at));
    PageError::Malformed(Diagnostics::one(Diagnostic { file: name.into(), place, message, help: None }))
}
