//! Texts of samples in GitHub's Markdown: nothing in them may format, link, mention or open a tag.

use crate::text::{one_line, visible};

/// Characters of a text in running prose that are kept.
const INLINE_CHARS: usize = 600;

/// The text as prose in one line. What stands between backticks stays code.
pub(super) fn inline(text: &str) -> String {
    let text = one_line(text.trim(), INLINE_CHARS);
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        // Every second part is code, unless it is empty, or the last one, whose backtick has no partner.
        match (index % 2 == 1, index + 1 == parts.len()) {
            (true, false) if !part.is_empty() => out.push_str(&format!("`{part}`")),
            (true, false) => out.push_str("\\`\\`"),
            (true, true) => out.push_str(&format!("\\`{}", escape(part))),
            (false, _) => out.push_str(&escape(part)),
        }
    }
    // At the start of a line, these begin a list or a heading.
    let digits = out.len() - out.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if out.starts_with(['-', '+', '=']) || (digits > 0 && out[digits..].starts_with(['.', ')'])) {
        out.insert(digits, '\\');
    }
    out
}

/// Escapes what has a meaning in Markdown, and breaks what GitHub would make a link or a picture of after Markdown is
/// done: mentions, references to issues, addresses, names of emoji.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A zero-width space keeps the word from being one.
            '@' | '#' => {
                out.push(c);
                out.push_str("&#8203;");
            }
            ':' if chars.peek().is_some_and(|next| !next.is_whitespace()) => out.push_str("&#58;"),
            '\\' | '*' | '_' | '[' | ']' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    // GH-12 refers to an issue, www. begins an address.
    out.replace("GH-", "GH&#8203;-").replace("gh-", "gh&#8203;-").replace("www.", "www&#8203;.")
}

/// The text in a fenced block of this language, with a fence that is not in it.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let text = visible(text);
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_cannot_format_link_or_mention() {
        insta::assert_snapshot!(inline("claims `a_b`: <b>*not*</b> @octocat #12 [x](http://e.com) :tada:"), @r"claims `a_b`: &lt;b&gt;\*not\*&lt;/b&gt; @&#8203;octocat #&#8203;12 \[x\](http&#58;//e.com) &#58;tada:");
        insta::assert_snapshot!(inline("one ` backtick, a `code <i>` and GH-7\n::error::"), @r"one ` backtick, a `code &lt;i&gt;\` and GH&#8203;-7␊&#58;&#58;error&#58;:");
        insta::assert_snapshot!(inline("```\n``<i>`` `"), @r"\`\``␊``<i>`` `");
    }

    #[test]
    fn prose_cannot_begin_a_list_or_a_heading() {
        let starts = ["- a", "+ a", "12. a", "12) a", "# a", "=== a", "    a", "12 a"].map(inline);
        assert_eq!(starts, ["\\- a", "\\+ a", "12\\. a", "12\\) a", "#&#8203; a", "\\=== a", "a", "12 a"]);
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        assert_eq!(fenced("text", "a\n````\nb\n"), "`````text\na\n````\nb\n`````\n");
    }
}
