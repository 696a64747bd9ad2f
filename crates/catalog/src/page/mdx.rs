//! Pages of MDX: Markdown with JSX in it, in which a comment is `{/* ... */}` and a tab is an element.

use std::ops::Range;

use markdown::mdast::{AttributeContent, AttributeValue, MdxJsxFlowElement, Node};
use markdown::message::Place;
use markdown::unist::Position;
use markdown::{Constructs, ParseOptions};

use super::fence::{opening, take_block};
use super::flavour::{self, Plain};
use super::outline::{Found, Outline};
use crate::lines::Lines;

/// All titles and all blocks of a page of MDX.
///
/// # Errors
/// It is no MDX: what is wrong, with the byte of the page.
pub(super) fn find(text: &str) -> Result<Found, (String, usize)> {
    let plain = flavour::plain(&without_html_comments(text), false);
    let options = ParseOptions {
        constructs: Constructs { frontmatter: true, gfm_table: true, ..Constructs::mdx() },
        ..ParseOptions::default()
    };
    let root = markdown::to_mdast(&plain.text, &options).map_err(|message| {
        let at = message.place.map_or(0, |place| match *place {
            Place::Position(position) => position.start.offset,
            Place::Point(point) => point.offset,
        });
        (message.reason, plain.origin(at))
    })?;
    let mut finder = Finder { plain: &plain, outline: Outline::new(text), told: 0 };
    hidden_in_html(text, &mut finder.outline);
    finder.node(&root);
    plain.tell(&mut finder.outline, &mut finder.told, None);
    Ok(finder.outline.end())
}

/// True for Markdown in a file of another name that only makes sense as MDX: Docusaurus takes all of its pages for MDX.
pub(super) fn looks_like(text: &str) -> bool {
    let is_jsx = |line: &str| {
        let line = line.trim_start();
        let name = line.strip_prefix("</").or_else(|| line.strip_prefix('<')).unwrap_or_default();
        name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.starts_with("DOCTYPE")
            || line.starts_with("{/*")
            || line.starts_with("import ") && (line.contains(" from '") || line.contains(" from \""))
    };
    // Code may well look so.
    let mut is_in_fence = false;
    text.lines().any(|line| {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        is_in_fence ^= is_fence;
        !is_fence && !is_in_fence && is_jsx(line)
    })
}

/// The comments of HTML that stand outside of fences: Docusaurus takes them out before it reads a page.
fn html_comments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut at, mut is_in_fence) = (0, false);
    let mut since: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        if since.is_none() && (start.starts_with("```") || start.starts_with("~~~")) {
            is_in_fence = !is_in_fence;
        }
        let mut from = if is_in_fence { line.len() } else { 0 };
        loop {
            let mark = if since.is_none() { "<!--" } else { "-->" };
            let Some(place) = line[from..].find(mark) else { break };
            from += place + mark.len();
            match since.take() {
                None => since = Some(at + from - mark.len()),
                Some(begin) => found.push(begin..at + from),
            }
        }
        at += line.len();
    }
    found
}

/// The page with blanks in the place of comments of HTML, line by line.
fn without_html_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut at = 0;
    for comment in html_comments(text) {
        plain.push_str(&text[at..comment.start]);
        // A blank for each byte, so that all else stays where it is.
        plain.extend(text[comment.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        at = comment.end;
    }
    plain.push_str(&text[at..]);
    plain
}

fn hidden_in_html(text: &str, outline: &mut Outline<'_>) {
    for comment in html_comments(text) {
        let mut at = comment.start;
        for line in text[comment].split_inclusive('\n') {
            if let Some(language) = opening(line) {
                outline.hidden(&language, at..at + line.len());
            }
            at += line.len();
        }
    }
}

struct Finder<'a> {
    plain: &'a Plain,
    outline: Outline<'a>,
    told: usize,
}

