//! Pages of AsciiDoc: sections, `[source]`, tabs, admonitions.
//!
//! No parser of the format is kept in Rust that reads all of it. What matters here is line by line: titles, attributes
//! above a block, and the delimiters around it.

use std::ops::Range;

use super::fence::opening;
use super::info::{Info, language};
use super::outline::{Found, Outline};
use crate::lines::Lines;

/// All titles and all blocks of a page of AsciiDoc.
pub(super) fn find(text: &str) -> Found {
    let mut reader = Reader::new(text);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        reader.line(line, at..at + line.len());
        at += line.len();
    }
    reader.end()
}

struct Reader<'a> {
    outline: Outline<'a>,
    /// The language of `[source]` that names none.
    default: String,
    /// What the line above says of the block below.
    attributes: Attributes,
    /// The delimiters of what is open.
    open: Vec<Delimited>,
    inside: Option<Verbatim>,
    /// True where a paragraph is read.
    is_paragraph: bool,
}

#[derive(Default)]
struct Attributes {
    /// The language of a block of source; none for any other block.
    source: Option<String>,
    is_tabs: bool,
    is_comment: bool,
    title: Option<(String, Range<usize>)>,
}

/// A block that holds others.
struct Delimited {
    mark: String,
    is_tabs: bool,
    /// True if a tab is open in it.
    has_tab: bool,
}

