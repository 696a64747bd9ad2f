//! Pages of reStructuredText, as Sphinx renders them: sections, `code-block`, tabs, admonitions.
//!
//! No parser of the format is kept in Rust. What matters here is line by line: titles with a line below them, directives
//! with what is indented under them, and comments.

use std::ops::Range;

use super::flavour::{dedent, indent};
use super::info::{holds_text, includes, language};
use super::outline::{Found, Outline};
use crate::lines::Lines;

/// All titles and all blocks of a page of reStructuredText.
pub(super) fn find(text: &str) -> Found {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        lines.push(Line { text: line, at });
        at += line.len();
    }
    let mut reader = Reader { outline: Outline::new(text), levels: Vec::new(), highlight: String::new() };
    reader.body(&lines);
    reader.outline.end()
}

/// A line, or what is left of it within what it is indented for.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    /// Its first byte in the page.
    at: usize,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn range(&self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }
}

struct Reader<'a> {
    outline: Outline<'a>,
    /// How the titles of each level are adorned, the highest first: the character, and whether there is a line above.
    levels: Vec<(char, bool)>,
    /// The language of blocks that name none.
    highlight: String,
}

/// The directives that hold code.
const CODE: [&str; 8] =
    ["code", "code-block", "sourcecode", "code-tab", "parsed-literal", "prompt", "code-cell", "ipython"];

