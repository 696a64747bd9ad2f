//! Texts of samples, made safe to show.
//!
//! What a sample prints is not ours: it may hold escape sequences that move a cursor, characters that turn the
//! direction of writing, bytes that no XML may hold, or one line of a megabyte. Nothing of that reaches a report as it
//! is, and nothing vanishes either: it is made visible, or cut with a note that says how much is missing.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::log_command::inert;

/// The text with every character that is not plain text made visible; line ends and tabs stay. What a CI system would take
/// for a command is [none](inert) any more.
///
/// Control characters become their pictures (U+001B becomes `␛`), all else that would not be seen, or that would
/// change how its neighbours are seen, becomes its number (`\u{202e}`).
pub fn visible(text: &str) -> Cow<'_, str> {
    match without_hidden(text) {
        Cow::Borrowed(text) => inert(text),
        Cow::Owned(text) => Cow::Owned(inert(&text).into_owned()),
    }
}

fn without_hidden(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_hidden) else {
        return Cow::Borrowed(text);
    };
    let mut shown = String::with_capacity(text.len() + 16);
    shown.push_str(&text[..first]);
    for c in text[first..].chars() {
        push_visible(&mut shown, c);
    }
    Cow::Owned(shown)
}

/// Characters that are kept of what is short by nature: a title, a schedule, a command, a path.
pub const FIELD_CHARS: usize = 1_000;

/// The text as one line of at most `limit` characters ([cut](cut_line) with a note): [`visible`], and line ends and tabs
/// have become visible too.
pub fn one_line(text: &str, limit: usize) -> String {
    let cut = cut_line(text, limit);
    let shown = without_hidden(&cut);
    if shown.contains(['\n', '\t']) {
        inert(&shown.replace('\n', "␊").replace('\t', "␉")).into_owned()
    } else {
        inert(&shown).into_owned()
    }
}

/// The first lines of a text, each [`visible`] and of at most `limit` characters, with a note on those left out.
pub fn paragraph(text: &str, lines: usize, limit: usize) -> Vec<String> {
    let total = text.lines().count();
    let shown = text.lines().take(lines).map(|line| visible(&cut_line(line, limit)).into_owned());
    let left = total.saturating_sub(lines);
    let note = (left > 0).then(|| format!("[… {left} more line{}]", plural(left)));
    shown.chain(note).collect()
}

fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Direction of writing, joiners and other invisible marks, line and paragraph separators, tags, noncharacters.
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

fn push_visible(shown: &mut String, c: char) {
    let picture = match c {
        '\u{0}'..='\u{1f}' if is_hidden(c) => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('␡'),
        _ => None,
    };
    match picture {
        Some(picture) => shown.push(picture),
        // Writing to a string cannot fail.
        None if is_hidden(c) => drop(write!(shown, "\\u{{{:x}}}", u32::from(c))),
        None => shown.push(c),
    }
}

/// The line, or its beginning with a note where it has more than `limit` characters.
pub fn cut_line(line: &str, limit: usize) -> Cow<'_, str> {
    // Most lines are short: the number of bytes tells so without counting.
    if line.len() <= limit {
        return Cow::Borrowed(line);
    }
    match line.char_indices().nth(limit) {
        None => Cow::Borrowed(line),
        Some((at, _)) => {
            let left = line[at..].chars().count();
            Cow::Owned(format!("{} [… {left} more character{}]", &line[..at], plural(left)))
        }
    }
}

/// The text, or its beginning and its end with a note between them where it has more than `limit` bytes.
///
/// The end gets the larger part: that is where programs say what went wrong.
pub fn cut_middle(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    let head = text.floor_char_boundary(limit / 3);
    let tail = text.ceil_char_boundary(text.len() - (limit - limit / 3));
    let left = tail - head;
    Cow::Owned(format!("{}\n[… {left} bytes left out …]\n{}", &text[..head], &text[tail..]))
}

