//! Path templates of `google.api.http`: `/v1/{name=projects/*/instances/*}:getIamPolicy`.

use std::ops::Range;

/// A segment of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// This text.
    Literal(String),
    /// Any text.
    Any,
}

/// A field of the request whose value is a part of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The path of the field, `backup.name`.
    pub field: String,
    /// The segments that it takes.
    pub segments: Range<usize>,
}

/// A path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The segments, without the verb.
    pub segments: Vec<Segment>,
    /// What they mean for the request.
    pub captures: Vec<Capture>,
    /// What follows the last colon, `getIamPolicy`; empty if there is none.
    pub verb: String,
}

impl Template {
    /// Reads a template, as far as the emulated services use its grammar (google/api/http.proto): segments are literals
    /// or `*`, and there is no `**`. None for any other text.
    pub fn parse(text: &str) -> Option<Template> {
        let text = text.strip_prefix('/')?;
        // A colon within braces would belong to a pattern, but no pattern has any.
        let (path, verb) = match text.rsplit_once(':') {
            Some((path, verb)) if !verb.contains(['/', '}']) => (path, verb),
            _ => (text, ""),
        };
        let mut template = Template { segments: Vec::new(), captures: Vec::new(), verb: verb.to_owned() };
        let mut rest = path;
        loop {
            let start = template.segments.len();
            let after = if let Some(inner) = rest.strip_prefix('{') {
                let (variable, after) = inner.split_once('}')?;
                let (field, pattern) = variable.split_once('=').unwrap_or((variable, "*"));
                for segment in pattern.split('/') {
                    template.segments.push(parse_segment(segment)?);
                }
                let segments = start..template.segments.len();
                template.captures.push(Capture { field: field.to_owned(), segments });
                after
            } else {
                let end = rest.find('/').unwrap_or(rest.len());
                template.segments.push(parse_segment(&rest[..end])?);
                &rest[end..]
            };
            match after.strip_prefix('/') {
                Some(next) => rest = next,
                None if after.is_empty() => return Some(template),
                None => return None,
            }
        }
    }
}

fn parse_segment(text: &str) -> Option<Segment> {
    match text {
        "" | "**" => None,
        "*" => Some(Segment::Any),
        literal if literal.contains(['{', '}', '*']) => None,
        literal => Some(Segment::Literal(literal.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_template_is_segments_captures_and_a_verb() {
        let template = Template::parse("/v1/{backup.name=projects/*/backups/*}/x/{id}:run").unwrap();
        let words: Vec<&str> = (template.segments.iter())
            .map(|segment| match segment {
                Segment::Literal(text) => text,
                Segment::Any => "*",
            })
            .collect();
        assert_eq!(words, ["v1", "projects", "*", "backups", "*", "x", "*"]);
        let captures: Vec<_> = template
            .captures
            .iter()
            .map(|capture| (capture.field.as_str(), capture.segments.clone()))
            .collect();
        assert_eq!(captures, [("backup.name", 1..5), ("id", 6..7)]);
        assert_eq!(template.verb, "run");
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in ["", "v1", "/", "/v1/", "/v1/{name", "/v1/{name=**}", "/v1/{a=*}b", "/v1//x", "/v1/a*"] {
            assert_eq!(Template::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "[/{}*=:a-z.]{0,40}") {
            Template::parse(&text);
        }
    }
}
