//! Replies without the moments of a case.
//!
//! When something has happened during a case is another moment each time that the case is played, so no client can do one thing
//! at one moment and another at the next and still be deterministic. Moments from before and after (when a given backup was
//! made, when a backup expires) are what was said or given, and tell things apart.

use std::ops::RangeInclusive;

use prost::{Message, Name};
use prost_reflect::{DynamicMessage, MessageDescriptor, ReflectMessage as _, Value};
use prost_types::{Any, Timestamp};

use super::time::Time;
use crate::proto;

/// Takes the moments of a case out of an encoded message. None if the bytes are no such message.
pub fn without(
    message: &[u8],
    of: MessageDescriptor,
    during: &RangeInclusive<Time>,
) -> Option<DynamicMessage> {
    let mut message = DynamicMessage::decode(of, message).ok()?;
    strip(&mut message, during);
    Some(message)
}

fn strip(message: &mut DynamicMessage, during: &RangeInclusive<Time>) {
    let is_any = message.descriptor().full_name() == Any::full_name();
    if is_any && let Some(stripped) = packed(message, during) {
        message.set_field_by_name("value", Value::Bytes(stripped.into()));
        return;
    }
    for (_, value) in message.fields_mut() {
        strip_value(value, during);
    }
}

fn strip_value(value: &mut Value, during: &RangeInclusive<Time>) {
    match value {
        Value::Message(message) if is_moment(message, during) => {
            // It is there, and that is all that is left of it.
            message.clear_field_by_name("seconds");
            message.clear_field_by_name("nanos");
        }
        Value::Message(message) => strip(message, during),
        Value::List(values) => values.iter_mut().for_each(|value| strip_value(value, during)),
        Value::Map(values) => values.values_mut().for_each(|value| strip_value(value, during)),
        _ => {}
    }
}

fn is_moment(message: &DynamicMessage, during: &RangeInclusive<Time>) -> bool {
    message.descriptor().full_name() == Timestamp::full_name()
        && Timestamp::decode(message.encode_to_vec().as_slice())
            .is_ok_and(|stamp| Time::from_proto(&stamp).is_some_and(|time| during.contains(&time)))
}

/// What is packed into an `Any`, stripped and encoded again. None if it is of a type that is not known.
fn packed(any: &DynamicMessage, during: &RangeInclusive<Time>) -> Option<Vec<u8>> {
    let url = any.get_field_by_name("type_url")?;
    let of = proto::pool().get_message_by_name(url.as_str()?.rsplit('/').next()?)?;
    let value = any.get_field_by_name("value")?;
    Some(without(value.as_bytes()?, of, during)?.encode_to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Span;
    use crate::kernel::status::any;
    use crate::proto::database::{Backup, CreateBackupMetadata};
    use crate::proto::longrunning::{Operation, operation::Result as Outcome};

    fn told(create: Time, expire: Time, size_bytes: i64) -> Option<DynamicMessage> {
        let begin = Time::parse("2026-11-21T12:00:00Z").unwrap();
        let backup = Backup {
            create_time: Some(create.to_proto()),
            expire_time: Some(expire.to_proto()),
            size_bytes,
            ..Backup::default()
        };
        let metadata = CreateBackupMetadata { cancel_time: Some(create.to_proto()), ..Default::default() };
        let operation = Operation {
            metadata: Some(any(&metadata)),
            result: Some(Outcome::Response(any(&backup))),
            ..Operation::default()
        };
        let of = proto::pool().get_message_by_name(&Operation::full_name()).unwrap();
        without(&operation.encode_to_vec(), of, &(begin..=begin + Span::hours(1)))
    }

    #[test]
    fn only_what_happened_during_the_case_is_the_same_at_any_moment() {
        let at = |text: &str| Time::parse(text).unwrap();
        let (early, late) = (at("2026-11-21T12:00:01Z"), at("2026-11-21T12:59:01Z"));
        let expires = at("2026-11-24T12:00:00Z");
        assert!(told(early, expires, 1).is_some());
        assert_eq!(told(early, expires, 1), told(late, expires, 1));
        assert_ne!(told(early, expires, 1), told(early, expires + Span::MICROSECOND, 1), "it was said");
        assert_ne!(told(early, expires, 1), told(at("2026-11-20T12:00:00Z"), expires, 1), "it was given");
        assert_ne!(told(early, expires, 1), told(early, expires, 2));
    }

    #[test]
    fn a_moment_that_is_there_differs_from_one_that_is_not() {
        let of = || proto::pool().get_message_by_name(&Backup::full_name()).unwrap();
        let moment = Time::parse("2026-11-21T12:00:00Z").unwrap();
        let stripped = |create_time| {
            let backup = Backup { create_time, ..Backup::default() };
            without(&backup.encode_to_vec(), of(), &(moment..=moment))
        };
        assert_ne!(stripped(Some(moment.to_proto())), stripped(None));
    }
}
