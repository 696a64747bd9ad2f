//! What the sites that render pages add to Markdown, written as CommonMark has it: MkDocs's tabs and admonitions,
//! containers of Docusaurus, of MyST and of others, shortcodes of Hugo, tags of Liquid.
//!
//! Each line stays in its place: what marks a container becomes an empty line, what is indented for its sake is not any
//! more, and code that a tag marks is between fences. So a line of what comes of it is the line of the page of that number.

mod line;

use std::ops::Range;

use self::line::{ContainerEnd, Marker};
use super::outline::Outline;

/// A page as CommonMark has it.
#[derive(Debug, Default)]
pub(super) struct Plain {
    /// The text.
    pub(super) text: String,
    /// For each line, where it begins in the text and what it is of in the page.
    lines: Vec<(usize, usize)>,
    /// What there is between the lines, in their order.
    marks: Vec<(usize, Mark)>,
}

#[derive(Debug)]
enum Mark {
    Enter { labels: Vec<String>, at: Range<usize> },
    Leave,
    Unread { language: String, at: Range<usize> },
    Hidden { language: String, at: Range<usize> },
}

impl Plain {
    /// The byte of the page that a byte of the text is.
    pub(super) fn origin(&self, at: usize) -> usize {
        let line = self.line(at);
        self.lines.get(line).map_or(at, |(start, origin)| origin + (at - start))
    }

    /// The line of a byte of the text, from 0.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|(start, _)| *start <= at).saturating_sub(1)
    }

    /// Tells an outline of the marks up to a byte of the text, and of those at its end. `told` counts those that it knows.
    pub(super) fn tell(&self, outline: &mut Outline<'_>, told: &mut usize, at: Option<usize>) {
        let line = at.map_or(usize::MAX, |at| self.line(at));
        while let Some((_, mark)) = self.marks.get(*told).filter(|(place, _)| *place <= line) {
            *told += 1;
            match mark {
                Mark::Enter { labels, at } => {
                    outline.enter();
                    labels.iter().for_each(|label| outline.label(label, at.clone()));
                }
                Mark::Leave => outline.leave(),
                Mark::Unread { language, at } => {
                    outline.unread("the inclusion of a file", language, at.clone())
                }
                Mark::Hidden { language, at } => outline.hidden(language, at.clone()),
            }
        }
    }
}

/// Writes a page as CommonMark has it. `indented` tells whether its site has containers of what is indented.
pub(super) fn plain(text: &str, indented: bool) -> Plain {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut writer = Writer { lines: &lines, indented, ..Writer::default() };
    let mut at = 0;
    for (index, line) in lines.iter().enumerate() {
        writer.line(index, line, at);
        at += line.len();
    }
    writer.plain
}

#[derive(Default)]
struct Writer<'a> {
    lines: &'a [&'a str],
    indented: bool,
    plain: Plain,
    open: Vec<Container>,
    inside: Inside,
    /// True where a directive has just begun: its options follow.
    options: bool,
}

enum Container {
    /// Up to the first line that is indented less than this.
    Indented(usize),
    Ended(ContainerEnd),
}

#[derive(Default, PartialEq)]
enum Inside {
    #[default]
    Text,
    /// A block of CommonMark's own.
    Fence { mark: char, count: usize },
    /// Code that a tag marks.
    Code { ends: ContainerEnd, fence: String },
    /// What a tag hides.
    Hidden { ends: ContainerEnd },
    /// A comment of HTML.
    Comment,
}

