//! The filter language of lists: `(state:READY) AND (create_time < "2026-11-21T00:00:00Z")`.
//!
//! It is what backup.proto documents at `ListBackupsRequest.filter`, a part of AIP-160: comparisons by `<`, `>`, `<=`,
//! `>=`, `!=`, `=` and `:` (contains), combined by `AND`, `OR`, `NOT`, parentheses and juxtaposition, which means AND.
//! `OR` binds tighter than `AND`, as the last example there shows. Letter case never matters.

mod expression;
mod parser;
mod value;

use rescind_model::Code;

use self::expression::Expression;
pub use self::expression::FilterError;
pub use self::value::{Fields, Kind, Value};
use super::status::{Detail, Status};

impl FilterError {
    /// The error as the list `rpc` answers it. The text is recorded for ListBackupOperations (google-cloud-cpp #7741).
    pub fn into_status(self, rpc: &str) -> Status {
        Status::new(Code::InvalidArgument, format!("Invalid {rpc} request."))
            .with(Detail::Field { field: "filter".to_owned(), description: self.to_string() })
    }
}

/// A filter; the empty text is one that lets everything pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(Option<Expression>);

impl Filter {
    /// Reads a filter. `kind` tells the kind of each field that may be filtered by, by its path in lower case.
    ///
    /// # Errors
    /// The text is no filter, names a field that cannot be filtered by, or compares one with a value of another kind.
    pub fn parse(text: &str, kind: impl Fn(&str) -> Option<Kind>) -> Result<Filter, FilterError> {
        parser::parse(text, &kind).map(Filter)
    }

    /// True if an item passes.
    pub fn matches(&self, item: &impl Fields) -> bool {
        self.0.as_ref().is_none_or(|expression| expression.matches(item))
    }

    /// The fields that it names, in the order of the text.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        if let Some(expression) = &self.0 {
            expression.collect_fields(&mut fields);
        }
        fields
    }
}

impl Expression {
    fn matches(&self, item: &impl Fields) -> bool {
        match self {
            Expression::All(parts) => parts.iter().all(|part| part.matches(item)),
            Expression::Any(parts) => parts.iter().any(|part| part.matches(item)),
            Expression::Not(inner) => !inner.matches(item),
            Expression::Compare { field, operator, literal } => item.field(field).compare(*operator, literal),
        }
    }

    fn collect_fields<'a>(&'a self, fields: &mut Vec<&'a str>) {
        match self {
            Expression::All(parts) | Expression::Any(parts) => {
                parts.iter().for_each(|part| part.collect_fields(fields));
            }
            Expression::Not(inner) => inner.collect_fields(fields),
            Expression::Compare { field, .. } => fields.push(field),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::time::Time;
    use super::*;

    struct Item;

    impl Fields for Item {
        fn field(&self, path: &str) -> Value<'_> {
            match path {
                "name" => Value::Text("projects/p/instances/i/backups/Howl-1".into()),
                "state" => Value::Text("READY".into()),
                "create_time" => Time::parse("2026-11-21T09:05:03Z").map_or(Value::Absent, Value::Time),
                "size_bytes" => Value::Number(100.0),
                "done" => Value::Bool(true),
                "schedules" => Value::Many(vec![Value::Text("daily".into()), Value::Text("weekly".into())]),
                _ => Value::Absent,
            }
        }
    }

    fn kind(path: &str) -> Option<Kind> {
        match path {
            "name" | "state" | "schedules" => Some(Kind::Text),
            "create_time" => Some(Kind::Time),
            "size_bytes" => Some(Kind::Number),
            "done" => Some(Kind::Bool),
            path => path.starts_with("metadata.").then_some(Kind::Unknown),
        }
    }

    fn matches(text: &str) -> bool {
        Filter::parse(text, kind).unwrap().matches(&Item)
    }

    #[test]
    fn every_operator_compares() {
        for text in [
            "",
            "  ",
            "name:howl",
            "name:*",
            "state:READY",
            "state=ready",
            "STATE = \"ready\"",
            "state != CREATING",
            "create_time < \"2026-11-21T9:5:4Z\"",
            "create_time>=\"2026-11-21T9:5:3.000Z\"",
            "size_bytes>99.5",
            "size_bytes > 10",
            "size_bytes<=100",
            "size_bytes=100",
            "size_bytes != 5",
            "done:true",
            "done = TRUE",
            "schedules:dail",
            "schedules=weekly",
            "name:projects/p/instances/i/backups/",
            "create_time>2026-11-20T00:00:00Z",
            "name:'HOWL'",
        ] {
            assert!(matches(text), "{text}");
        }
        for text in [
            "name:owls",
            "state=READ",
            "create_time<2026-01-01T00:00:00Z",
            "size_bytes<100",
            "done:false",
            "schedules:monthly",
            "metadata.x:y",
            "metadata.x:*",
        ] {
            assert!(!matches(text), "{text}");
        }
    }

    #[test]
    fn combinations_follow_the_precedence_of_the_documentation() {
        assert!(matches("(name:howl) AND (state:READY)"));
        assert!(matches("name:howl state:READY"));
        assert!(!matches("name:howl state:CREATING"));
        assert!(matches("name:nix OR state:READY"));
        assert!(matches("NOT (name:nix)"));
        assert!(matches("not name:nix and not name:none"));
        // As `done:false AND (...)`, this is false; as `(...) OR state:READY`, it would be true.
        assert!(!matches("done:false AND name:nix OR state:READY"));
        assert!(matches("done:true AND (name:nix OR state:READY)"));
        assert!(matches(
            "create_time >= \"2026-11-21T09:05:03Z\" AND create_time < \"2026-11-22T00:00:00Z\""
        ));
    }

    #[test]
    fn what_is_no_filter_is_refused_with_its_place() {
        let error = |text: &str| Filter::parse(text, kind).unwrap_err().to_string();
        insta::assert_snapshot!(error("name"), @"at offset 4: an operator must follow `name`");
        insta::assert_snapshot!(error("colour:red"), @"at offset 0: `colour` cannot be filtered by");
        insta::assert_snapshot!(error("(state:READY"), @"at offset 12: `)` is missing");
        insta::assert_snapshot!(error("state:READY)"), @"at offset 11: `)` without `(`");
        insta::assert_snapshot!(error("state:"), @"at offset 6: a value must follow the operator");
        insta::assert_snapshot!(error("create_time<soon"), @"at offset 12: `soon` is no time");
        insta::assert_snapshot!(error("size_bytes>big"), @"at offset 11: `big` is no number");
        insta::assert_snapshot!(error("done:maybe"), @"at offset 5: `maybe` is neither true nor false");
        insta::assert_snapshot!(error("name:\"x"), @"at offset 5: the quote is not closed");
        insta::assert_snapshot!(error("AND"), @"at offset 0: a comparison must stand here");
        insta::assert_snapshot!(error(&"(".repeat(1000)), @"at offset 64: nested too deeply");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "([a-z_.@]{0,6}[ ()<>=!:\"'\\\\]{0,3}(AND|OR|NOT)?){0,12}") {
            if let Err(error) = Filter::parse(&text, |_| Some(Kind::Unknown)) {
                prop_assert!(error.offset <= text.len());
            }
        }

        #[test]
        fn any_bytes_at_all(text in ".{0,60}") {
            let _ = Filter::parse(&text, kind).map(|filter| filter.matches(&Item));
        }
    }
}
