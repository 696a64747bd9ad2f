//! The fenced blocks of a page of Markdown, byte for byte, by the CommonMark grammar.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::fence::{opening, take_block};
use super::flavour::{self, Plain};
use super::html::HtmlReader;
use super::outline::{Found, Outline};
use crate::lines::Lines;

/// All titles, and all fenced blocks.
pub(super) fn find(text: &str) -> Found {
    let plain = flavour::plain(text, true);
    let finder = Finder {
        plain: &plain,
        outline: Outline::new(text),
        html: HtmlReader::default(),
        told: 0,
        inside: Inside::Elsewhere,
        raw: None,
    };
    finder.find()
}

struct Finder<'a> {
    plain: &'a Plain,
    outline: Outline<'a>,
    html: HtmlReader,
    /// How many of the marks between the lines the outline knows.
    told: usize,
    inside: Inside,
    /// The bytes of the raw HTML that is being read.
    raw: Option<Range<usize>>,
}

enum Inside {
    Elsewhere,
    Heading(HeadingLevel, String),
    Block(Open),
}

/// A block that is being read.
struct Open {
    info: String,
    code: String,
    /// The bytes of the text from the first of the code to the last.
    span: Option<Range<usize>>,
}

impl Finder<'_> {
    fn find(mut self) -> Found {
        // Documentation tools put metadata before the page, and ids after headings (`### C# {#csharp}`).
        let options = Options::ENABLE_HEADING_ATTRIBUTES
            | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
            | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
        for (event, range) in Parser::new_ext(&self.plain.text, options).into_offset_iter() {
            if !matches!(event, Event::End(_)) {
                self.plain.tell(&mut self.outline, &mut self.told, Some(range.start));
            }
            self.take(event, range);
        }
        self.plain.tell(&mut self.outline, &mut self.told, None);
        self.outline.end()
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => self.inside = Inside::Heading(level, String::new()),
            Event::End(TagEnd::Heading(_)) => self.end_heading(range),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                self.inside = Inside::Block(Open { info: info.to_string(), code: String::new(), span: None });
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                self.unread_fences(range, "the fence in an indented block");
            }
            Event::Start(Tag::Paragraph) => self.unread_fences(range, "the indented fence"),
            Event::End(TagEnd::CodeBlock) => self.end_block(range),
            Event::Start(Tag::HtmlBlock) => self.raw = Some(range.start..range.start),
            Event::Html(_) => {
                if let Some(raw) = &mut self.raw {
                    raw.end = range.end;
                }
            }
            Event::End(TagEnd::HtmlBlock) => {
                if let Some(raw) = self.raw.take() {
                    self.html(raw);
                    self.html.end_of_fragment(&mut self.outline);
                }
            }
            Event::InlineHtml(_) => self.html(range),
            Event::Text(part) => match &mut self.inside {
                Inside::Heading(_, heading) => heading.push_str(&part),
                Inside::Block(open) => open.push(&self.plain.text, &part, range),
                Inside::Elsewhere => {}
            },
            Event::Code(part) => {
                if let Inside::Heading(_, heading) = &mut self.inside {
                    heading.push_str(&part);
                }
            }
            _ => {}
        }
    }

    /// The bytes of the page that these of the text are.
    fn origin(&self, range: &Range<usize>) -> Range<usize> {
        self.plain.origin(range.start)..self.plain.origin(range.end)
    }

    fn html(&mut self, range: Range<usize>) {
        let fragment = self.plain.text.get(range.clone()).unwrap_or_default();
        let plain = self.plain;
        self.html.read(fragment, &|at| plain.origin(range.start + at), &mut self.outline);
    }

    /// What looks like a fence, and is none where it stands.
    fn unread_fences(&mut self, range: Range<usize>, what: &'static str) {
        let text = self.plain.text.get(range.clone()).unwrap_or_default();
        let mut at = range.start;
        for line in text.split_inclusive('\n') {
            if let Some(language) = opening(line) {
                self.outline.unread(what, &language, self.origin(&(at..at + line.len())));
            }
            at += line.len();
        }
    }

    fn end_heading(&mut self, range: Range<usize>) {
        if let Inside::Heading(level, heading) = std::mem::replace(&mut self.inside, Inside::Elsewhere) {
            self.outline.heading(level as u8, heading.trim(), self.origin(&range));
        }
    }

    fn end_block(&mut self, range: Range<usize>) {
        if let Inside::Block(Open { info, code, span }) =
            std::mem::replace(&mut self.inside, Inside::Elsewhere)
        {
            let text = &self.plain.text;
            // A block without code ends where its first line would begin: below the opening fence.
            let span = span.unwrap_or_else(|| {
                let below = text[range.start..].find('\n').map_or(text.len(), |at| range.start + at + 1);
                below..below
            });
            // Indentation and marks before the first line are no part of the span, but are of its line.
            let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let bytes = text.as_bytes();
            let lines = match span.is_empty() {
                true => Lines::of(&bytes[..span.start], b""),
                false => Lines::of(&bytes[..line_start], &bytes[line_start..span.end]),
            };
            let fence_at = self.origin(&range);
            take_block(&mut self.outline, &info, code, lines, fence_at);
        }
    }
}

