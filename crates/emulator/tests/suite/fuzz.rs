//! Requests that no client would make: every RPC meets them with an answer, and the project lives on.

use proptest::prelude::*;
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use rescind_emulator::{Emulator, Setup};
use rescind_engine::proto::{self, database as pb};
use rescind_model::{BackupState, Code, Transport};

use crate::alloydb::support as alloydb;
use crate::grpc::emulator;
use crate::support::{CONFIG, DATABASE, INSTANCE, backup_name, setup};

/// Texts that mean something to some RPC, and texts that mean nothing to any.
const TEXTS: &[&str] = &[
    "",
    "b1",
    "b2",
    "projects/p",
    INSTANCE,
    DATABASE,
    CONFIG,
    "projects/p/instances/test/backups/b1",
    "projects/p/instances/test/backups/b1/operations/_auto_op_1",
    "projects/p/instances/test/operations/_auto_op_18446744073709551616",
    "projects/p/instances/test/databases/db/sessions/1",
    alloydb::LOCATION,
    alloydb::CLUSTER,
    "projects/p/locations/us-central1/backups/b1",
    "projects/p/locations/us-central1/operations/operation-1",
    "projects/p/locations/-",
    "6f1a2b3c-0000-4000-8000-00000000000f",
    "CREATE DATABASE `other`",
    "ALTER DATABASE db SET OPTIONS (version_retention_period = '99999999999999999999d')",
    "SELECT 1",
    "* */12 * * *",
    "state:READY AND (NOT name:b1 OR create_time < \"2026-1-1T0:0:0Z\")",
    "metadata.progress.start_time < \"9999-99-99T99:99:99Z\"",
    "create_time desc, name",
    "*",
    "expire_time",
    "name.name.name",
    "ä/\u{0}\u{202e}",
    "7fffffffffffffff",
];

/// A message with fields that the bytes choose.
fn fill(descriptor: &MessageDescriptor, bytes: &mut impl Iterator<Item = u8>, depth: u8) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        let byte = bytes.next().unwrap_or_default();
        if byte.is_multiple_of(4) {
            continue;
        }
        let value = if field.is_map() {
            let text = Value::String(TEXTS[usize::from(byte) % TEXTS.len()].to_owned());
            Some(Value::Map([(MapKey::String("k".to_owned()), text)].into())).filter(|_| holds_texts(&field))
        } else if field.is_list() {
            let items = (0..byte % 3).filter_map(|_| value(&field.kind(), bytes, depth));
            Some(Value::List(items.collect()))
        } else {
            value(&field.kind(), bytes, depth)
        };
        if let Some(value) = value {
            message.set_field(&field, value);
        }
    }
    message
}

/// True for a map from texts to texts.
fn holds_texts(field: &FieldDescriptor) -> bool {
    match field.kind() {
        Kind::Message(entry) => entry.map_entry_value_field().kind() == Kind::String,
        _ => false,
    }
}

fn value(kind: &Kind, bytes: &mut impl Iterator<Item = u8>, depth: u8) -> Option<Value> {
    const NUMBERS: [i64; 8] = [0, 1, -1, 2, 1000, i32::MAX as i64, i64::MAX, i64::MIN];
    let byte = bytes.next().unwrap_or_default();
    let number = NUMBERS[usize::from(byte) % NUMBERS.len()];
    let small = i32::try_from(number).unwrap_or(i32::MIN);
    Some(match kind {
        Kind::String => Value::String(TEXTS[usize::from(byte) % TEXTS.len()].to_owned()),
        Kind::Bytes => Value::Bytes(vec![byte; 3].into()),
        Kind::Bool => Value::Bool(byte.is_multiple_of(2)),
        Kind::Enum(_) => Value::EnumNumber(i32::from(byte % 6)),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(small),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(number),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(small.unsigned_abs()),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(number.unsigned_abs()),
        Kind::Float => Value::F32(f32::NAN),
        Kind::Double => Value::F64(f64::INFINITY),
        // Now and then a time that clients would send, so that the rules behind it are reached.
        Kind::Message(inner)
            if inner.full_name() == "google.protobuf.Timestamp" && byte.is_multiple_of(2) =>
        {
            let time = prost_types::Timestamp { seconds: 1_795_000_000, nanos: 0 };
            let mut message = DynamicMessage::new(inner.clone());
            message.merge(time.encode_to_vec().as_slice()).ok()?;
            Value::Message(message)
        }
        Kind::Message(inner) if depth > 0 => Value::Message(fill(inner, bytes, depth - 1)),
        Kind::Message(_) => return None,
    })
}

/// The project `p` with what a set-up gives it.
fn prepared(setup: &Setup) -> Emulator {
    let emulator = emulator();
    emulator.prepare("p", setup).unwrap();
    emulator
}

proptest! {
    #[test]
    fn no_message_makes_an_rpc_fail(
        calls in proptest::collection::vec((any::<u16>(), proptest::collection::vec(any::<u8>(), 0..200)), 1..6),
        spanner in any::<bool>(),
    ) {
        let given = [("b1", BackupState::Ready)];
        let emulator = prepared(&if spanner { setup("", &given) } else { alloydb::setup("", &given) });
        let all = rescind_engine::services().rpcs();
        for (number, bytes) in calls {
            let method = all[usize::from(number) % all.len()];
            let descriptor = proto::pool().get_service_by_name(method.service).unwrap();
            let rpc = descriptor.methods().find(|rpc| rpc.name() == method.name).unwrap();
            let request = fill(&rpc.input(), &mut bytes.into_iter(), 3).encode_to_vec();
            if let Err(status) = emulator.call(method.path, Transport::Grpc, &request) {
                prop_assert!(status.code != Code::Internal && status.code != Code::Ok, "{}: {status}", method.path);
            }
        }
        emulator.settle("p").unwrap();
        emulator.snapshot("p").unwrap();
    }

    #[test]
    fn no_bytes_make_an_rpc_fail(number in any::<u16>(), bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let emulator = prepared(&setup("", &[("b1", BackupState::Ready)]));
        let all = rescind_engine::services().rpcs();
        let method = all[usize::from(number) % all.len()];
        if let Err(status) = emulator.call(method.path, Transport::Grpc, &bytes) {
            prop_assert!(status.code != Code::Ok, "{status}");
        }
        let get = pb::GetBackupRequest { name: backup_name("b1") }.encode_to_vec();
        let path = "/google.spanner.admin.database.v1.DatabaseAdmin/GetBackup";
        // The bytes may have been a request to delete it.
        if let Err(status) = emulator.call(path, Transport::Grpc, &get) {
            prop_assert_eq!(status.code, Code::NotFound);
        }
    }
}
