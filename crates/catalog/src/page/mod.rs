//! Pages: Markdown whose headings name languages and whose fenced blocks hold the code.
//!
//! [`Page::parse`] finds the blocks, by the CommonMark grammar; [`Page::extract`] chooses one for each language, and
//! [`Page::uncovered`] tells what is left.

mod blocks;
mod coverage;
mod extract;
mod names;

use std::path::Path;
use std::sync::Arc;

use crate::ServiceProfile;
use crate::bounded::MostBytes;

pub use blocks::Block;
pub use coverage::Uncovered;
pub use extract::{Extraction, PageError, WantedSample};
pub use names::{canonical_language, same_language};

/// A page that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The page's name in messages, mostly its path.
    pub name: String,
    /// Its headings, in order, without the marks of Markdown.
    pub headings: Vec<String>,
    /// Its fenced blocks, in order.
    pub blocks: Vec<Block>,
    /// The page itself.
    text: Arc<str>,
}

impl Page {
    /// Reads a page from a file.
    ///
    /// # Errors
    /// A file that cannot be read or that is not UTF-8.
    pub fn read(path: &Path) -> Result<Page, PageError> {
        let page = path.display().to_string();
        match MostBytes::PAGE.read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Page::parse(page, &text)),
                Err(error) => {
                    let at = error.utf8_error().valid_up_to();
                    let line = crate::Lines::of(&error.as_bytes()[..at], b"").first;
                    Err(PageError::NotUtf8 { page, line })
                }
            },
            Err(error) => Err(PageError::Unreadable { page, error }),
        }
    }

    /// Finds the headings and the fenced blocks of a page.
    pub fn parse(name: impl Into<String>, text: &str) -> Page {
        // Some editors begin a file with a byte order mark, which would keep its first line from being a heading.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (headings, blocks) = blocks::find(text);
        Page { name: name.into(), headings, blocks, text: text.into() }
    }

    /// True if it names the service anywhere, by its id or by its title, in letters of any case.
    pub fn names(&self, service: &ServiceProfile) -> bool {
        let text = self.text.to_lowercase();
        text.contains(service.id.name()) || text.contains(&service.title.to_lowercase())
    }
}