impl Reader<'_> {
    fn body(&mut self, lines: &[Line<'_>]) {
        let mut index = 0;
        while let Some(line) = lines.get(index) {
            if line.is_blank() {
                index += 1;
            } else if let Some(used) = self.title(&lines[index..]) {
                index += used;
            } else if let Some(directive) = directive(line.text) {
                index = self.directive(lines, index, &directive);
            } else if is_comment(line.text) {
                let end = end_of(lines, index + 1, indent(line.text) + 1);
                self.comment(&lines[index..end]);
                index = end;
            } else if line.text.trim_end().ends_with("::") {
                index = self.literal(lines, index);
            } else {
                index += 1;
            }
        }
    }

    /// The lines of a title, if one begins here.
    fn title(&mut self, lines: &[Line<'_>]) -> Option<usize> {
        let line = |index: usize| lines.get(index).map(|line| line.text.trim_end());
        let first = line(0)?;
        let (text, mark, above, used) = match (adornment(first), line(1)) {
            (Some(mark), Some(text))
                if line(2).and_then(adornment) == Some(mark) && !text.trim().is_empty() =>
            {
                (text, mark, true, 3)
            }
            (None, Some(below)) => {
                let mark = adornment(below)?;
                let is_long = below.chars().count() >= first.chars().count().min(4);
                (Some(first).filter(|it| is_long && !it.starts_with(char::is_whitespace))?, mark, false, 2)
            }
            _ => return None,
        };
        let known = self.levels.iter().position(|level| *level == (mark, above));
        let level = known.unwrap_or_else(|| {
            self.levels.push((mark, above));
            self.levels.len() - 1
        });
        let at = lines[usize::from(above)].range();
        // Escapes and the marks of inline text are no part of a title.
        let text = text.replace(['\\', '`', '*'], "");
        self.outline.heading(u8::try_from(level + 1).unwrap_or(u8::MAX), &text, at);
        Some(used)
    }

    /// A directive with what is indented under it; gives the line below.
    fn directive(&mut self, lines: &[Line<'_>], index: usize, directive: &Directive<'_>) -> usize {
        let line = &lines[index];
        let end = end_of(lines, index + 1, indent(line.text) + 1);
        let content = &lines[index + 1..end];
        let Directive { name, argument } = *directive;
        let local = name.rsplit(':').next().unwrap_or(name);
        if local == "highlight" {
            self.highlight = language(argument);
        } else if CODE.contains(&local) {
            let named = language(argument);
            let language = if named.is_empty() { self.highlight.clone() } else { named };
            let label = argument.split_once(char::is_whitespace).map_or("", |(_, label)| label).trim();
            self.outline.enter();
            if local == "code-tab" {
                self.outline.label(if label.is_empty() { argument } else { label }, line.range());
            }
            self.block(language, options_of(content), line.range());
            self.outline.leave();
        } else if includes(local) {
            let option = content.iter().find_map(|line| line.text.trim().strip_prefix(":language:"));
            let ending = argument.rsplit_once('.').map_or("", |(_, ending)| ending);
            // An inclusion without code is one of text.
            if local != "include" || !["rst", "txt", "inc", "md", ""].contains(&ending) {
                let language = option.map_or_else(|| ending.to_owned(), language);
                self.outline.unread("the inclusion of a file", &language, line.range());
            }
        } else if local == "raw" && language(argument) == "html" {
            let text: String = content.iter().map(|line| line.text).collect();
            if text.contains("<pre") {
                self.outline.unread("the code in raw HTML", "", line.range());
            }
        } else if holds_text(local) || local == "tab-set-code" {
            self.outline.enter();
            self.outline.label(argument, line.range());
            let inner = dedented(options_of(content));
            self.body(&inner);
            self.outline.leave();
        }
        end
    }

    /// A paragraph that ends with `::`, and the literal block below it; gives the line below.
    fn literal(&mut self, lines: &[Line<'_>], index: usize) -> usize {
        let line = &lines[index];
        let least = indent(line.text) + 1;
        let below = lines[index + 1..].iter().position(|line| !line.is_blank()).map(|at| index + 1 + at);
        // Between the two there is an empty line.
        match below.filter(|below| *below > index + 1 && indent(lines[*below].text) >= least) {
            Some(below) => {
                let end = end_of(lines, below, least);
                self.block(self.highlight.clone(), &lines[below..end], line.range());
                end
            }
            None => index + 1,
        }
    }

    fn block(&mut self, language: String, content: &[Line<'_>], at: Range<usize>) {
        let first = content.iter().position(|line| !line.is_blank()).unwrap_or(content.len());
        let last = content.iter().rposition(|line| !line.is_blank()).map_or(first, |last| last + 1);
        let code = dedented(&content[first..last]);
        let number = code.first().map_or(at.end, |line| line.at);
        let first = self.outline.line(number);
        let count = u32::try_from(code.len()).unwrap_or(u32::MAX);
        let lines = Lines { first, last: first.saturating_add(count).saturating_sub(1) };
        let code = code.iter().map(|line| line.text).collect();
        self.outline.block(language, code, lines, at);
    }

    /// What is commented out is not published.
    fn comment(&mut self, lines: &[Line<'_>]) {
        for line in lines {
            let text = line.text.trim_start_matches(|c: char| c == '.' || c.is_whitespace());
            let found = text.split_once("::").filter(|(name, _)| CODE.contains(name));
            if let Some((_, argument)) = found {
                self.outline.hidden(&language(argument), line.range());
            }
        }
    }
}

/// `.. name:: argument`.
#[derive(Clone, Copy)]
struct Directive<'a> {
    name: &'a str,
    argument: &'a str,
}

fn directive(line: &str) -> Option<Directive<'_>> {
    let rest = line.trim_start().strip_prefix("..")?;
    let rest = rest.strip_prefix(char::is_whitespace)?.trim_start();
    let (name, argument) = rest.split_once("::")?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '+');
    let is_directive = !name.is_empty() && name.chars().all(is_name);
    is_directive.then(|| Directive { name, argument: argument.trim() })
}

/// True for a line that begins with two dots and is neither a directive, nor a target, a footnote or a substitution.
fn is_comment(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix("..") else { return false };
    let is_markup = rest.trim_start().starts_with(['_', '[', '|']);
    (rest.trim().is_empty() || rest.starts_with(char::is_whitespace)) && !is_markup
}

/// The character that a line of at least two consists of.
fn adornment(line: &str) -> Option<char> {
    let mark = line.chars().next().filter(char::is_ascii_punctuation)?;
    (line.len() >= 2 && line.chars().all(|c| c == mark)).then_some(mark)
}

/// Where the lines end that are blank or indented so far.
fn end_of(lines: &[Line<'_>], from: usize, least: usize) -> usize {
    let inside = |line: &&Line<'_>| line.is_blank() || indent(line.text) >= least;
    from + lines[from.min(lines.len())..].iter().take_while(inside).count()
}

/// The content of a directive without the options that it begins with.
fn options_of<'a, 'b>(content: &'a [Line<'b>]) -> &'a [Line<'b>] {
    let is_option = |line: &&Line<'_>| {
        let text = line.text.trim();
        text.strip_prefix(':')
            .is_some_and(|rest| rest.split_once(':').is_some_and(|(name, _)| !name.is_empty()))
    };
    &content[content.iter().take_while(is_option).count()..]
}