impl Finder<'_> {
    fn node(&mut self, node: &Node) {
        let range = node.position().map(|it| it.start.offset..it.end.offset).unwrap_or_default();
        let at = self.plain.origin(range.start)..self.plain.origin(range.end);
        if !matches!(node, Node::Root(_)) {
            self.plain.tell(&mut self.outline, &mut self.told, Some(range.start));
        }
        match node {
            Node::Heading(heading) => {
                let text = without_id(&inner_text(node));
                self.outline.heading(heading.depth, &text, at);
            }
            Node::Code(code) => {
                let info = [code.lang.as_deref(), code.meta.as_deref()];
                let info = info.into_iter().flatten().collect::<Vec<_>>().join(" ");
                if let Some(position) = &code.position {
                    self.code(&info, &code.value, position, at);
                }
            }
            Node::MdxJsxFlowElement(element) => self.element(element, at),
            Node::MdxFlowExpression(expression) => self.expression(&expression.value, &range),
            Node::MdxTextExpression(expression) => self.expression(&expression.value, &range),
            Node::MdxjsEsm(_) | Node::Yaml(_) | Node::Toml(_) => {}
            other => {
                for child in other.children().into_iter().flatten() {
                    self.node(child);
                }
            }
        }
    }

    fn code(&mut self, info: &str, value: &str, position: &Position, at: Range<usize>) {
        // The parser gives the code without its last line end, and without what belongs to the page around it.
        let opens = position.start.line;
        let count = value.split('\n').count();
        let text = &self.plain.text;
        let line_end = |line: usize| {
            text.split_inclusive('\n').nth(line - 1).map_or("", |line| match line {
                line if line.ends_with("\r\n") => "\r\n",
                line if line.ends_with('\n') => "\n",
                _ => "",
            })
        };
        let is_empty = position.end.line <= opens + 1 && value.is_empty();
        let code = if is_empty { String::new() } else { format!("{value}{}", line_end(opens + count)) };
        let to_line = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
        let last = if is_empty { opens } else { opens + count };
        let lines = Lines { first: to_line(opens + 1), last: to_line(last) };
        take_block(&mut self.outline, info, code, lines, at);
    }

    fn element(&mut self, element: &MdxJsxFlowElement, at: Range<usize>) {
        let name = element.name.as_deref().unwrap_or_default();
        let is_code = matches!(name, "CodeBlock" | "Code" | "CodeSnippet" | "GitHubCode" | "Snippet");
        if is_code || name == "pre" {
            let language = attribute(element, &["language", "lang", "className"]).unwrap_or_default();
            let language = super::info::language(&language);
            return self.outline.unread("the code in an element", &language, at);
        }
        self.outline.enter();
        // What is shown stands nearer than what it is known by.
        for key in ["value", "lang", "title", "summary", "label"] {
            if let Some(label) = attribute(element, &[key]) {
                self.outline.label(&label, at.clone());
            }
        }
        for child in &element.children {
            if let Node::MdxJsxFlowElement(inner) = child
                && inner.name.as_deref() == Some("summary")
            {
                self.outline.label(inner_text(child).trim(), at.clone());
            } else if let Some(summary) = summary_in(child) {
                self.outline.label(summary.trim(), at.clone());
            } else {
                self.node(child);
            }
        }
        self.outline.leave();
    }

    /// What stands in braces: a comment, or what only a program can tell.
    fn expression(&mut self, value: &str, range: &Range<usize>) {
        let is_comment = value.trim_start().starts_with("/*");
        let text = self.plain.text.get(range.clone()).unwrap_or_default();
        let mut at = range.start;
        for line in text.split_inclusive('\n') {
            if let Some(language) = opening(line.trim_start().trim_start_matches("{/*")) {
                let place = self.plain.origin(at)..self.plain.origin(at + line.len());
                if is_comment {
                    self.outline.hidden(&language, place);
                } else {
                    self.outline.unread("the fence in an expression", &language, place);
                }
            }
            at += line.len();
        }
    }
}

/// A heading without the id that Docusaurus lets one write behind it, `### C# {#csharp}`, which the parser takes for an
/// expression or for text.
fn without_id(text: &str) -> String {
    text.split("{#").next().unwrap_or(text).trim().to_owned()
}

