//! The fenced blocks of a page, byte for byte.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::lines::Lines;

/// A fenced block of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The headings that the block stands under, the nearest first.
    pub headings: Vec<String>,
    /// The first word of the info string, in lower case; empty if there is none.
    pub fence: String,
    /// The code, byte for byte as the page has it, line ends and tabs included. Only what belongs to the page around
    /// it is gone: the indentation of the fence, the marks of a quotation.
    pub code: String,
    /// The lines of the code in the page.
    pub lines: Lines,
    /// The bytes of the page that open the block: the fence with its info string.
    pub(super) fence_at: Range<usize>,
    /// The bytes of the nearest heading, if there is one.
    pub(super) heading_at: Option<Range<usize>>,
}

/// The texts of all headings, and all fenced blocks.
pub(super) fn find(text: &str) -> (Vec<String>, Vec<Block>) {
    let mut finder = Finder { text, ..Finder::default() };
    // Documentation tools put metadata before the page, and ids after headings (`### C# {#csharp}`).
    let options = Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        finder.take(event, range);
    }
    (finder.headings, finder.blocks)
}

#[derive(Default)]
struct Finder<'a> {
    text: &'a str,
    headings: Vec<String>,
    blocks: Vec<Block>,
    /// The headings that are in force, the nearest last.
    sections: Vec<Section>,
    inside: Inside,
}

/// A heading that is in force.
struct Section {
    level: HeadingLevel,
    heading: String,
    at: Range<usize>,
}

#[derive(Default)]
enum Inside {
    #[default]
    Elsewhere,
    Heading(HeadingLevel, String),
    Block(Open),
}

/// A block that is being read.
struct Open {
    fence: String,
    code: String,
    /// The bytes of the page from the first of the code to the last.
    span: Option<Range<usize>>,
}

impl Finder<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => self.inside = Inside::Heading(level, String::new()),
            Event::End(TagEnd::Heading(_)) => self.end_heading(range),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                self.inside =
                    Inside::Block(Open { fence: first_word(&info), code: String::new(), span: None });
            }
            Event::End(TagEnd::CodeBlock) => self.end_block(range),
            Event::Text(part) => match &mut self.inside {
                Inside::Heading(_, heading) => heading.push_str(&part),
                Inside::Block(open) => open.push(self.text, &part, range),
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

    fn end_heading(&mut self, range: Range<usize>) {
        if let Inside::Heading(level, heading) = std::mem::take(&mut self.inside) {
            let heading = heading.trim().to_owned();
            self.headings.push(heading.clone());
            self.sections.retain(|outer| outer.level < level);
            self.sections.push(Section { level, heading, at: self.first_line(range) });
        }
    }

    fn end_block(&mut self, range: Range<usize>) {
        if let Inside::Block(Open { fence, code, span }) = std::mem::take(&mut self.inside) {
            // A block without code ends where its first line would begin: below the opening fence.
            let span = span.unwrap_or_else(|| {
                let below =
                    self.text[range.start..].find('\n').map_or(self.text.len(), |at| range.start + at + 1);
                below..below
            });
            // Indentation and marks before the first line are no part of the span, but are of its line.
            let line_start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let bytes = self.text.as_bytes();
            let lines = match span.is_empty() {
                true => Lines::of(&bytes[..span.start], b""),
                false => Lines::of(&bytes[..line_start], &bytes[line_start..span.end]),
            };
            let headings = self.sections.iter().rev().map(|section| section.heading.clone()).collect();
            let heading_at = self.sections.last().map(|section| section.at.clone());
            let fence_at = self.first_line(range);
            self.blocks.push(Block { headings, fence, code, lines, fence_at, heading_at });
        }
    }

    /// The first line of a part of the page, without its end.
    fn first_line(&self, part: Range<usize>) -> Range<usize> {
        let line = self.text[part.clone()].lines().next().unwrap_or_default().trim_end();
        part.start..part.start + line.len()
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

/// The first word of an info string, as fences are written: `python`, `python {linenos}`, `{.python}`, `js,ignore`.
fn first_word(info: &str) -> String {
    let word = info.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '.'));
    let end = word.find(|c: char| c.is_whitespace() || matches!(c, ',' | '}' | '{')).unwrap_or(word.len());
    word[..end].to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The code of the only block, with its fence and its lines.
    fn only(text: &str) -> (String, String, String) {
        let (_, mut blocks) = find(text);
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
            find("### C\\#\n### C# {#csharp}\n### `Node.js`\nC++ \n===\n### C &amp; *D*\n## F# ##\n");
        assert_eq!(headings, ["C#", "C#", "Node.js", "C++", "C & D", "F#"]);
    }

    #[test]
    fn a_block_stands_under_every_heading_that_is_in_force() {
        let (_, blocks) = find("# A\n## B\n### C\n```\n```\n## D\n```\n```\n# E\n#### F\n```\n```\n");
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
        assert_eq!(find("---\ntitle: x\n---\n# A\n").0, ["A"]);
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
            for block in find(&text).1 {
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
            let blocks = find(&text).1;
            prop_assert_eq!(blocks.len(), 1);
            prop_assert_eq!(&blocks[0].code, &code);
            let lines = blocks[0].lines;
            let cut: String = text.split_inclusive('\n')
                .skip(lines.first as usize - 1).take((lines.last + 1 - lines.first) as usize).collect();
            prop_assert_eq!(cut, code);
        }
    }
}
