//! Pages of HTML, and the HTML in pages of Markdown: headings, `<pre>`, what is folded in, tabs.

use std::ops::Range;

use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{HtmlString, Tokenizer};

use super::fence::opening;
use super::info::language;
use super::outline::{Found, Outline};
use crate::lines::Lines;

/// All titles and all blocks of a page of HTML.
pub(super) fn find(text: &str) -> Found {
    let mut outline = Outline::new(text);
    let mut reader = HtmlReader { is_page: true, ..HtmlReader::default() };
    reader.read(text, &|at| at, &mut outline);
    reader.end_of_fragment(&mut outline);
    outline.end()
}

/// Reads HTML, in one piece or in several.
#[derive(Default)]
pub(super) struct HtmlReader {
    /// True for a page of HTML, where the text is no Markdown.
    is_page: bool,
    /// The elements that are open and matter.
    open: Vec<Element>,
    /// The text of a title that is being read: a heading's level, none for a summary.
    title: Option<(Option<u8>, String, Range<usize>)>,
    block: Option<OpenBlock>,
}

struct Element {
    name: String,
    /// The language that its class or its attributes name.
    language: String,
    is_container: bool,
    is_hidden: bool,
}

/// A `<pre>` that is being read.
struct OpenBlock {
    language: String,
    code: String,
    at: Range<usize>,
    /// The byte of the page that its code begins with.
    start: Option<usize>,
}

/// Elements that have no end tag.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// Elements that show what is in them apart from the rest, under a title of its own.
const CONTAINERS: [&str; 7] =
    ["article", "aside", "details", "devsite-expandable", "devsite-selector", "fieldset", "section"];

/// The attributes that have the label of a tab or of what is folded in, by what is shown first.
const LABELS: [&str; 9] =
    ["value", "data-lang", "id-label", "name", "tab-title", "heading", "header", "title", "label"];

