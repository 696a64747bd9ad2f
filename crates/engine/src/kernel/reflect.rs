//! What is done with messages whose fields are known by name only: filters on metadata, field masks.

use std::cell::OnceCell;

use prost::{Message, Name};
use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage, Value as Field};
use prost_types::{Any, Timestamp};
use rescind_model::Code;

use super::filter::{Fields, Value};
use super::status::Status;
use super::time::Time;
use crate::proto::{self, longrunning, longrunning::operation::Result as Outcome};

/// An operation that can be filtered by the fields of its metadata and of its response.
pub struct OperationFields {
    operation: longrunning::Operation,
    metadata: OnceCell<Option<DynamicMessage>>,
    response: OnceCell<Option<DynamicMessage>>,
}

impl OperationFields {
    /// Wraps an operation.
    pub fn new(operation: longrunning::Operation) -> OperationFields {
        OperationFields { operation, metadata: OnceCell::new(), response: OnceCell::new() }
    }

    /// The operation again.
    pub fn into_operation(self) -> longrunning::Operation {
        self.operation
    }

    fn response(&self) -> Option<&Any> {
        match &self.operation.result {
            Some(Outcome::Response(response)) => Some(response),
            _ => None,
        }
    }
}

impl Fields for OperationFields {
    fn field(&self, path: &str) -> Value<'_> {
        let metadata = self.operation.metadata.as_ref();
        let (packed, unpacked, inner) = match path.split_once('.') {
            Some(("metadata", inner)) => (metadata, &self.metadata, inner),
            Some(("response", inner)) => (self.response(), &self.response, inner),
            _ => return self.own_field(path),
        };
        if inner == "@type" {
            return packed.map_or(Value::Absent, |any| Value::Text(any.type_url.as_str().into()));
        }
        match unpacked.get_or_init(|| packed.and_then(unpack)) {
            Some(message) => dig(message, inner),
            None => Value::Absent,
        }
    }
}

impl OperationFields {
    fn own_field(&self, path: &str) -> Value<'_> {
        let error = match &self.operation.result {
            Some(Outcome::Error(error)) => Some(error),
            _ => None,
        };
        match (path, error) {
            ("name", _) => Value::Text(self.operation.name.as_str().into()),
            ("done", _) => Value::Bool(self.operation.done),
            ("error", Some(_)) => Value::Present,
            ("error.code", Some(error)) => Value::Number(f64::from(error.code)),
            ("error.message", Some(error)) => Value::Text(error.message.as_str().into()),
            _ => Value::Absent,
        }
    }
}

fn unpack(any: &Any) -> Option<DynamicMessage> {
    let name = any.type_url.rsplit('/').next()?;
    let descriptor = proto::pool().get_message_by_name(name)?;
    DynamicMessage::decode(descriptor, any.value.as_slice()).ok()
}

/// The value at a path of field names. A repeated field yields the values of all its elements.
fn dig<'a>(message: &DynamicMessage, path: &str) -> Value<'a> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let named = |field: &FieldDescriptor| {
        field.name().eq_ignore_ascii_case(first) || field.json_name().eq_ignore_ascii_case(first)
    };
    let Some(field) = message.descriptor().fields().find(named) else { return Value::Absent };
    if field.supports_presence() && !message.has_field(&field) {
        return Value::Absent;
    }
    to_value(&field, &message.get_field(&field), rest)
}