/// The value of the first of these attributes that an element has.
fn attribute(element: &MdxJsxFlowElement, names: &[&str]) -> Option<String> {
    element.attributes.iter().find_map(|attribute| match attribute {
        AttributeContent::Property(property) if names.contains(&property.name.as_str()) => {
            match &property.value {
                Some(AttributeValue::Literal(value)) => Some(value.clone()),
                Some(AttributeValue::Expression(value)) => {
                    Some(value.value.trim_matches(['"', '\'', '`', ' ']).to_owned())
                }
                None => None,
            }
        }
        _ => None,
    })
}

fn inner_text(node: &Node) -> String {
    match node {
        Node::Text(text) => text.value.clone(),
        Node::InlineCode(code) => code.value.clone(),
        other => other.children().into_iter().flatten().map(inner_text).collect(),
    }
}

/// The text of a `<summary>` that stands in a line with its text.
fn summary_in(node: &Node) -> Option<String> {
    let Node::Paragraph(paragraph) = node else { return None };
    paragraph.children.iter().find_map(|child| match child {
        Node::MdxJsxTextElement(element) if element.name.as_deref() == Some("summary") => {
            Some(inner_text(child))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<[String; 4]> {
        find(text).unwrap().told()
    }

    #[test]
    fn a_tab_is_a_title_whether_or_not_there_are_empty_lines_in_it() {
        let page = "import Tabs from '@theme/Tabs';\n\n# Cancel\n\n<Tabs>\n<TabItem value=\"js\" label=\"Node.js\">\n```js title=\"a.js\"\na();\n\n\tb();\n```\n</TabItem>\n  <TabItem value=\"go\">\n\n    ```go\n    c()\n    ```\n\n  </TabItem>\n</Tabs>\n\n```sh\nd\n```\n";
        assert!(looks_like(page));
        assert_eq!(
            blocks(page),
            [
                ["Node.js < js < Cancel", "js", "a();\n\n\tb();\n", "8-10"],
                ["go < Cancel", "go", "c()\n", "16-16"],
                ["Cancel", "sh", "d\n", "23-23"],
            ]
        );
    }

    #[test]
    fn comments_of_both_kinds_are_no_code() {
        let page = "# Go\n\n{/*\n```go\nx\n```\n*/}\n\n<!--\n```go\ny\n```\n-->\n";
        let found = find(page).unwrap();
        assert_eq!(found.blocks, []);
        let hidden: Vec<u32> = found.unread.iter().map(|it| Outline::new(page).line(it.at.start)).collect();
        assert_eq!(hidden, [10, 4]);
        assert!(found.unread.iter().all(|it| it.is_hidden && it.fence == "go"));
        assert!(!found.titles[0].has_code);
    }

    #[test]
    fn what_is_folded_in_has_its_summary_for_a_title() {
        let page = "## Code\n\n<details>\n<summary>Node.js</summary>\n\n```js\nx\n```\n\n</details>\n";
        assert_eq!(blocks(page), [["Node.js < Code", "js", "x\n", "7-7"]]);
    }

    #[test]
    fn line_ends_stay_and_ids_of_headings_go() {
        let page = "### C# {#csharp}\r\n\r\n~~~cs\r\na\r\n\r\nb\r\n~~~\r\n```go\n```\n";
        assert_eq!(blocks(page), [["C#", "cs", "a\r\n\r\nb\r\n", "4-6"], ["C#", "go", "", "9-8"]]);
    }

    #[test]
    fn code_in_an_element_is_told_and_what_is_no_mdx_is_an_error() {
        let found = find("<CodeBlock language=\"js\">{`x`}</CodeBlock>\n").unwrap();
        assert_eq!((found.unread[0].what, found.unread[0].fence.as_str()), ("the code in an element", "js"));
        assert!(find("a\n\n<Tabs>\n").unwrap_err().0.contains("<Tabs>"));
    }

    #[test]
    fn other_markdown_does_not_look_like_it() {
        assert!(!looks_like("# A\n\n<details>\n```js\nimport {a} from 'b';\n<Tabs>\n```\n"));
        assert!(looks_like("<Tabs>\n"));
        assert!(looks_like("{/* x */}\n"));
    }
}
