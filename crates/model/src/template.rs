//! Texts with names in braces, to be filled in: the expected outputs and the commands of manifests.

use crate::suggestion;

/// A text that cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// Byte offset of the wrong part.
    pub offset: usize,
    /// Its length in bytes.
    pub length: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

/// The text with every `{name}` replaced by its value. `{{` and `}}` stand for braces.
///
/// # Errors
/// A name that has no value, or a brace without its partner; `names` are those that the message then offers.
pub fn fill(
    text: &str,
    names: &[&str],
    value: impl Fn(&str) -> Option<String>,
) -> Result<String, TemplateError> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let offset = text.len() - rest.len() + at;
        filled.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            filled.push_str(&tail[..1]);
            rest = &tail[2..];
            continue;
        }
        let name = tail.strip_prefix('{').and_then(|inner| {
            inner.find(['{', '}']).filter(|end| inner[*end..].starts_with('}')).map(|end| &inner[..end])
        });
        let Some(name) = name else {
            let message = "a brace without its partner; write `{{` or `}}` for a brace itself".to_owned();
            return Err(TemplateError { offset, length: 1, message });
        };
        let Some(value) = value(name) else {
            let close = suggestion(name, names.iter().copied());
            let known: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
            let message =
                format!("unknown placeholder `{{{name}}}`{close}; the placeholders are {}", known.join(", "));
            return Err(TemplateError { offset, length: name.len() + 2, message });
        };
        filled.push_str(&value);
        rest = &tail[name.len() + 2..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The text that [`fill`] makes this one of: each value that stands in it becomes its `{name}`, and braces are doubled. Where
/// values hold each other, the longest counts; an empty value is no value.
pub fn unfill(text: &str, values: &[(&str, &str)]) -> String {
    let mut values: Vec<_> = values.iter().filter(|(_, value)| !value.is_empty()).collect();
    values.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
    let mut template = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((name, value)) = values.iter().find(|(_, value)| rest.starts_with(value)) {
            template.push_str(&format!("{{{name}}}"));
            rest = &rest[value.len()..];
            continue;
        }
        template.extend(std::iter::repeat_n(first, if matches!(first, '{' | '}') { 2 } else { 1 }));
        rest = &rest[first.len_utf8()..];
    }
    template
}

/// Checks that a text can be filled in when these names have values.
///
/// # Errors
/// As [`fill`].
pub fn check(text: &str, names: &[&str]) -> Result<(), TemplateError> {
    fill(text, names, |name| names.contains(&name).then(String::new)).map(drop)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_filled_in_and_doubled_braces_are_braces() {
        let value = |name: &str| (name == "backup").then(|| "b1".to_owned());
        assert_eq!(fill("{{{backup}}} {{x}}", &["backup"], value).unwrap(), "{b1} {x}");
    }

    #[test]
    fn a_text_is_made_a_template_by_the_longest_values() {
        let values = [("project", "p"), ("backup", "b1"), ("operation", "p/b1/op"), ("instance", "")];
        assert_eq!(unfill("{b1} is of p/b1/op", &values), "{{{backup}}} is of {operation}");
    }

    proptest! {
        #[test]
        fn what_was_unfilled_is_filled_to_the_same_text(text in "[ab{}x]{0,20}") {
            let values = [("backup", "ab"), ("database", "a")];
            let value = |name: &str| values.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
            prop_assert_eq!(fill(&unfill(&text, &values), &["backup", "database"], value).unwrap(), text);
        }
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let error = check("see {bakup}", &["backup", "project"]).unwrap_err();
        assert_eq!((error.offset, error.length), (4, 7));
        insta::assert_snapshot!(error, @"unknown placeholder `{bakup}` (did you mean `backup`?); the placeholders are {backup}, {project}");
        assert_eq!(check("a } b", &[]).unwrap_err().offset, 2);
        assert_eq!(check("a { b", &[]).unwrap_err().offset, 2);
        assert_eq!(check("a {b{c}", &["c"]).unwrap_err().offset, 2);
    }

    proptest! {
        #[test]
        fn no_text_makes_filling_panic(text in "[{}a-z]{0,30}|.{0,40}") {
            if let Err(error) = check(&text, &["a"]) {
                prop_assert!(text.get(error.offset..error.offset + error.length).is_some());
            }
        }
    }
}
