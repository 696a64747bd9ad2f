//! What one version of an API knows and another does not yet: values of its enumerations.
//!
//! The versions of AlloyDB's API show the same resources, so that v1 is told of versions of PostgreSQL that only v1beta has
//! a word for in these protos. The service has words for all of them in every version; without one, JSON would have a number.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use protox::prost::Message;
use protox::prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage as _, Value};

/// The package that knows all values, and those that are told of them.
const KNOWS: &str = "google.cloud.alloydb.v1beta";
const TOLD: [&str; 2] = ["google.cloud.alloydb.v1", "google.cloud.alloydb.v1alpha"];

/// The values of enumerations, by the path of the enumeration in its package.
type Values = BTreeMap<String, Vec<Value>>;

/// Gives the enumerations of some packages the values that they lack, under the names and numbers that another has for them.
pub fn share_enum_values(descriptors: &[u8], pool: &DescriptorPool) -> Result<Vec<u8>> {
    let set = pool.get_message_by_name("google.protobuf.FileDescriptorSet");
    let set = set.context("the protos do not import google/protobuf/descriptor.proto")?;
    let mut set = DynamicMessage::decode(set, descriptors).context("cannot read the descriptors again")?;
    let mut known = Values::new();
    for file in list(&set, "file").filter(|file| package(file) == KNOWS) {
        collect(file, "", "message_type", &mut known);
    }
    if let Some(Value::List(files)) = set.get_field_by_name_mut("file") {
        for file in files.iter_mut().filter_map(Value::as_message_mut) {
            if TOLD.contains(&&*package(file)) {
                tell(file, "", "message_type", &known);
            }
        }
    }
    Ok(set.encode_to_vec())
}

fn list<'a>(message: &'a DynamicMessage, field: &str) -> impl Iterator<Item = &'a DynamicMessage> + use<'a> {
    let found = message.descriptor().get_field_by_name(field);
    // A field that is not set has no list to lend.
    let found =
        found.filter(|field| message.has_field(field)).and_then(|field| match message.get_field(&field) {
            std::borrow::Cow::Borrowed(Value::List(items)) => Some(items),
            _ => None,
        });
    found.into_iter().flatten().filter_map(Value::as_message)
}

fn text(message: &DynamicMessage, field: &str) -> String {
    let value = message.get_field_by_name(field);
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn package(file: &DynamicMessage) -> String {
    text(file, "package")
}

/// The values of the enumerations in a file or a message, and in the messages of the field `inside`.
fn collect(scope: &DynamicMessage, path: &str, inside: &str, known: &mut Values) {
    for found in list(scope, "enum_type") {
        let values = list(found, "value").cloned().map(Value::Message).collect();
        known.insert(format!("{path}.{}", text(found, "name")), values);
    }
    for message in list(scope, inside) {
        collect(message, &format!("{path}.{}", text(message, "name")), "nested_type", known);
    }
}

/// Adds what is known to the enumerations in a file or a message, and in the messages of the field `inside`.
fn tell(scope: &mut DynamicMessage, path: &str, inside: &str, known: &Values) {
    if let Some(Value::List(enums)) = scope.get_field_by_name_mut("enum_type") {
        for found in enums.iter_mut().filter_map(Value::as_message_mut) {
            let known = known.get(&format!("{path}.{}", text(found, "name")));
            let numbers: Vec<i32> = list(found, "value").map(number).collect();
            if let (Some(known), Some(Value::List(values))) = (known, found.get_field_by_name_mut("value")) {
                let lacks = |value: &&Value| {
                    value.as_message().is_some_and(|value| !numbers.contains(&number(value)))
                };
                values.extend(known.iter().filter(lacks).cloned());
            }
        }
    }
    if let Some(Value::List(messages)) = scope.get_field_by_name_mut(inside) {
        for message in messages.iter_mut().filter_map(Value::as_message_mut) {
            let path = format!("{path}.{}", text(message, "name"));
            tell(message, &path, "nested_type", known);
        }
    }
}

fn number(value: &DynamicMessage) -> i32 {
    value.get_field_by_name("number").and_then(|number| number.as_i32()).unwrap_or_default()
}
