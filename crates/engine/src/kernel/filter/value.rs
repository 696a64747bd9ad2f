//! What filters compare: the fields of an item with the literals of the text.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::super::time::Time;

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `:`, contains.
    Has,
}

/// The kind of a field, which its literals must be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text, or an enumeration by name.
    Text,
    /// A number.
    Number,
    /// A time.
    Time,
    /// True or false.
    Bool,
    /// Not known before the item is seen: a field of an operation's metadata.
    Unknown,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A text, or an enumeration by name.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A time.
    Time(Time),
    /// True or false.
    Bool(bool),
    /// Several values; a comparison holds if it holds for one of them.
    Many(Vec<Value<'a>>),
    /// A message, which is there.
    Present,
    /// Nothing.
    Absent,
}

/// An item that can be filtered.
pub trait Fields {
    /// The value of a field, by its path in lower case: `metadata.progress.start_time`.
    fn field(&self, path: &str) -> Value<'_>;
}

/// A value in the text of a filter, read as everything that it may stand for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Literal {
    text: String,
    number: Option<f64>,
    time: Option<Time>,
    boolean: Option<bool>,
}

impl Literal {
    /// Reads a value of this kind. `*` stands for any value.
    pub fn new(text: String, kind: Kind) -> Result<Literal, String> {
        let number = text.parse().ok();
        let time = Time::parse(&text);
        let boolean = ["false", "true"]
            .iter()
            .position(|word| text.eq_ignore_ascii_case(word))
            .map(|position| position == 1);
        let wrong = match kind {
            Kind::Number if number.is_none() => "is no number",
            Kind::Time if time.is_none() => "is no time",
            Kind::Bool if boolean.is_none() => "is neither true nor false",
            _ => "",
        };
        if !wrong.is_empty() && text != "*" {
            return Err(format!("`{text}` {wrong}"));
        }
        Ok(Literal { text: text.to_ascii_lowercase(), number, time, boolean })
    }
}

impl Value<'_> {
    /// True if the comparison of this value with a literal holds. Nothing compares with a value of another kind, but
    /// that it differs.
    pub(super) fn compare(&self, operator: Operator, literal: &Literal) -> bool {
        let any_value = operator == Operator::Has && literal.text == "*";
        let ordering = match self {
            Value::Many(values) => return values.iter().any(|value| value.compare(operator, literal)),
            Value::Absent => return operator == Operator::NotEqual,
            Value::Text(text) if operator == Operator::Has && !any_value => {
                return contains_ignoring_case(text, &literal.text);
            }
            Value::Text(text) if any_value => return !text.is_empty(),
            _ if any_value => return true,
            Value::Text(text) => Some(compare_ignoring_case(text, &literal.text)),
            Value::Number(number) => literal.number.and_then(|wanted| number.partial_cmp(&wanted)),
            Value::Time(time) => literal.time.map(|wanted| time.cmp(&wanted)),
            Value::Bool(boolean) => literal.boolean.map(|wanted| boolean.cmp(&wanted)),
            Value::Present => None,
        };
        match operator {
            Operator::Less => ordering == Some(Ordering::Less),
            Operator::LessOrEqual => ordering.is_some_and(Ordering::is_le),
            Operator::Greater => ordering == Some(Ordering::Greater),
            Operator::GreaterOrEqual => ordering.is_some_and(Ordering::is_ge),
            Operator::Equal | Operator::Has => ordering == Some(Ordering::Equal),
            Operator::NotEqual => ordering != Some(Ordering::Equal),
        }
    }
}

/// `wanted` is in lower case.
fn contains_ignoring_case(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    wanted.is_empty() || text.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted))
}

/// `wanted` is in lower case.
fn compare_ignoring_case(text: &str, wanted: &str) -> Ordering {
    text.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(wanted.bytes())
}