impl HtmlReader {
    /// Reads a piece. `origin` has the byte of the page that a byte of it is.
    pub(super) fn read(&mut self, piece: &str, origin: &dyn Fn(usize) -> usize, outline: &mut Outline<'_>) {
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(piece, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    let at = origin(tag.span.start)..origin(tag.span.end.min(piece.len()));
                    self.start(&tag, at, outline);
                }
                Token::EndTag(tag) => self.end(&text_of(&tag.name), outline),
                Token::String(string) => {
                    let start = string.span.start;
                    self.text(&text_of(&string.value), origin(start), outline);
                    if self.block.is_none() && !self.is_page {
                        unread_fences(piece, string.span.start..string.span.end, origin, outline);
                    }
                }
                Token::Comment(comment) => {
                    hidden(piece, comment.span.start..comment.span.end, origin, outline);
                }
                Token::Doctype(_) | Token::Error(_) => {}
            }
        }
    }

    /// The end of a piece: what it has begun to read goes no further.
    pub(super) fn end_of_fragment(&mut self, outline: &mut Outline<'_>) {
        self.end_title(outline);
        if let Some(block) = self.block.take() {
            outline.unread("the `<pre>` without an end", &block.language, block.at);
        }
    }

    fn start(&mut self, tag: &StartTag<usize>, at: Range<usize>, outline: &mut Outline<'_>) {
        let name = text_of(&tag.name);
        let named = named_language(tag);
        if let Some(block) = &mut self.block {
            match name.as_str() {
                "br" => block.code.push('\n'),
                _ if block.language.is_empty() => block.language = named,
                _ => {}
            }
            return;
        }
        let is_tab = name.contains("tab") && !matches!(name.as_str(), "table" | "tbody");
        let is_container = is_tab || CONTAINERS.contains(&name.as_str());
        if is_container {
            outline.enter();
            if is_tab || name == "details" || name.contains("expandable") {
                for key in LABELS {
                    if let Some(label) = attribute(tag, key) {
                        outline.label(&label, at.clone());
                    }
                }
            }
        }
        match name.as_str() {
            "pre" => {
                let around = self.open.iter().rev().map(|it| &it.language).find(|it| !it.is_empty());
                let language =
                    if named.is_empty() { around.cloned().unwrap_or_default() } else { named.clone() };
                self.block = Some(OpenBlock { language, code: String::new(), at: at.clone(), start: None });
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_title(outline);
                let level = name[1..].parse().unwrap_or(6);
                self.title = Some((Some(level), String::new(), at));
            }
            "summary" => {
                self.end_title(outline);
                self.title = Some((None, String::new(), at));
            }
            _ => {}
        }
        if !tag.self_closing && !VOID.contains(&name.as_str()) {
            let is_hidden = attribute(tag, "hidden").is_some() || name == "template";
            self.open.push(Element { name, language: named, is_container, is_hidden });
        } else if is_container {
            outline.leave();
        }
    }

    fn end(&mut self, name: &str, outline: &mut Outline<'_>) {
        match name {
            "pre" => self.end_block(outline),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" => self.end_title(outline),
            _ => {}
        }
        // What is in a block has no part in what is open around it.
        if self.block.is_some() {
            return;
        }
        if let Some(innermost) = self.open.iter().rposition(|it| it.name == name) {
            for element in self.open.drain(innermost..).rev() {
                if element.is_container {
                    outline.leave();
                }
            }
        }
    }

    fn text(&mut self, text: &str, at: usize, _: &mut Outline<'_>) {
        if let Some(block) = &mut self.block {
            if block.start.is_none() {
                // A line end right behind the tag is none of the code's.
                let first = text.strip_prefix('\n').or_else(|| text.strip_prefix("\r\n"));
                block.start = Some(at + text.len() - first.unwrap_or(text).len());
                block.code.push_str(first.unwrap_or(text));
            } else {
                block.code.push_str(text);
            }
        } else if let Some((_, title, _)) = &mut self.title {
            title.push_str(text);
        }
    }

    fn end_title(&mut self, outline: &mut Outline<'_>) {
        if let Some((level, text, at)) = self.title.take() {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            match level {
                Some(level) => outline.heading(level, &text, at),
                None => outline.label(&text, at),
            }
        }
    }

    fn end_block(&mut self, outline: &mut Outline<'_>) {
        let Some(OpenBlock { language, mut code, at, start }) = self.block.take() else { return };
        if !code.is_empty() && !code.ends_with('\n') {
            code.push('\n');
        }
        if self.open.iter().any(|element| element.is_hidden) {
            return outline.hidden(&language, at);
        }
        let mut start = start.unwrap_or(at.end);
        // The line end that is none of the code's is one character of the text and may be two of the page.
        if code.starts_with('\n')
            != outline.text()[..].get(start..).is_some_and(|rest| rest.starts_with('\n'))
        {
            start += 1;
        }
        let first = outline.line(start);
        let count = u32::try_from(code.matches('\n').count()).unwrap_or(u32::MAX);
        let lines = Lines { first, last: first.saturating_add(count).saturating_sub(1) };
        outline.block(language, code, lines, at);
    }
}