/// The last lines of a text, safe to show.
#[derive(Debug, PartialEq, Eq)]
pub struct Tail {
    /// The lines, each [`visible`], cut, and with blanks for tabs.
    pub lines: Vec<String>,
    /// How many lines the text has in all.
    pub total: usize,
}

/// The last `lines` lines of a text, each of at most `width` characters.
pub fn tail(text: &str, lines: usize, width: usize) -> Tail {
    let total = text.lines().count();
    let lines = text
        .lines()
        .skip(total.saturating_sub(lines))
        .map(|line| visible(&cut_line(line, width)).replace('\t', "    "))
        .collect();
    Tail { lines, total }
}

/// `s` for every number but one.
pub fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The text with its first letter capital.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| format!("{}{}", first.to_uppercase(), chars.as_str())).unwrap_or_default()
}

/// How long something took, in words: `1.2 s`, or `1.2 s (5 min 2 s virtual)` where its time was virtual.
pub fn took(wall_ms: u64, virtual_ms: Option<u64>) -> String {
    match virtual_ms {
        Some(ms) => format!("{} ({} virtual)", duration(wall_ms), duration(ms)),
        None => duration(wall_ms),
    }
}

/// Milliseconds in words: `850 ms`, `1.3 s`, `2 min 5 s`, `2 h 0 min`.
pub fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
        _ => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}

/// `1 more request`, `3 more requests`.
pub fn more(count: usize, what: &str) -> String {
    format!("{count} more {what}{}", plural(count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_would_not_be_seen_is_made_visible() {
        assert_eq!(visible("a\u{1b}[31mb\u{0}\r\n\tc"), "a␛[31mb␀␍\n\tc");
        assert_eq!(visible("pay\u{202e}lad\u{9b}1m\u{7f}"), "pay\\u{202e}lad\\u{9b}1m␡");
        assert!(matches!(visible("plain ✓ ünïcode"), Cow::Borrowed(_)));
        assert_eq!(one_line("a\nb\tc", 9), "a␊b␉c");
        assert_eq!(one_line("a\nbc", 2), "a␊ [… 2 more characters]");
        assert_eq!(paragraph("a\tb\n\r \nc", 2, 9), ["a\tb", "␍ ", "[… 1 more line]"]);
    }

    #[test]
    fn a_cut_says_how_much_is_missing() {
        assert_eq!(cut_line("abcdef", 6), "abcdef");
        assert_eq!(cut_line("abcdef", 4), "abcd [… 2 more characters]");
        assert_eq!(cut_line("äöü", 2), "äö [… 1 more character]");
        assert_eq!(cut_middle("abcdefghij", 6), "ab\n[… 4 bytes left out …]\nghij");
        let tail = tail("1\n2\n3\tx\n", 2, 10);
        assert_eq!(tail, Tail { lines: vec!["2".to_owned(), "3    x".to_owned()], total: 3 });
    }

    #[test]
    fn durations_read_well() {
        assert_eq!([duration(7), duration(1_250), duration(125_000)], ["7 ms", "1.2 s", "2 min 5 s"]);
        assert_eq!(duration(7_260_000), "2 h 1 min");
        assert_eq!([took(1_250, Some(302_000)), took(7, None)], ["1.2 s (5 min 2 s virtual)", "7 ms"]);
    }

    proptest! {
        #[test]
        fn no_hidden_character_is_left(text in "\\PC{0,20}|.{0,40}|[\\x00-\\x1f\u{200b}\u{202e}]{0,20}") {
            prop_assert!(!visible(&text).contains(is_hidden));
            prop_assert!(!one_line(&text, 30).chars().any(char::is_control));
        }

        #[test]
        fn cuts_fall_between_characters(text in "[aäя✓𝄞]{0,60}", limit in 1usize..50) {
            let cut = cut_middle(&text, limit);
            prop_assert!(cut.len() <= text.len().max(limit + 60));
            prop_assert!(cut_line(&text, limit).chars().count() <= limit + 40);
        }
    }
}