impl Writer<'_> {
    fn line(&mut self, index: usize, line: &str, at: usize) {
        let is_blank = line.trim().is_empty();
        if !is_blank {
            self.close_indented(index, indent(line));
        }
        let depth = self.open.iter().filter(|it| matches!(it, Container::Indented(_))).count();
        let cut = dedent(line, depth * STEP);
        let (line, at) = (&line[cut..], at + cut);
        match &self.inside {
            Inside::Fence { mark, count } => {
                if is_closing(line, *mark, *count) {
                    self.inside = Inside::Text;
                }
                self.keep(line, at);
            }
            Inside::Code { ends, fence } => match self.read(index, line) {
                Marker::End(end) if closes(&end, ends) => {
                    let fence = fence.clone();
                    self.inside = Inside::Text;
                    self.plain.marks.push((index, Mark::Leave));
                    self.write(&fence, line, at);
                }
                _ => self.keep(line, at),
            },
            Inside::Hidden { ends } => {
                let ends = ends.clone();
                match self.read(index, line) {
                    Marker::End(end) if closes(&end, &ends) => self.inside = Inside::Text,
                    Marker::Fence { mark, count } if !is_closing(line, mark, 3) => {
                        let language = super::info::Info::read(&line::bare(line)[count..]).language;
                        let mark = Mark::Hidden { language, at: at..at + line.len() };
                        self.plain.marks.push((index, mark));
                    }
                    _ => {}
                }
                self.write("", line, at);
            }
            Inside::Comment => {
                if line.contains("-->") {
                    self.inside = Inside::Text;
                }
                self.keep(line, at);
            }
            Inside::Text => self.text(index, line, at),
        }
    }

    fn text(&mut self, index: usize, line: &str, at: usize) {
        if std::mem::take(&mut self.options) && is_option(line) {
            self.options = true;
            return self.write("", line, at);
        }
        let whole = at..at + line.len();
        match self.read(index, line) {
            Marker::Indented(labels) if self.indented => {
                let depth = self.open.iter().filter(|it| matches!(it, Container::Indented(_))).count();
                self.open.push(Container::Indented(indent(line) + depth * STEP + STEP));
                self.plain.marks.push((index, Mark::Enter { labels, at: whole }));
                self.write("", line, at);
            }
            Marker::Begin { ends, labels } => {
                self.options = matches!(ends, ContainerEnd::Marks { .. });
                self.open.push(Container::Ended(ends));
                self.plain.marks.push((index, Mark::Enter { labels, at: whole }));
                self.write("", line, at);
            }
            Marker::Code { ends, language, mut labels } => {
                let body = self.body(index, &ends);
                let is_fence = |line: &&str| matches!(line::read(line, |_| false), Marker::Fence { .. });
                let has_fence = body.iter().any(is_fence);
                let longest = body.iter().map(|line| line.matches('~').count()).max().unwrap_or_default();
                if has_fence {
                    labels.insert(0, language);
                    self.open.push(Container::Ended(ends));
                    self.plain.marks.push((index, Mark::Enter { labels, at: whole }));
                    return self.write("", line, at);
                }
                self.plain.marks.push((index, Mark::Enter { labels, at: whole }));
                let fence = "~".repeat(longest.max(3) + 1);
                self.write(&format!("{fence} {language}"), line, at);
                self.inside = Inside::Code { ends, fence };
            }
            Marker::Comment { ends } => {
                self.inside = Inside::Hidden { ends };
                self.write("", line, at);
            }
            Marker::End(end) => {
                let innermost = self
                    .open
                    .iter()
                    .rposition(|it| matches!(it, Container::Ended(ends) if closes(&end, ends)));
                if let Some(innermost) = innermost {
                    self.close(index, innermost);
                    return self.write("", line, at);
                }
                self.keep(line, at);
            }
            Marker::Fence { mark, count } => {
                // The end of a directive has marks like a fence without an info string.
                let end = ContainerEnd::Marks { mark, count };
                let innermost = self
                    .open
                    .iter()
                    .rposition(|it| matches!(it, Container::Ended(ends) if closes(&end, ends)));
                match innermost.filter(|_| is_closing(line, mark, count)) {
                    Some(innermost) => {
                        self.close(index, innermost);
                        self.write("", line, at);
                    }
                    None => {
                        self.inside = Inside::Fence { mark, count };
                        self.keep(line, at);
                    }
                }
            }
            Marker::Include { language } => {
                self.plain.marks.push((index, Mark::Unread { language, at: whole }));
                self.keep(line, at);
            }
            Marker::Text | Marker::Indented(_) => {
                let is_comment = line.trim_start().starts_with("<!--") && !line.contains("-->");
                if is_comment {
                    self.inside = Inside::Comment;
                }
                self.keep(line, at);
            }
        }
    }

    fn read(&self, index: usize, line: &str) -> Marker {
        line::read(line, |end| self.lines[index + 1..].iter().any(|line| is_end(line, end)))
    }

    /// The lines up to the one that ends something.
    fn body(&self, index: usize, ends: &ContainerEnd) -> Vec<&str> {
        self.lines[index + 1..].iter().take_while(|line| !is_end(line, ends)).copied().collect()
    }

    /// Ends the containers of what is indented more than this line.
    fn close_indented(&mut self, index: usize, indent: usize) {
        let over =
            self.open.iter().position(|it| matches!(it, Container::Indented(least) if indent < *least));
        if let Some(over) = over {
            self.close(index, over);
            // What was open in it ends with it.
            self.inside = Inside::Text;
        }
    }

    /// Ends a container, and those in it.
    fn close(&mut self, index: usize, innermost: usize) {
        for _ in self.open.drain(innermost..) {
            self.plain.marks.push((index, Mark::Leave));
        }
    }

    fn keep(&mut self, line: &str, at: usize) {
        self.plain.lines.push((self.plain.text.len(), at));
        self.plain.text.push_str(line);
    }

    /// Writes a line in the place of another, whose end it has.
    fn write(&mut self, text: &str, line: &str, at: usize) {
        self.plain.lines.push((self.plain.text.len(), at));
        self.plain.text.push_str(text);
        self.plain.text.push_str(&line[line.trim_end_matches(['\r', '\n']).len()..]);
    }
}

/// The columns by which the content of a container is indented, where it is.
const STEP: usize = 4;

/// The columns of white space that a line begins with.
pub(super) fn indent(line: &str) -> usize {
    let mut column = 0;
    for c in line.chars() {
        match c {
            ' ' => column += 1,
            '\t' => column += STEP - column % STEP,
            _ => break,
        }
    }
    column
}

/// The bytes of white space in so many columns, or fewer if there are no more.
pub(super) fn dedent(line: &str, columns: usize) -> usize {
    let mut column = 0;
    for (at, c) in line.char_indices() {
        if column >= columns {
            return at;
        }
        match c {
            ' ' => column += 1,
            '\t' => column += STEP - column % STEP,
            _ => return at,
        }
    }
    line.trim_end_matches(['\r', '\n']).len()
}

fn is_closing(line: &str, mark: char, count: usize) -> bool {
    let line = line::bare(line);
    line.chars().all(|c| c == mark) && line.chars().count() >= count
}

fn is_end(line: &str, wanted: &ContainerEnd) -> bool {
    matches!(line::read(line, |_| false), Marker::End(end) if closes(&end, wanted))
}

fn closes(end: &ContainerEnd, wanted: &ContainerEnd) -> bool {
    match (end, wanted) {
        (ContainerEnd::Tag(end), ContainerEnd::Tag(wanted)) => end == wanted,
        (ContainerEnd::Marks { mark, count }, ContainerEnd::Marks { mark: wanted, count: least }) => {
            mark == wanted && count >= least
        }
        _ => false,
    }
}

/// True for an option of a directive: `:name: value`.
fn is_option(line: &str) -> bool {
    let rest = line.trim().strip_prefix(':');
    rest.and_then(|rest| rest.split_once(':')).is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    })
}
