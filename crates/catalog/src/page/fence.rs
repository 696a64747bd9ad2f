//! Fenced blocks, whichever parser found them.

use std::ops::Range;

use super::info::{Info, includes};
use super::outline::Outline;
use crate::lines::Lines;

/// Tells an outline of a fenced block, if it is one of code that stands in it.
pub(super) fn take_block(
    outline: &mut Outline<'_>,
    info: &str,
    mut code: String,
    mut lines: Lines,
    at: Range<usize>,
) {
    let read = Info::read(info);
    let stands_for_a_file = read.directive.as_deref().is_some_and(includes)
        || info.split_whitespace().any(|word| word == "reference" || word.starts_with("file="))
        || code.lines().any(|line| {
            ["--8<--", "{{#include", "{{#rustdoc_include"].iter().any(|it| line.trim().starts_with(it))
        });
    if stands_for_a_file {
        let language = match &read.directive {
            Some(_) => read.argument.rsplit_once('.').map_or("", |(_, extension)| extension),
            None => &read.language,
        };
        return outline.unread("the inclusion of a file", language, at);
    }
    if read.directive.is_some() {
        // A picture, a formula: no code, and nothing but its directive can read it.
        return;
    }
    if read.has_options {
        let options = options(&code);
        let cut: usize = code.split_inclusive('\n').take(options).map(str::len).sum();
        code.drain(..cut);
        lines.first = lines.first.saturating_add(u32::try_from(options).unwrap_or(u32::MAX));
    }
    outline.block(read.language, code, lines, at);
}

/// How many lines of a directive's content are its options, with the empty line below them.
fn options(code: &str) -> usize {
    let is_option = |line: &&str| line.trim_start().starts_with(':') && line.trim_start()[1..].contains(':');
    let mut lines = code.lines().peekable();
    let count = if lines.peek().is_some_and(|line| line.trim() == "---") {
        lines.skip(1).position(|line| line.trim() == "---").map_or(0, |end| end + 2)
    } else {
        lines.take_while(is_option).count()
    };
    let is_empty_below = code.lines().nth(count).is_some_and(|line| line.trim().is_empty());
    count + usize::from(count > 0 && is_empty_below)
}

/// The language of a fence that a line opens, if it opens one and names a language.
pub(super) fn opening(line: &str) -> Option<String> {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '-' | '*' | '+'));
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let info = line.trim_start_matches(mark);
    if line.len() - info.len() < 3 || info.contains('`') {
        return None;
    }
    Some(Info::read(info).language).filter(|language| language.starts_with(|c: char| c.is_alphabetic()))
}