fn to_value<'a>(field: &FieldDescriptor, value: &Field, rest: Option<&str>) -> Value<'a> {
    match (value, rest) {
        (Field::List(items), _) => {
            Value::Many(items.iter().map(|item| to_value(field, item, rest)).collect())
        }
        (Field::Message(message), Some(rest)) => dig(message, rest),
        (Field::Message(message), None) if message.descriptor().full_name() == Timestamp::full_name() => {
            let time = Timestamp::decode(message.encode_to_vec().as_slice())
                .ok()
                .and_then(|time| Time::from_proto(&time));
            time.map_or(Value::Absent, Value::Time)
        }
        (Field::Message(_) | Field::Map(_), None) => Value::Present,
        (_, Some(_)) => Value::Absent,
        (Field::Bool(value), None) => Value::Bool(*value),
        (Field::String(text), None) => Value::Text(text.clone().into()),
        (Field::EnumNumber(number), None) => {
            let value = field.kind().as_enum().and_then(|kind| kind.get_value(*number));
            value.map_or(Value::Number(f64::from(*number)), |value| {
                Value::Text(value.name().to_owned().into())
            })
        }
        (number, None) => to_number(number).map_or(Value::Absent, Value::Number),
    }
}

#[expect(clippy::cast_precision_loss, reason = "filters compare numbers as JSON does")]
fn to_number(value: &Field) -> Option<f64> {
    match value {
        Field::I32(number) => Some(f64::from(*number)),
        Field::U32(number) => Some(f64::from(*number)),
        Field::I64(number) => Some(*number as f64),
        Field::U64(number) => Some(*number as f64),
        Field::F32(number) => Some(f64::from(*number)),
        Field::F64(number) => Some(*number),
        _ => None,
    }
}

/// The message with the fields that a mask names, and no others. Names that it does not have are ignored.
pub fn keep_fields<M: Message + Name + Default>(message: M, paths: &[String]) -> M {
    let Some(descriptor) = proto::pool().get_message_by_name(&M::full_name()) else { return message };
    let mut dynamic = DynamicMessage::new(descriptor);
    if dynamic.merge(message.encode_to_vec().as_slice()).is_err() {
        return message;
    }
    let fields: Vec<FieldDescriptor> = dynamic.descriptor().fields().collect();
    for field in fields {
        let kept = paths.iter().any(|path| {
            let top = path.split('.').next().unwrap_or(path);
            top == field.name() || top == field.json_name()
        });
        if !kept {
            dynamic.clear_field(&field);
        }
    }
    M::decode(dynamic.encode_to_vec().as_slice()).unwrap_or(message)
}

/// Whether a mask names something, and nothing but what may be updated, or parts of it.
///
/// # Errors
/// An error with this code.
pub fn check_mask(paths: &[String], updatable: &[&str], code: Code) -> Result<(), Status> {
    let unknown = paths.iter().find(|path| !updatable.contains(&path.split('.').next().unwrap_or_default()));
    let why = match unknown {
        Some(path) => format!("`{path}` cannot be updated"),
        None if paths.is_empty() => "it must name what is to be updated".to_owned(),
        None => return Ok(()),
    };
    Err(Status::new(code, format!("Invalid update_mask in the request: {why}.")))
}

/// The message with the fields that a mask names taken from another one.
pub fn merge_fields<M: Message + Name + Default>(message: M, from: &M, paths: &[String]) -> M {
    let Some(descriptor) = proto::pool().get_message_by_name(&M::full_name()) else { return message };
    let decode = |message: &M| DynamicMessage::decode(descriptor.clone(), message.encode_to_vec().as_slice());
    let (Ok(mut target), Ok(source)) = (decode(&message), decode(from)) else { return message };
    for path in paths {
        copy_field(&mut target, &source, path);
    }
    M::decode(target.encode_to_vec().as_slice()).unwrap_or(message)
}

fn copy_field(target: &mut DynamicMessage, source: &DynamicMessage, path: &str) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(field) = target.descriptor().get_field_by_name(first) else { return };
    let value = source.get_field(&field).into_owned();
    match (rest, value) {
        (Some(rest), Field::Message(inner)) => {
            if let Field::Message(target) = target.get_field_mut(&field) {
                copy_field(target, &inner, rest);
            }
        }
        (_, value) if source.has_field(&field) => target.set_field(&field, value),
        _ => target.clear_field(&field),
    }
}