impl Open {
    /// Takes the next part of the code: the parser gives it in parts, and each line end as `\n`.
    fn push(&mut self, text: &str, part: &CowStr<'_>, mut range: Range<usize>) {
        if text[range.clone()] != **part {
            // What is left of a tab that belongs to the indentation in part; the page has no bytes of its own for it.
            self.code.push_str(part);
            return;
        }
        if part.starts_with('\n') && text[..range.start].ends_with('\r') {
            range.start -= 1;
        }
        self.code.push_str(&text[range.clone()]);
        let start = self.span.as_ref().map_or(range.start, |span| span.start);
        self.span = Some(start..range.end);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::page::outline::Block;

    /// The titles, and the blocks.
    fn found(text: &str) -> (Vec<String>, Vec<Block>) {
        let found = find(text);
        (found.titles.into_iter().map(|title| title.text).collect(), found.blocks)
    }

    /// The code of the only block, with its fence and its lines.
    fn only(text: &str) -> (String, String, String) {
        let (_, mut blocks) = found(text);
        assert_eq!(blocks.len(), 1, "{text:?}");
        let Block { code, fence, lines, .. } = blocks.remove(0);
        (code, fence, lines.to_string())
    }

    fn own((code, fence, lines): (&str, &str, &str)) -> (String, String, String) {
        (code.to_owned(), fence.to_owned(), lines.to_owned())
    }

    #[test]
    fn headings_are_compared_as_they_are_read() {
        let (headings, _) =
            found("### C\\#\n### C# {#csharp}\n### `Node.js`\nC++ \n===\n### C &amp; *D*\n## F# ##\n");
        assert_eq!(headings, ["C#", "C#", "Node.js", "C++", "C & D", "F#"]);
    }

    #[test]
    fn a_block_stands_under_every_heading_that_is_in_force() {
        let (_, blocks) = found("# A\n## B\n### C\n```\n```\n## D\n```\n```\n# E\n#### F\n```\n```\n");
        let headings: Vec<&[String]> = blocks.iter().map(|block| block.headings.as_slice()).collect();
        assert_eq!(headings, [&["C", "B", "A"][..], &["D", "A"], &["F", "E"]]);
    }

    #[test]
    fn fences_may_be_long_and_be_tildes_and_hold_others() {
        assert_eq!(only("````php\n```\nx\n```\n````\n"), own(("```\nx\n```\n", "php", "2-4")));
        assert_eq!(only("~~~~ Go\n~~~\n~~~~"), own(("~~~\n", "go", "2-2")));
    }

    #[test]
    fn info_strings_may_hold_more_than_a_word() {
        for info in ["js", " js ", "js {linenos}", "{.js .numberLines}", "JS,ignore", "js{1,2}"] {
            assert_eq!(only(&format!("``` {info}\nx\n```\n")), own(("x\n", "js", "2-2")), "{info}");
        }
        assert_eq!(only("```\nx\n```\n"), own(("x\n", "", "2-2")));
    }

    #[test]
    fn line_ends_and_tabs_stay() {
        let text = "a\r\n\r\n``` c\r\n\tif\r\n\r\n\t\tx;\t\r\n\n\r\n```\r\n";
        assert_eq!(only(text), own(("\tif\r\n\r\n\t\tx;\t\r\n\n\r\n", "c", "4-8")));
    }

    #[test]
    fn what_belongs_to_the_page_around_a_block_goes() {
        assert_eq!(only("  ```\n  a\n   b\n c\n  ```\n"), own(("a\n b\nc\n", "", "2-4")));
        assert_eq!(
            only("- x\n\n  ```\r\n  a\r\n\r\n    b\r\n  ```\r\n"),
            own(("a\r\n\r\n  b\r\n", "", "4-6"))
        );
        assert_eq!(only("> ```\n> a\n> \tb\n> ```\n"), own(("a\n\tb\n", "", "2-3")));
        // Two of the tab's four columns belong to the list; the other two remain, as blanks.
        assert_eq!(only("- ```\n\tx\n  ```\n"), own(("  x\n", "", "2-2")));
    }

    #[test]
    fn empty_and_unfinished_blocks() {
        assert_eq!(only("a\n```go\n```\n"), own(("", "go", "3-2")));
        assert_eq!(only("```go"), own(("", "go", "1-0")));
        assert_eq!(only("```go\nx"), own(("x", "go", "2-2")));
    }

    #[test]
    fn metadata_is_no_heading() {
        assert_eq!(found("---\ntitle: x\n---\n# A\n").0, ["A"]);
    }

    fn markdown() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec![
            "```", "````", "~~~", "python", "# ", "### C\\#", "- ", "> ", "1. ", "\n", "\r\n", "\r", "\t",
            "  ", "    ", "x", "é", "`", "\\", "{#id}", "---\n", "\0", "<!--", "&amp;",
        ]);
        prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn no_markdown_makes_it_panic(text in prop_oneof![markdown(), ".{0,200}"]) {
            let line_count = u32::try_from(text.lines().count()).unwrap();
            for block in find(&text).blocks {
                prop_assert!(block.lines.first <= block.lines.last + 1);
                prop_assert!(block.lines.last <= line_count, "{:?}", block);
            }
        }

        #[test]
        fn the_code_of_a_fence_that_is_not_indented_is_a_part_of_the_page(
            code in "([ \ta-zé#>`~-]{0,10}\r?\n){0,6}", before in "([a-z# ]{0,10}\r?\n){0,3}",
        ) {
            let fence = "~".repeat(code.matches('~').count().max(2) + 1);
            let text = format!("{before}\n\n{fence} go\n{code}{fence}\n{before}");
            let blocks = find(&text).blocks;
            prop_assert_eq!(blocks.len(), 1);
            prop_assert_eq!(&blocks[0].code, &code);
            let lines = blocks[0].lines;
            let cut: String = text.split_inclusive('\n')
                .skip(lines.first as usize - 1).take((lines.last + 1 - lines.first) as usize).collect();
            prop_assert_eq!(cut, code);
        }
    }
}
