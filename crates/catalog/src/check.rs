//! Checks of single values: paths, patterns, versions, durations, placeholders. Each notes what is wrong, exactly
//! where it is wrong, and gives what the value means.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use regex::Regex;
use rescind_model::{ServiceId, suggestion, template};

use crate::diagnostic::Log;
use crate::located::Located;

/// Notes a mistake in a part of a scalar.
pub(crate) fn in_scalar(
    log: &mut Log<'_>,
    scalar: &Located<String>,
    offset: usize,
    length: usize,
    message: String,
) {
    let span = scalar.part(log.text(), offset, length);
    log.at(span, message);
}

/// A text for people: one line, not empty.
pub(crate) fn one_line(log: &mut Log<'_>, key: &str, text: &Located<String>) -> String {
    if text.value.trim().is_empty() || text.value.trim().contains('\n') {
        log.at(text.span.clone(), format!("`{key}` must be one line that is not empty"));
    }
    text.value.trim().to_owned()
}

/// A path that stays below the folder that it is relative to.
pub(crate) fn relative_path(log: &mut Log<'_>, path: &Located<String>) -> Option<PathBuf> {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_));
    let relative = Path::new(&path.value);
    if path.value.is_empty() || !relative.components().all(inside) {
        let message = format!("`{}` must be a relative path without `.` and `..`", path.value);
        log.at(path.span.clone(), message);
        return None;
    }
    Some(relative.to_owned())
}

/// A regular expression.
pub(crate) fn pattern(log: &mut Log<'_>, text: &Located<String>) -> Option<Regex> {
    // The `regex` crate knows where a pattern is wrong, and gives it away only as a drawing.
    let (what, span) = match regex_syntax::Parser::new().parse(&text.value) {
        Ok(_) => match Regex::new(&text.value) {
            Ok(regex) => return Some(regex),
            Err(error) => (error.to_string(), None),
        },
        Err(regex_syntax::Error::Parse(error)) => (error.kind().to_string(), Some(*error.span())),
        Err(regex_syntax::Error::Translate(error)) => (error.kind().to_string(), Some(*error.span())),
        Err(error) => (error.to_string(), None),
    };
    let (offset, length) =
        span.map_or((0, text.value.len()), |span| (span.start.offset, span.end.offset - span.start.offset));
    in_scalar(log, text, offset, length, format!("not a regular expression: {what}"));
    None
}

/// A version: dotted numbers.
pub(crate) fn version(log: &mut Log<'_>, text: &Located<String>) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    let mut offset = 0;
    for part in text.value.split('.') {
        let Ok(number) = part.parse::<u32>() else {
            let message = format!("`{}` is not a version: dotted numbers, as in \"3.10\"", text.value);
            in_scalar(log, text, offset, part.len(), message);
            return None;
        };
        numbers.push(number);
        offset += part.len() + 1;
    }
    Some(numbers)
}

/// A duration above zero.
pub(crate) fn duration(log: &mut Log<'_>, text: &Located<String>) -> Option<Duration> {
    use humantime::DurationError;
    let whole = (0, text.value.len());
    let ((offset, length), what) = match humantime::parse_duration(&text.value) {
        Ok(duration) if !duration.is_zero() => return Some(duration),
        Ok(_) => (whole, "it must be above zero".to_owned()),
        Err(DurationError::InvalidCharacter(at)) => ((at, 1), "this is no part of a duration".to_owned()),
        Err(DurationError::NumberExpected(at)) => ((at, 1), "a number is missing here".to_owned()),
        Err(DurationError::UnknownUnit { start, end, unit, .. }) if unit.is_empty() => {
            ((start, end - start), "a unit is missing: ms, s, m, h".to_owned())
        }
        Err(DurationError::UnknownUnit { start, end, unit, .. }) => {
            ((start, end - start), format!("unknown unit `{unit}`; the units are ms, s, m, h"))
        }
        Err(error) => (whole, error.to_string()),
    };
    let message = format!("`{}` is not a duration such as \"60s\" or \"2m 30s\": {what}", text.value);
    in_scalar(log, text, offset, length, message);
    None
}

/// A text with placeholders out of `names`, which becomes a word of a command, a variable or an output.
pub(crate) fn placeholders(log: &mut Log<'_>, text: &Located<String>, names: &[&str]) {
    if text.value.contains('\0') {
        log.at(text.span.clone(), "a NUL byte can stand in no command and in no variable");
    }
    if let Err(error) = template::check(&text.value, names) {
        in_scalar(log, text, error.offset, error.length, error.message);
    }
}

/// A name of an environment variable.
pub(crate) fn variable(log: &mut Log<'_>, name: &Located<String>) {
    if name.value.is_empty() || name.value.contains(['=', '\0']) {
        let message = format!("`{}` is not a name of an environment variable", name.value);
        log.at(name.span.clone(), message);
    }
}

/// Environment variables whose values hold placeholders out of `names`.
pub(crate) fn environment(
    log: &mut Log<'_>,
    variables: BTreeMap<Located<String>, Located<String>>,
    names: &[&str],
) -> BTreeMap<String, String> {
    let mut environment = BTreeMap::new();
    for (name, value) in variables {
        variable(log, &name);
        placeholders(log, &value, names);
        environment.insert(name.value, value.value);
    }
    environment
}

/// One of the services that there are.
pub(crate) fn service(log: &mut Log<'_>, name: &Located<String>, known: &[ServiceId]) -> Option<ServiceId> {
    let found = known.iter().find(|service| service.name() == name.value);
    if found.is_none() {
        log.at(name.span.clone(), no_service(&name.value, known));
    }
    found.cloned()
}

/// That there is no such service, with those that there are.
pub(crate) fn no_service(name: &str, known: &[ServiceId]) -> String {
    let close = suggestion(name, known.iter().map(ServiceId::name));
    format!("there is no service `{name}`{close}; {}", services(known))
}

/// `the services are alloydb, spanner`, for messages.
pub(crate) fn services(known: &[ServiceId]) -> String {
    let names: Vec<&str> = known.iter().map(ServiceId::name).collect();
    if names.is_empty() {
        "there are none".to_owned()
    } else {
        format!("the services are {}", names.join(", "))
    }
}
