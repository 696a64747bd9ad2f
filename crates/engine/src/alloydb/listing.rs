//! Lists of clusters and backups: filter (AIP-160), order (AIP-132), pages, and all locations at once (AIP-159).

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use prost_types::Timestamp;
use rescind_model::Code;
use serde::{Deserialize, Serialize};

use super::state::{Managed, Resource, Turn};
use super::{errors, name};
use crate::kernel::filter::{Fields, Filter, Kind, Value};
use crate::kernel::pagination::{Pagination, Position};
use crate::kernel::{Status, Time};

/// What a list asks for.
pub struct Listing<'a> {
    /// The name of the RPC, for errors.
    pub rpc: &'static str,
    /// The location, or `-` for all of them.
    pub parent: &'a str,
    /// `filter`
    pub filter: &'a str,
    /// `order_by`
    pub order_by: &'a str,
    /// `page_size`
    pub page_size: i32,
    /// `page_token`
    pub page_token: &'a str,
}

/// A resource that is in lists.
pub trait Listable: Resource {
    /// How the names begin of those in a parent, which is a location, or `-` for all of them.
    ///
    /// # Errors
    /// INVALID_ARGUMENT if it is no parent of such resources.
    fn prefix(parent: &str) -> Result<String, Status> {
        let [project, location] = name::location(parent)?;
        Ok(match location {
            "-" => format!("projects/{project}/locations/"),
            _ => format!("{parent}/{}/", Self::COLLECTION),
        })
    }

    /// The kind of a field that can be filtered and ordered by, if it can.
    fn kind(path: &str) -> Option<Kind>;

    /// The value of that field.
    fn field(&self, path: &str) -> Value<'_>;
}

struct Item<'a, R>(&'a R);

impl<R: Listable> Fields for Item<'_, R> {
    fn field(&self, path: &str) -> Value<'_> {
        self.0.field(path)
    }
}

impl Listing<'_> {
    /// One page, and the token of the next.
    ///
    /// # Errors
    /// INVALID_ARGUMENT for a parent, a filter, an order or a page token that is none.
    pub fn answer<R: Listable>(&self, turn: &Turn<'_>) -> Result<(Vec<R>, String), Status> {
        let prefix = R::prefix(self.parent)?;
        let filter = Filter::parse(self.filter, R::kind).map_err(|error| error.into_status(self.rpc))?;
        let order = Order::parse::<R>(self.order_by)?;
        let kept = R::kept_in(&turn.store.state);
        let passes = |found: &(&str, &Managed<R>)| filter.matches(&Item(&*found.1.about));
        if order.0.is_empty() {
            // The names are in order already: nothing is looked at but this page and what the filter leaves out.
            let page = Pagination::<String>::new(self.page_size, self.page_token, turn.choices)?;
            let found = kept.below(&prefix, page.after.as_deref()).filter(passes);
            let (items, token) = page.take(found, |(name, _)| (*name).to_owned());
            return Ok((items.into_iter().map(|(_, managed)| (*managed.about).clone()).collect(), token));
        }
        let page = Pagination::<Place>::new(self.page_size, self.page_token, turn.choices)?;
        // No more than one page and one item are kept at a time, however many there are.
        let mut first: BTreeMap<Place, &R> = BTreeMap::new();
        for (name, managed) in kept.below(&prefix, None).filter(passes) {
            let place = order.place(name, &*managed.about);
            if page.after.as_ref().is_none_or(|after| place > *after) {
                first.insert(place, &*managed.about);
                if first.len() > page.size + 1 {
                    first.pop_last();
                }
            }
        }
        let (items, token) = page.take(first.into_iter(), |(place, _)| place.clone());
        Ok((items.into_iter().map(|(_, about)| about.clone()).collect(), token))
    }
}

/// The fields that a list is ordered by, and whether each descends. The name, which comes last of all, is not among
/// them.
struct Order(Vec<(String, bool)>);

impl Order {
    /// Reads `create_time desc, name`.
    fn parse<R: Listable>(text: &str) -> Result<Order, Status> {
        let invalid = |why: String| errors::invalid(Code::InvalidArgument, "order_by", why);
        let mut fields = Vec::new();
        for part in text.split(',').filter(|_| !text.trim().is_empty()) {
            let mut words = part.split_whitespace();
            let field = words.next().unwrap_or_default().to_ascii_lowercase();
            let descends = match (words.next(), words.next()) {
                (None, _) => false,
                (Some(word), None) if word.eq_ignore_ascii_case("asc") => false,
                (Some(word), None) if word.eq_ignore_ascii_case("desc") => true,
                _ => return Err(invalid(format!("`{}` is neither `FIELD` nor `FIELD desc`", part.trim()))),
            };
            if R::kind(&field).is_none() {
                return Err(invalid(format!("`{field}` cannot be ordered by")));
            }
            fields.push((field, descends));
        }
        if fields == [("name".to_owned(), false)] {
            fields.clear();
        }
        Ok(Order(fields))
    }

    fn place<R: Listable>(&self, name: &str, about: &R) -> Place {
        let key = |(field, descends): &(String, bool)| {
            let key = match about.field(field) {
                Value::Time(time) => SortKey::Number(time.micros()),
                Value::Text(text) => SortKey::Text(text.into_owned()),
                _ => SortKey::Absent,
            };
            if *descends { Directed::Down(Reverse(key)) } else { Directed::Up(key) }
        };
        Place { keys: self.0.iter().map(key).collect(), name: name.to_owned() }
    }
}

/// Where an item stands in an ordered list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place {
    keys: Vec<Directed>,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Directed {
    Up(SortKey),
    Down(Reverse<SortKey>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum SortKey {
    Absent,
    Number(i64),
    Text(String),
}

impl Position for Place {
    fn to_token(&self) -> String {
        // A place holds texts and numbers only, which never fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn from_token(token: &str) -> Option<Place> {
        serde_json::from_str(token).ok()
    }
}

/// The value of a field with a text.
pub fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

/// The value of a field with a time.
pub fn time(time: Option<&Timestamp>) -> Value<'static> {
    time.and_then(Time::from_proto).map_or(Value::Absent, Value::Time)
}

const LABELS: &str = "labels.";
const ANNOTATIONS: &str = "annotations.";

/// The kind of the fields in maps: `labels.team`.
pub fn kind_of_map(path: &str) -> Option<Kind> {
    (path.starts_with(LABELS) || path.starts_with(ANNOTATIONS)).then_some(Kind::Text)
}

/// The value of a field in one of the two maps that resources have. An entry is there even if its value is empty.
pub fn of_map<'a>(
    path: &str,
    labels: &'a BTreeMap<String, String>,
    annotations: &'a BTreeMap<String, String>,
) -> Value<'a> {
    let value = match (path.strip_prefix(LABELS), path.strip_prefix(ANNOTATIONS)) {
        (Some(key), _) => labels.get(key),
        (_, Some(key)) => annotations.get(key),
        _ => None,
    };
    value.map_or(Value::Absent, |value| Value::Many(vec![text(value), Value::Present]))
}
