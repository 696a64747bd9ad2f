//! Values with their place in the file.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use crate::scalar;

/// A value with the bytes of the file that it was read from.
///
/// Compares by its value alone, so that it can be the key of a map.
#[derive(Clone, Debug)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    /// The bytes of the file. A quoted scalar's quotes belong to them; a block scalar's header does not.
    pub(crate) span: Range<usize>,
}

impl Located<String> {
    /// The bytes of the file that hold a part of this scalar's value; the whole scalar where that cannot be told.
    pub(crate) fn part(&self, text: &str, offset: usize, length: usize) -> Range<usize> {
        let Some(written) = text.get(self.span.clone()) else { return self.span.clone() };
        let line_start = text[..self.span.start].rfind('\n').map_or(0, |at| at + 1);
        let indent = self.span.start - line_start;
        let locate = |offset| scalar::locate(written, &self.value, indent, offset);
        match (locate(offset), locate(offset + length)) {
            (Some(start), Some(end)) => self.span.start + start..self.span.start + end,
            _ => self.span.clone(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, defined, .. } = Spanned::<T>::deserialize(deserializer)?;
        Ok(Located { value, span: byte_span(&defined).unwrap_or_default() })
    }
}

/// The bytes of a place, where the parser knows them.
pub(crate) fn byte_span(location: &serde_saphyr::Location) -> Option<Range<usize>> {
    let start = usize::try_from(location.span().byte_offset()?).ok()?;
    let length = usize::try_from(location.span().byte_len()?).ok()?;
    Some(start..start + length)
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}

impl<T: Ord> PartialOrd for Located<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for Located<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

/// The place is no part of the format.
impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