/// A block whose lines are as they are.
struct Verbatim {
    /// The delimiter that ends it; none for a paragraph.
    ends: Option<String>,
    /// The language of source; none for what is no code.
    source: Option<String>,
    is_comment: bool,
    at: Range<usize>,
    code: String,
    first: usize,
    includes: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Reader<'a> {
        Reader {
            outline: Outline::new(text),
            default: String::new(),
            attributes: Attributes::default(),
            open: Vec::new(),
            inside: None,
            is_paragraph: false,
        }
    }

    fn line(&mut self, line: &str, at: Range<usize>) {
        let text = line.trim_end();
        if let Some(verbatim) = &mut self.inside {
            let is_end = match &verbatim.ends {
                Some(ends) => text == ends,
                None => text.is_empty(),
            };
            if is_end {
                return self.end_verbatim();
            }
            verbatim.includes |= text.starts_with("include::") && text.ends_with(']');
            if verbatim.is_comment
                && let Some(language) = opening(line).or_else(|| source(text, &self.default))
            {
                self.outline.hidden(&language, at);
            } else {
                verbatim.code.push_str(without_callouts(line));
                if without_callouts(line).len() < line.len() {
                    verbatim.code.push_str(&line[text.len()..]);
                }
            }
            return;
        }
        if text.is_empty() {
            self.is_paragraph = false;
        } else if !self.block(text, &at) && !self.between(text, &at) {
            // The text of a paragraph, which `[source]` alone makes one of code.
            if self.attributes.source.is_some() && !self.is_paragraph {
                self.verbatim(None, at.clone(), at.start);
                return self.line(line, at);
            }
            self.is_paragraph = true;
            self.attributes = Attributes::default();
        }
    }

    /// Delimiters; true if the line is one.
    fn block(&mut self, text: &str, at: &Range<usize>) -> bool {
        let mark = text.chars().next().unwrap_or_default();
        let is_run = text.len() >= 4 && text.chars().all(|c| c == mark);
        if let Some(innermost) = self.open.iter().rposition(|it| it.mark == text) {
            for delimited in self.open.drain(innermost..) {
                if delimited.has_tab {
                    self.outline.leave();
                }
                self.outline.leave();
            }
            return true;
        }
        match mark {
            '-' | '.' | '+' if is_run => self.verbatim(Some(text.to_owned()), at.clone(), at.end),
            '/' if is_run => {
                self.attributes.is_comment = true;
                self.verbatim(Some(text.to_owned()), at.clone(), at.end);
            }
            '`' if text.starts_with("```") => {
                let info = Info::read(text.trim_start_matches('`')).language;
                self.attributes.source = Some(if info.is_empty() { self.default.clone() } else { info });
                self.verbatim(
                    Some("`".repeat(text.len() - text.trim_start_matches('`').len())),
                    at.clone(),
                    at.end,
                );
            }
            '=' | '*' | '_' if is_run => self.begin(text, at),
            '-' if text == "--" && self.attributes.source.is_some() => {
                self.verbatim(Some(text.to_owned()), at.clone(), at.end);
            }
            '-' if text == "--" => self.begin(text, at),
            _ => return false,
        }
        true
    }

    /// A block that holds others begins.
    fn begin(&mut self, mark: &str, at: &Range<usize>) {
        let Attributes { is_tabs, title, is_comment, .. } = std::mem::take(&mut self.attributes);
        if is_comment {
            self.attributes.is_comment = true;
            return self.verbatim(Some(mark.to_owned()), at.clone(), at.end);
        }
        self.outline.enter();
        if let Some((title, at)) = title {
            self.outline.label(&title, at);
        }
        self.open.push(Delimited { mark: mark.to_owned(), is_tabs, has_tab: false });
    }

    fn verbatim(&mut self, ends: Option<String>, at: Range<usize>, first: usize) {
        let Attributes { source, is_comment, title, .. } = std::mem::take(&mut self.attributes);
        let listing = ends.as_deref().is_some_and(|ends| ends.starts_with("----"));
        // A listing without attributes is code in a language that is not said.
        let source = source.or_else(|| listing.then(|| self.default.clone()));
        self.outline.enter();
        if let Some((title, at)) = title {
            self.outline.label(&title, at);
        }
        let code = String::new();
        self.inside = Some(Verbatim { ends, source, is_comment, at, code, first, includes: false });
        self.is_paragraph = false;
    }

    fn end_verbatim(&mut self) {
        let Some(Verbatim { source, is_comment, at, code, first, includes, .. }) = self.inside.take() else {
            return;
        };
        match source {
            _ if is_comment => {}
            Some(language) if includes => self.outline.unread("the inclusion of a file", &language, at),
            Some(language) => {
                let first = self.outline.line(first);
                let count = u32::try_from(code.split_inclusive('\n').count()).unwrap_or(u32::MAX);
                let lines = Lines { first, last: first.saturating_add(count).saturating_sub(1) };
                self.outline.block(language, code, lines, at);
            }
            None => {}
        }
        self.outline.leave();
    }

    /// Titles, attributes, tabs; true if the line is one of these.
    fn between(&mut self, text: &str, at: &Range<usize>) -> bool {
        if let Some((level, title)) = heading(text) {
            // A heading ends what was left open.
            self.outline.heading(level, title, at.clone());
            self.attributes = Attributes::default();
        } else if let Some(rest) = text.strip_prefix(":source-language:") {
            self.default = language(rest);
        } else if text.starts_with('[') && text.ends_with(']') {
            self.attribute_line(text);
        } else if let Some(title) = text.strip_prefix('.').filter(|it| !it.starts_with(['.', ' '])) {
            self.attributes.title = Some((title.to_owned(), at.clone()));
        } else if let Some(tab) = self.tab(text) {
            self.outline.enter();
            self.outline.label(&tab, at.clone());
        } else if let Some(included) = text.strip_prefix("include::") {
            let path = included.split('[').next().unwrap_or_default();
            let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
            if !["adoc", "asciidoc", "asc", "txt", ""].contains(&ending) {
                self.outline.unread("the inclusion of a file", ending, at.clone());
            }
        } else {
            // A comment, the mark that joins a block to a list, an attribute of the page.
            return text.starts_with("//") || text == "+" || text.starts_with(':');
        }
        true
    }

    fn attribute_line(&mut self, text: &str) {
        if let Some(source) = source(text, &self.default) {
            self.attributes.source = Some(source);
        }
        let first = text[1..text.len() - 1].split([',', '%', '#', '.']).next().unwrap_or_default();
        self.attributes.is_tabs |= first == "tabs";
        self.attributes.is_comment |= first == "comment";
    }

    /// The label of a tab, where one begins: `Node.js::` in a block of tabs.
    fn tab(&mut self, text: &str) -> Option<String> {
        let label = text.strip_suffix("::")?;
        let delimited = self.open.last_mut().filter(|it| it.is_tabs)?;
        if std::mem::replace(&mut delimited.has_tab, true) {
            self.outline.leave();
        }
        Some(label.to_owned())
    }

    fn end(mut self) -> Found {
        let is_paragraph = self.inside.as_ref().is_some_and(|it| it.ends.is_none());
        if is_paragraph {
            self.end_verbatim();
        } else if let Some(Verbatim { source: Some(language), at, .. }) = self.inside.take() {
            self.outline.unread("the block without an end", &language, at);
        }
        self.outline.end()
    }
}

