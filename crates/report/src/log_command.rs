//! Lines of a log that a CI system takes for commands, made plain text.
//!
//! GitHub's runner reads both standard streams of a step. A line that begins with `::` behind any blanks is a command to it
//! (`::stop-commands::`, `::add-mask::`), as is what follows `##[` wherever it stands; Azure's agent and TeamCity have
//! `##vso[` and `##teamcity[`. Source: `ActionCommand.TryParseV2` and `TryParse` of actions/runner. Whoever prints the text of
//! a sample must not print one of these, and a wrapped line may begin with what was in the middle of one.

use std::borrow::Cow;

/// The text without commands: the character that would make one becomes its number, `\u{3a}:stop-commands::x`.
pub fn inert(text: &str) -> Cow<'_, str> {
    if !has_command(text) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let rest = line.trim_start();
        let (blanks, rest) = match rest.strip_prefix("::") {
            Some(_) => (&line[..line.len() - rest.len()], &rest[1..]),
            None => ("", line),
        };
        plain.push_str(blanks);
        if rest.len() + blanks.len() < line.len() {
            plain.push_str(r"\u{3a}");
        }
        push_replacing_brackets(&mut plain, rest, r"\u{5b}");
    }
    Cow::Owned(plain)
}

/// JSON without commands, which says the same: only within its strings can there be one, and there a bracket may be written
/// by its number.
pub fn inert_json(json: String) -> String {
    if bracket(&json).is_none() {
        return json;
    }
    let mut plain = String::with_capacity(json.len() + 16);
    push_replacing_brackets(&mut plain, &json, r"\u005b");
    plain
}

fn has_command(text: &str) -> bool {
    let begins = text.contains("::") && text.split('\n').any(|line| line.trim_start().starts_with("::"));
    begins || bracket(text).is_some()
}

fn push_replacing_brackets(plain: &mut String, mut rest: &str, number: &str) {
    while let Some(at) = bracket(rest) {
        plain.push_str(&rest[..at]);
        plain.push_str(number);
        rest = &rest[at + 1..];
    }
    plain.push_str(rest);
}

/// Where the bracket of the first command with one stands: `##[`, `##vso[`.
fn bracket(text: &str) -> Option<usize> {
    text.match_indices("##").find_map(|(at, _)| {
        let name = text[at + 2..].trim_start_matches(|c: char| c == '#' || c.is_ascii_alphanumeric());
        name.starts_with('[').then(|| text.len() - name.len())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_command_is_shown_and_is_none() {
        assert_eq!(inert("a\n \u{3000}\t::stop-commands::x\n"), "a\n \u{3000}\t\\u{3a}:stop-commands::x\n");
        assert_eq!(
            inert("::error::a ##[error]b ##vso[c]d"),
            r"\u{3a}:error::a ##\u{5b}error]b ##vso\u{5b}c]d"
        );
        assert_eq!(inert("###[group]"), r"###\u{5b}group]");
        assert_eq!(inert("::::"), r"\u{3a}:::");
    }

    #[test]
    fn what_is_none_stays_as_it_is() {
        for text in ["std::string", "a ::b", "## [a](b)", "# [a]", "", ":", "a\n:b: c"] {
            assert!(matches!(inert(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn json_says_the_same() {
        let json = serde_json::json!({ "a ##[b]": ["##vso[c]", "\\##["] });
        let plain = inert_json(json.to_string());
        assert_eq!(bracket(&plain), None, "{plain}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&plain).unwrap(), json);
    }

    proptest! {
        #[test]
        fn none_is_left_whatever_was_there(text in "[ \t:#\\[a\n]{0,30}") {
            prop_assert!(!has_command(&inert(&text)));
        }
    }
}