fn text_of(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn attribute(tag: &StartTag<usize>, name: &str) -> Option<String> {
    let found = tag.attributes.iter().find(|(key, _)| key.as_slice() == name.as_bytes());
    found.map(|(_, value)| text_of(&value.value))
}

/// The language that an element is marked with: `class="language-js"`, `class="prettyprint lang-js"`, `syntax="JavaScript"`.
fn named_language(tag: &StartTag<usize>) -> String {
    for key in ["syntax", "data-lang", "data-language", "language", "lang-name"] {
        if let Some(value) = attribute(tag, key) {
            return language(&value);
        }
    }
    let class = attribute(tag, "class").unwrap_or_default();
    let words = class.split_whitespace();
    let prefixes = ["language-", "lang-", "highlight-source-", "highlight-", "brush:"];
    let marked = words.clone().find_map(|word| prefixes.iter().find_map(|it| word.strip_prefix(it)));
    let marked = marked.filter(|word| !word.is_empty());
    let brush = words.clone().skip_while(|word| *word != "brush:").nth(1);
    marked.or(brush).map_or(String::new(), language)
}

/// What looks like a fence between tags: Markdown does not take it for one there.
fn unread_fences(
    piece: &str,
    part: Range<usize>,
    origin: &dyn Fn(usize) -> usize,
    outline: &mut Outline<'_>,
) {
    for (language, at) in fences(piece, part) {
        outline.unread("the fence in raw HTML", &language, origin(at.start)..origin(at.end));
    }
}

/// What is code in a comment.
fn hidden(piece: &str, part: Range<usize>, origin: &dyn Fn(usize) -> usize, outline: &mut Outline<'_>) {
    let text = piece.get(part.clone()).unwrap_or_default();
    let at = origin(part.start)..origin(part.end.min(piece.len()));
    for (language, at) in fences(piece, part) {
        outline.hidden(&language, origin(at.start)..origin(at.end));
    }
    if text.contains("<pre") {
        let marked = ["language-", "lang-", "syntax=\""].iter().find_map(|it| text.split_once(it));
        outline.hidden(&marked.map_or(String::new(), |(_, rest)| language(rest)), at);
    }
}

/// The fences that lines of a part open, with their languages.
fn fences(piece: &str, part: Range<usize>) -> Vec<(String, Range<usize>)> {
    let end = part.end.min(piece.len());
    let mut found = Vec::new();
    let mut at = part.start;
    for line in piece.get(part.start..end).unwrap_or_default().split_inclusive('\n') {
        if let Some(language) = opening(line) {
            found.push((language, at..at + line.len()));
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<[String; 4]> {
        find(text).told()
    }

    #[test]
    fn a_pre_is_a_block_and_what_marks_it_up_is_no_code() {
        let page = "<h1>Cancel</h1>\n<h2 id=c>C<b>++</b></h2>\n<pre class=\"language-cpp\"><code>\na &lt; b;\n<span>c</span>();</code></pre>\n";
        assert_eq!(blocks(page), [["C++ < Cancel", "cpp", "a < b;\nc();\n", "4-5"]]);
        let page = "<h2>Go</h2><pre>\nx\n</pre><h3>A</h3><h2>B</h2><pre>y</pre>";
        assert_eq!(blocks(page), [["Go", "", "x\n", "2-2"], ["B", "", "y\n", "3-3"]]);
    }

    #[test]
    fn the_language_may_stand_in_many_places() {
        for tag in [
            "<pre class=\"prettyprint lang-js\">",
            "<pre syntax=\"JS\">",
            "<pre data-lang=js>",
            "<pre><code class='x language-js'>",
            "<div class=\"highlight-js notranslate\"><div class=highlight><pre><span></span>",
            "<pre class=\"brush: js\">",
            "<devsite-code><pre class=\"devsite-click-to-copy\" translate=\"no\" syntax=\"js\">",
        ] {
            assert_eq!(blocks(&format!("{tag}x</pre>")), [["", "js", "x\n", "1-1"]], "{tag}");
        }
    }

    #[test]
    fn what_is_folded_in_and_tabs_have_titles_of_their_own() {
        let page = "<h2>Code</h2><details><summary>Node.js\n</summary><pre>a</pre></details><pre>b</pre>\
                    <devsite-selector><section><h3>Go</h3><pre>c</pre></section><section><h3>Java</h3><pre>d</pre></section></devsite-selector>\
                    <pre>e</pre><tab-item label=\"PHP\"><pre>f</pre></tab-item>";
        let titles: Vec<String> = blocks(page).into_iter().map(|[titles, ..]| titles).collect();
        assert_eq!(titles, ["Node.js < Code", "Code", "Go < Code", "Java < Code", "Code", "PHP < Code"]);
    }

    #[test]
    fn what_nobody_sees_is_no_code() {
        let found = find(
            "<h2>Go</h2><!-- <pre class=\"lang-go\">x</pre> --><div hidden><pre class=lang-go>y</pre></div><script>'<pre>z</pre>'</script>",
        );
        assert_eq!(found.blocks, []);
        let hidden: Vec<(&str, bool)> =
            found.unread.iter().map(|it| (it.fence.as_str(), it.is_hidden)).collect();
        assert_eq!(hidden, [("go", true), ("go", true)]);
        assert_eq!(find("<pre class=lang-go>x").unread[0].what, "the `<pre>` without an end");
    }
}