/// The language of a line of attributes that makes the block below one of source: `[source,js]`, `[source%linenums,js]`,
/// `[,js]`, `[source,language=js]`.
fn source(text: &str, default: &str) -> Option<String> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let mut parts = inner.split(',').map(str::trim);
    let style = parts.next()?.split(['%', '#', '.']).next()?;
    if style != "source" && !(style.is_empty() && inner.starts_with(',')) && style != "listing" {
        return None;
    }
    let named = inner.split(',').find_map(|part| part.trim().strip_prefix("language="));
    let second = parts.next().filter(|part| !part.contains('=') && !part.starts_with('%'));
    let found = language(named.or(second).unwrap_or_default().trim_matches('"'));
    Some(if found.is_empty() { default.to_owned() } else { found })
}

/// `== Title`, or with the marks of Markdown.
fn heading(text: &str) -> Option<(u8, &str)> {
    let mark = text.chars().next().filter(|mark| matches!(mark, '=' | '#'))?;
    let title = text.trim_start_matches(mark);
    let level = text.len() - title.len();
    let title = title.strip_prefix(' ')?.trim();
    (level <= 6 && !title.is_empty()).then_some((u8::try_from(level).unwrap_or(6), title))
}

/// A line of code without the numbers in angle brackets at its end, which the site shows beside it, and without the mark
/// of a comment before them.
fn without_callouts(line: &str) -> &str {
    let mut code = line.trim_end();
    let mut had = false;
    while let Some((before, _)) =
        code.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).filter(|(_, number)| {
            *number == "." || !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
        })
    {
        code = before.trim_end();
        had = true;
    }
    if !had {
        return line;
    }
    for mark in ["//", "#", "--", ";;"] {
        if let Some(before) = code.strip_suffix(mark) {
            return before.trim_end();
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<[String; 4]> {
        find(text).told()
    }

    #[test]
    fn a_block_of_source_stands_under_the_titles_above_it() {
        let page = "= Cancel\n:source-language: ruby\n\n== C++\n\n[source%linenums,cpp]\n----\na // <1>\n\n  b < c>\n----\n<1> x\n\n== Ruby\n\n[source]\nputs 1\nputs 2\n\ntext\n\n[,go]\n----\nc\n----\n\n```js\nd\n```\n";
        assert_eq!(
            blocks(page),
            [
                ["C++ < Cancel", "cpp", "a\n\n  b < c>\n", "8-10"],
                ["Ruby < Cancel", "ruby", "puts 1\nputs 2\n", "17-18"],
                ["Ruby < Cancel", "go", "c\n", "24-24"],
                ["Ruby < Cancel", "js", "d\n", "28-28"],
            ]
        );
    }

    #[test]
    fn tabs_and_admonitions_have_titles_of_their_own() {
        let page = "== Code\n\n[tabs]\n====\nPython::\n+\n--\n[source,python]\n----\na\n----\n--\n\nNode.js::\n+\n[source,js]\n----\nb\n----\n====\n\n.Go\n[NOTE]\n=====\n[source,go]\n----\nc\n----\n=====\n\n----\nd\n----\n";
        let titles: Vec<[String; 2]> =
            blocks(page).into_iter().map(|[titles, _, code, _]| [titles, code]).collect();
        assert_eq!(
            titles,
            [["Python < Code", "a\n"], ["Node.js < Code", "b\n"], ["Go < Code", "c\n"], ["Code", "d\n"]]
        );
    }

    #[test]
    fn comments_are_no_code_and_inclusions_are_told() {
        let page = "== Go\n\n////\n[source,go]\n----\nx\n----\n////\n\n....\noutput\n....\n\n[source,go]\n----\ninclude::a.go[tag=b]\n----\n\n[source,rb]\n----\nno end\n";
        let found = find(page);
        assert_eq!(found.blocks, []);
        let unread: Vec<(&str, &str)> = found.unread.iter().map(|it| (it.what, it.fence.as_str())).collect();
        assert_eq!(
            unread,
            [
                ("the code in a comment", "go"),
                ("the inclusion of a file", "go"),
                ("the block without an end", "rb")
            ]
        );
    }
}
