//! What is found on a page, whatever its format: the titles that stand over its code, the blocks, what is not read.
//!
//! A title is a heading, or the label of a tab, of an admonition, of what is folded in. The readers of the formats tell
//! an [`Outline`] what they meet, in the order of the page; it keeps what is in force.

use std::ops::Range;

use crate::lines::Lines;

/// A block of code on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The titles that the block stands under, the nearest first: headings, labels of tabs, summaries.
    pub headings: Vec<String>,
    /// The language that the block is marked with, in lower case; empty if there is none.
    pub fence: String,
    /// The code, byte for byte as the page has it, line ends and tabs included. Only what belongs to the page around
    /// it is gone: the indentation of the fence, the marks of a quotation.
    pub code: String,
    /// The lines of the code in the page.
    pub lines: Lines,
    /// The bytes of the page that open the block: the fence with its info string.
    pub(super) fence_at: Range<usize>,
    /// The bytes of the nearest title, if there is one.
    pub(super) heading_at: Option<Range<usize>>,
}

/// A title, and whether there is code under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Title {
    pub(super) text: String,
    /// Its bytes in the page.
    pub(super) at: Range<usize>,
    /// The titles that it stands under, the nearest first.
    pub(super) above: Vec<String>,
    /// True if a block stands under it, whatever is in it, or code that is not read.
    pub(super) has_code: bool,
}

/// A part of a page that may hold code and is no block: an inclusion of a file, a fence that the format does not take for
/// one, code in a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// What it is, for a sentence: `the fence in raw HTML`.
    pub(super) what: &'static str,
    /// The language that it is marked with, in lower case; empty if there is none.
    pub(super) fence: String,
    /// The titles that it stands under, the nearest first.
    pub(super) headings: Vec<String>,
    /// Its bytes in the page.
    pub(super) at: Range<usize>,
    /// True if it stands in a comment: nobody reads it there, and it is missed only where it is all that there is.
    pub(super) is_hidden: bool,
}

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) titles: Vec<Title>,
    pub(super) blocks: Vec<Block>,
    pub(super) unread: Vec<Unread>,
}

/// What is in force where a reader is.
#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    /// The page.
    text: &'a str,
    found: Found,
    open: Vec<Open>,
}

#[derive(Debug)]
enum Open {
    /// A heading, in force up to the next one of its level or above it.
    Heading { level: u8, title: usize },
    /// The label of a container, in force up to its end.
    Label { title: usize },
    /// The beginning of a container.
    Container,
}

impl<'a> Outline<'a> {
    pub(super) fn new(text: &'a str) -> Outline<'a> {
        Outline { text, ..Outline::default() }
    }

    /// The page.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// A heading. It ends those of its level and below, within the container that it stands in.
    pub(super) fn heading(&mut self, level: u8, text: &str, at: Range<usize>) {
        while let Some(Open::Heading { level: earlier, .. }) = self.open.last() {
            if *earlier < level {
                break;
            }
            self.open.pop();
        }
        let title = self.title(text, at);
        self.open.push(Open::Heading { level, title });
    }

    /// The beginning of a container.
    pub(super) fn enter(&mut self) {
        self.open.push(Open::Container);
    }

    /// A label of the innermost container.
    pub(super) fn label(&mut self, text: &str, at: Range<usize>) {
        if !text.trim().is_empty() {
            let title = self.title(text, at);
            self.open.push(Open::Label { title });
        }
    }

    /// The end of the innermost container, and of all headings in it.
    pub(super) fn leave(&mut self) {
        if self.open.iter().any(|open| matches!(open, Open::Container)) {
            while let Some(open) = self.open.pop() {
                if matches!(open, Open::Container) {
                    break;
                }
            }
        }
    }

    fn title(&mut self, text: &str, at: Range<usize>) -> usize {
        let above = self.above();
        let at = self.first_line(at);
        self.found.titles.push(Title { text: text.trim().to_owned(), at, above, has_code: false });
        self.found.titles.len() - 1
    }

    /// The titles in force, the nearest last.
    fn in_force(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.open.iter().filter_map(|open| match open {
            Open::Heading { title, .. } | Open::Label { title } => Some(*title),
            Open::Container => None,
        })
    }

    fn above(&self) -> Vec<String> {
        self.in_force().rev().map(|title| self.found.titles[title].text.clone()).collect()
    }

    fn mark(&mut self) {
        for title in self.in_force().collect::<Vec<_>>() {
            self.found.titles[title].has_code = true;
        }
    }

    /// A block, with the bytes of the page that open it, of which the first line is shown.
    pub(super) fn block(&mut self, fence: String, code: String, lines: Lines, fence_at: Range<usize>) {
        self.mark();
        let headings = self.above();
        let heading_at = self.in_force().next_back().map(|title| self.found.titles[title].at.clone());
        let fence_at = self.first_line(fence_at);
        self.found.blocks.push(Block { headings, fence, code, lines, fence_at, heading_at });
    }

    /// What may hold code and is no block.
    pub(super) fn unread(&mut self, what: &'static str, fence: &str, at: Range<usize>) {
        self.mark();
        self.miss(what, fence, at, false);
    }

    /// Code in a comment.
    pub(super) fn hidden(&mut self, fence: &str, at: Range<usize>) {
        self.miss("the code in a comment", fence, at, true);
    }

    fn miss(&mut self, what: &'static str, fence: &str, at: Range<usize>, is_hidden: bool) {
        let (headings, at, fence) = (self.above(), self.first_line(at), fence.to_lowercase());
        self.found.unread.push(Unread { what, fence, headings, at, is_hidden });
    }

    /// The line of a byte of the page, from 1.
    pub(super) fn line(&self, at: usize) -> u32 {
        Lines::of(self.text.as_bytes().get(..at).unwrap_or_default(), b"").first
    }

    /// The first line of a part of the page, without its end.
    fn first_line(&self, part: Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(part.start.min(self.text.len()));
        let end = self.text.ceil_char_boundary(part.end.clamp(start, self.text.len()));
        let line = self.text[start..end].lines().next().unwrap_or_default().trim_end();
        start..start + line.len()
    }

    /// All that was found.
    pub(super) fn end(self) -> Found {
        self.found
    }
}

#[cfg(test)]
impl Found {
    /// The titles, the language, the code and the lines of each block.
    pub(super) fn told(self) -> Vec<[String; 4]> {
        let told =
            |block: Block| [block.headings.join(" < "), block.fence, block.code, block.lines.to_string()];
        self.blocks.into_iter().map(told).collect()
    }
}
