//! From a part of a scalar's value to the bytes that it was written as.
//!
//! A mistake within a scalar (the third term of a schedule, a bracket of a pattern) is known by its offset in the
//! value. Quotes, escapes and the indentation of block scalars put it elsewhere in the file.

/// Where the byte `offset` of a scalar's `value` stands in the scalar as it was `written`.
///
/// `written` begins with the opening quote of a quoted scalar, and with the first character of a block scalar's
/// content, which stands in column `indent` (from 0). None where a value and its writing do not run in step: a
/// folded paragraph, an escaped line end.
pub(crate) fn locate(written: &str, value: &str, indent: usize, offset: usize) -> Option<usize> {
    let quote = quote_of(written, value);
    let mut at = usize::from(quote.is_some());
    for (here, c) in value.char_indices() {
        let length = step(written.get(at..)?, c, quote, indent)?;
        if here >= offset {
            break;
        }
        at += length;
    }
    written.is_char_boundary(at).then_some(at)
}

/// The quote around the scalar. A block scalar may hold quotes of its own, but then its value has them too.
fn quote_of(written: &str, value: &str) -> Option<char> {
    let quote = written.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    (written.len() > 1 && written.ends_with(quote) && written != value).then_some(quote)
}

/// How many bytes at the beginning of `rest` stand for the character `c` of the value.
fn step(rest: &str, c: char, quote: Option<char>, indent: usize) -> Option<usize> {
    match quote {
        Some('"') if rest.starts_with('\\') => return escape(rest, c),
        Some('\'') if rest.starts_with("''") => return (c == '\'').then_some(2),
        _ => {}
    }
    if let Some(line_end) = line_end(rest) {
        let next = &rest[line_end..];
        let blanks = next.len() - next.trim_start_matches(' ').len();
        return match c {
            '\n' => Some(line_end + blanks.min(indent)),
            ' ' => Some(line_end + blanks),
            _ => None,
        };
    }
    rest.starts_with(c).then_some(c.len_utf8())
}

fn line_end(rest: &str) -> Option<usize> {
    ["\r\n", "\n"].iter().find(|end| rest.starts_with(**end)).map(|end| end.len())
}

/// The length of an escape sequence of a double-quoted scalar.
fn escape(rest: &str, c: char) -> Option<usize> {
    match rest[1..].chars().next()? {
        'x' => Some(4),
        'u' => Some(6),
        'U' => Some(10),
        '\r' | '\n' => None,
        same @ ('"' | '\\' | '/') => (same == c).then_some(2),
        _ => Some(2),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use crate::located::Located;

    /// Writes the value in every style that can hold it, reads it back, and looks up each of its characters.
    fn every_character_is_found(yaml: &str, expected: &str) -> Result<(), TestCaseError> {
        let read: BTreeMap<String, Located<String>> = serde_saphyr::from_str(yaml)
            .map_err(|error| TestCaseError::fail(format!("{yaml:?}: {error}")))?;
        let scalar = &read["key"];
        prop_assert_eq!(&scalar.value, expected);
        for (offset, c) in expected.char_indices() {
            let span = scalar.part(yaml, offset, c.len_utf8());
            let found = &yaml[span.clone()];
            match c {
                '\n' => prop_assert!(found.starts_with(['\n', '\r', '\\']), "{:?} in {:?}", found, yaml),
                '"' | '\\' | '\'' => {
                    prop_assert!(found.ends_with(c) && found.len() <= 2, "{:?} in {:?}", found, yaml)
                }
                c => prop_assert_eq!(found, c.to_string(), "in {:?}", yaml),
            }
        }
        Ok(())
    }

    /// A line of a block scalar that is not empty and neither begins nor ends with a blank.
    const LINE: &str = r#"[a-zé'"\\{}][a-zé'"\\ :#{}]{0,8}[a-z"']"#;

    proptest! {
        #[test]
        fn in_quotes(value in r#"[a-zé'"\\ :#{}]{1,20}"#) {
            every_character_is_found(&format!("key: '{}'\n", value.replace('\'', "''")), &value)?;
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
            every_character_is_found(&format!("a: 1\nkey: \"{escaped}\" # comment\n"), &value)?;
        }

        #[test]
        fn in_a_block(
            first in LINE, middle in prop::collection::vec(prop_oneof![LINE, Just(String::new())], 0..4), last in LINE,
            line_end in "\n|\r\n",
        ) {
            let lines: Vec<&str> =
                [first.as_str()].into_iter().chain(middle.iter().map(String::as_str)).chain([last.as_str()]).collect();
            let indent = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
            let written: String = lines.iter().map(|line| indent(line) + &line_end).collect();
            every_character_is_found(&format!("key: |{line_end}{written}"), &(lines.join("\n") + "\n"))?;
            every_character_is_found(&format!("key: |-{line_end}{written}b: 1{line_end}"), &lines.join("\n"))?;
        }

        #[test]
        fn plain(value in "[a-zé][a-z{}é]{0,4}( [a-z{}:é]{0,5}[a-z]){0,3}") {
            every_character_is_found(&format!("b: x\nkey:   {value}  # comment\n"), &value)?;
        }

        #[test]
        fn nothing_makes_it_panic(written in ".{0,20}", value in ".{0,20}", indent in 0usize..8, offset in 0usize..30) {
            if let Some(at) = super::locate(&written, &value, indent, offset) {
                prop_assert!(written.is_char_boundary(at));
            }
        }
    }

    #[test]
    fn escapes_and_what_cannot_be_located() {
        assert_eq!(super::locate(r#""a\tb""#, "a\tb", 0, 2), Some(4));
        assert_eq!(super::locate(r#""\u00e9b""#, "éb", 0, 2), Some(7));
        assert_eq!(super::locate("a\n  b", "a b", 2, 2), Some(4));
        assert_eq!(super::locate("a\n\n  b", "a\nb", 2, 2), None);
    }
}