/// Lines without the indentation that all of them have.
fn dedented<'a>(lines: &[Line<'a>]) -> Vec<Line<'a>> {
    let least = lines.iter().filter(|line| !line.is_blank()).map(|line| indent(line.text)).min();
    let cut = |line: &Line<'a>| {
        let cut = dedent(line.text, least.unwrap_or_default());
        Line { text: &line.text[cut..], at: line.at + cut }
    };
    lines.iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<[String; 4]> {
        find(text).told()
    }

    #[test]
    fn a_code_block_stands_under_the_titles_above_it() {
        let page = "======\nCancel\n======\n\nC#\n--\n\n.. code-block:: csharp\n   :linenos:\n   :caption: x\n\n   a\n\n     b\n\ntext\n\nGo\n--\n.. code:: go\n\n\tc\n";
        assert_eq!(
            blocks(page),
            [["C# < Cancel", "csharp", "a\n\n  b\n", "12-14"], ["Go < Cancel", "go", "c\n", "22-22"]]
        );
    }

    #[test]
    fn tabs_and_admonitions_have_titles_of_their_own() {
        let page = "Cancel\n======\n\n.. tabs::\n\n   .. tab:: Python\n\n      .. code-block:: py\n\n         a\n\n   .. code-tab:: js Node.js\n\n         b\n\n   .. group-tab:: Go\n\n      x::\n\n        c\n\n.. note::\n\n   .. sourcecode:: rb\n\n      d\n";
        let titles: Vec<[String; 2]> =
            blocks(page).into_iter().map(|[titles, fence, ..]| [titles, fence]).collect();
        assert_eq!(
            titles,
            [["Python < Cancel", "py"], ["Node.js < Cancel", "js"], ["Go < Cancel", ""], ["Cancel", "rb"]]
        );
    }

    #[test]
    fn literal_blocks_have_the_language_that_is_in_force() {
        assert_eq!(
            blocks(".. highlight:: sh\n\nRun::\n\n  a\n\n  b\n\nNo::\n no\n"),
            [["", "sh", "a\n\nb\n", "5-7"]]
        );
    }

    #[test]
    fn comments_are_no_code_and_inclusions_are_told() {
        let page = "Go\n==\n\n..\n   .. code-block:: go\n\n      x\n\n.. literalinclude:: a/b.py\n   :language: python\n\n.. include:: c.rst\n\n.. _target:\n\n.. raw:: html\n\n   <pre>x</pre>\n";
        let found = find(page);
        assert_eq!(found.blocks, []);
        let unread: Vec<(&str, &str, bool)> =
            found.unread.iter().map(|it| (it.what, it.fence.as_str(), it.is_hidden)).collect();
        assert_eq!(
            unread,
            [
                ("the code in a comment", "go", true),
                ("the inclusion of a file", "python", false),
                ("the code in raw HTML", "", false)
            ]
        );
    }
}
