//! YAML to the raw types, with the parser's errors in the words of this format.

use std::ops::Range;

use rescind_model::suggestion;
use serde::de::DeserializeOwned;
use serde_saphyr::{Error, Location, UserMessageFormatter};

use crate::diagnostic::Log;
use crate::located::byte_span;

/// Reads a file's one document. A file of the wrong form is noted, by its first mistake of form: after it nothing
/// more can be said of the file.
pub(crate) fn read<T: DeserializeOwned>(log: &mut Log<'_>) -> Option<T> {
    // The error is shown by our own means; a cropped copy of the file in it would be for nothing.
    let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true };
    match serde_saphyr::from_str_with_options(log.text(), options) {
        Ok(raw) => Some(raw),
        Err(error) => {
            let span = span_of(&error, log.text());
            let Wording { message, help } = wording(&error);
            log.note(span, message, help);
            None
        }
    }
}

/// Where the error is: by bytes where the parser knows them, else by line and column.
fn span_of(error: &Error, text: &str) -> Range<usize> {
    error
        .location()
        .map(|place| byte_span(&place).unwrap_or_else(|| by_line(&place, text)))
        .unwrap_or_default()
}

fn by_line(place: &Location, text: &str) -> Range<usize> {
    let index = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let start_of_line: usize = text.split_inclusive('\n').take(index(place.line())).map(str::len).sum();
    let in_line: usize = text[start_of_line..].chars().take(index(place.column())).map(char::len_utf8).sum();
    start_of_line + in_line..start_of_line + in_line
}

struct Wording {
    message: String,
    help: Option<String>,
}

fn wording(error: &Error) -> Wording {
    let plain = |message: String| Wording { message, help: None };
    match error {
        Error::WithSnippet { error, .. } | Error::AliasError { error, .. } => wording(error),
        Error::Eof { .. } => plain("the file holds no document".to_owned()),
        Error::MultipleDocuments { .. } => {
            plain("the file holds more than one document; a file is one scenario or one manifest".to_owned())
        }
        Error::SerdeUnknownField { field, expected, .. } => Wording {
            message: format!("unknown key `{field}`{}", suggestion(field, expected.iter().copied())),
            help: Some(format!("the keys here are {}", expected.join(", "))),
        },
        Error::SerdeUnknownVariant { variant, expected, .. } => Wording {
            message: format!("unknown value `{variant}`{}", suggestion(variant, expected.iter().copied())),
            help: Some(format!("the values here are {}", expected.join(", "))),
        },
        Error::SerdeMissingField { field, .. } => plain(format!("the key `{field}` is missing here")),
        Error::DuplicateMappingKey { key: Some(key), .. } => plain(format!("the key `{key}` is here twice")),
        Error::Unexpected { expected, .. } => plain(format!("expected {}", form(expected))),
        Error::NullIntoString { .. } => plain("expected a text, found nothing".to_owned()),
        Error::InvalidScalar { ty, .. } => plain(format!("expected {}", form(ty))),
        Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. } => plain("expected one word".to_owned()),
        Error::InvalidBooleanStrict { .. } => plain("expected `true` or `false`".to_owned()),
        // What the YAML parser says: the file's grammar is wrong, whatever it was to mean.
        Error::ExternalMessage { msg, .. } => Wording {
            message: format!("not YAML: {msg}"),
            help: msg
                .starts_with("mapping values are not allowed")
                .then(|| "a text with `: ` in it stands in quotes".to_owned()),
        },
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            plain(format!("expected {}, found {unexpected}", form(expected)))
        }
        other => plain(without_place(&other.render_with_formatter(&UserMessageFormatter), other)),
    }
}

/// The parser's names of forms, as a writer of YAML knows them.
fn form(expected: &str) -> String {
    match expected {
        "string scalar" => "a text".to_owned(),
        "mapping start" => "keys with values (`key: value`)".to_owned(),
        "sequence start" => "a list (`[a, b]`, or lines that begin with `- `)".to_owned(),
        "u32" => "a whole number".to_owned(),
        "a nonzero u32" => "a whole number above zero".to_owned(),
        other => other.to_owned(),
    }
}

/// The message without the place at its end, which the diagnostic has already.
fn without_place(message: &str, error: &Error) -> String {
    let place = error.location().map(|place| format!(" at line {}, column {}", place.line(), place.column()));
    place.and_then(|place| message.strip_suffix(&place)).unwrap_or(message).to_owned()
}
