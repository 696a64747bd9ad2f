//! From path, query and body to the message of a request, with the errors that Google's servers answer.

use prost_reflect::{
    Cardinality, DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor,
};
use rescind_model::Code;
use serde_json::{Map, Value};

use super::router::Route;
use rescind_engine::{Detail, Status};

/// Query parameters that every Google API takes and that say nothing to the request
/// (cloud.google.com/apis/docs/system-parameters). Any other whose name begins with `$` is taken for one too.
const SYSTEM_PARAMETERS: &[&str] = &[
    "access_token",
    "alt",
    "callback",
    "fields",
    "key",
    "oauth_token",
    "prettyPrint",
    "quotaUser",
    "uploadType",
    "upload_protocol",
];

/// Puts a request together.
///
/// # Errors
/// INVALID_ARGUMENT that names the field, for a body that is no JSON or does not fit the message, and for a query
/// parameter that names no field; UNIMPLEMENTED for one that the emulator knows of but cannot serve.
pub fn bind(
    route: &Route,
    captures: &[(&str, String)],
    query: &[(String, String)],
    body: &[u8],
) -> Result<DynamicMessage, Status> {
    let descriptor = route.method.input();
    let mut request = match route.body.as_str() {
        "" => no_body(body)?,
        "*" => parse_body(body)?,
        field => {
            let name = descriptor.get_field_by_name(field).map(|field| field.json_name().to_owned());
            Value::Object(Map::from_iter([(name.unwrap_or_else(|| field.to_owned()), parse_body(body)?)]))
        }
    };
    for (field, value) in captures {
        insert(&mut request, &descriptor, field, value);
    }
    for (name, value) in query.iter().filter(|(name, _)| !is_system_parameter(name)) {
        if !insert(&mut request, &descriptor, name, value) {
            check_unbound(route, name, value)?;
        }
    }
    spell_masks(&mut request, &descriptor);
    let options = DeserializeOptions::new();
    // The error of the deserializer names no field; what is wrong is looked up in a second pass.
    DynamicMessage::deserialize_with_options(descriptor.clone(), &request, &options).map_err(|error| {
        explain(&request, &descriptor, "")
            .unwrap_or_else(|| invalid("", &format!("Invalid JSON payload received. {error}")))
    })
}

/// A query parameter that names no field is refused. One names a field that is younger than the protos that are compiled
/// in, `return_partial_success` of ListOperations: UNIMPLEMENTED where no documentation says otherwise
/// (google/longrunning/operations.proto), and none of the services' does.
fn check_unbound(route: &Route, name: &str, value: &str) -> Result<(), Status> {
    let is_younger = matches!(name, "returnPartialSuccess" | "return_partial_success")
        && route.method.full_name() == "google.longrunning.Operations.ListOperations";
    match parse_bool(value) {
        Some(true) if is_younger => Err(Status::new(
            Code::Unimplemented,
            "return_partial_success of ListOperations is not implemented.",
        )),
        Some(false) if is_younger => Ok(()),
        _ => Err(unknown_name(
            name,
            "Cannot bind query parameter.",
            &format!("Field '{name}' could not be found in request message."),
        )),
    }
}

fn is_system_parameter(name: &str) -> bool {
    name.starts_with('$') || SYSTEM_PARAMETERS.contains(&name)
}

/// The body as JSON. No body at all is an empty message: clients cancel operations with none.
fn parse_body(body: &[u8]) -> Result<Value, Status> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| invalid("", &format!("Invalid JSON payload received. {error}")))?;
    match value {
        Value::Object(_) => Ok(value),
        other => {
            Err(invalid("", &format!("Invalid JSON payload received. An object is expected, not {other}.")))
        }
    }
}

/// The body of a request that has none: at most `{}`, which several clients send. The documentation of operations.cancel says
/// it in words: "The request body must be empty."
fn no_body(body: &[u8]) -> Result<Value, Status> {
    let body = parse_body(body)?;
    match body.as_object().and_then(|fields| fields.keys().next()) {
        Some(name) => Err(unknown_name(name, "Cannot find field.", "The request body must be empty.")),
        None => Ok(body),
    }
}

/// Gives the field at a path such as `encryptionConfig.kmsKeyName` the value of a text; a repeated field gets one more.
/// False if there is no such field.
fn insert(request: &mut Value, descriptor: &MessageDescriptor, path: &str, text: &str) -> bool {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (Some(field), Value::Object(object)) = (find_field(descriptor, first), request) else { return false };
    let slot = object.entry(field.json_name()).or_insert(Value::Null);
    match (rest, field.kind()) {
        (Some(rest), Kind::Message(inner)) if field.cardinality() != Cardinality::Repeated => {
            if slot.is_null() {
                *slot = Value::Object(Map::new());
            }
            insert(slot, &inner, rest, text)
        }
        (Some(_), _) => false,
        (None, kind) if field.is_list() => {
            match slot {
                Value::Array(items) => items.push(scalar(&kind, text)),
                slot => *slot = Value::Array(vec![scalar(&kind, text)]),
            }
            true
        }
        (None, kind) => {
            *slot = scalar(&kind, text);
            true
        }
    }
}

/// Fields are known by both names, `expire_time` and `expireTime`.
fn find_field(descriptor: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    descriptor.get_field_by_json_name(name).or_else(|| descriptor.get_field_by_name(name))
}

/// A text in a URL as the JSON value of a field of this kind.
fn scalar(kind: &Kind, text: &str) -> Value {
    let parsed = match kind {
        Kind::Bool => parse_bool(text).map(Value::Bool),
        Kind::Enum(_) => text.parse::<i32>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// A truth value in a URL; gcloud spells it as Python does, `True`.
fn parse_bool(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

/// Paths in a field mask are in lowerCamelCase in JSON. Clients also send them as the proto has them, and Google's
/// servers take both.
fn spell_masks(request: &mut Value, descriptor: &MessageDescriptor) {
    let Value::Object(object) = request else { return };
    for (key, value) in object {
        let kind = find_field(descriptor, key).map(|field| field.kind());
        if let (Some(Kind::Message(message)), Value::String(paths)) = (kind, value)
            && message.full_name() == "google.protobuf.FieldMask"
        {
            *paths = paths.split(',').map(camel_case).collect::<Vec<_>>().join(",");
        }
    }
}

fn camel_case(path: &str) -> String {
    let mut camel = String::with_capacity(path.len());
    let mut upper = false;
    for c in path.trim().chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                camel.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => camel.push(c),
        }
    }
    camel
}

/// The first thing in a JSON value that does not fit a message, in the words of Google's servers.
fn explain(value: &Value, descriptor: &MessageDescriptor, path: &str) -> Option<Status> {
    let object = value.as_object()?;
    for (key, value) in object {
        let Some(field) = find_field(descriptor, key) else {
            let at = if path.is_empty() { String::new() } else { format!(" at '{path}'") };
            let message =
                format!("Invalid JSON payload received. Unknown name \"{key}\"{at}: Cannot find field.");
            return Some(invalid(path, &message));
        };
        let single = Value::Object(Map::from_iter([(key.clone(), value.clone())]));
        let fits = DynamicMessage::deserialize(descriptor.clone(), &single).is_ok();
        if fits {
            continue;
        }
        let path = if path.is_empty() { field.name().to_owned() } else { format!("{path}.{}", field.name()) };
        let Kind::Message(inner) = field.kind() else { return Some(misfit(&path, &field, value)) };
        let nested = match value {
            Value::Array(items) if field.is_list() => (items.iter().enumerate())
                .find_map(|(index, item)| explain(item, &inner, &format!("{path}[{index}]"))),
            _ if inner.full_name().starts_with("google.protobuf.") => None,
            value => explain(value, &inner, &path),
        };
        return nested.or_else(|| Some(misfit(&path, &field, value)));
    }
    None
}

/// A value of the wrong type. The text for times is recorded (terraform-google-cloud-spanner #7).
fn misfit(path: &str, field: &FieldDescriptor, value: &Value) -> Status {
    let kind = match field.kind() {
        Kind::Message(message) => format!("type.googleapis.com/{}", message.full_name()),
        Kind::Enum(kind) => format!("type.googleapis.com/{}", kind.full_name()),
        kind => format!("TYPE_{}", format!("{kind:?}").to_ascii_uppercase()),
    };
    let shown = match value {
        Value::String(text) if !kind.contains('/') => format!("\"{text}\""),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let description = match field.kind() {
        Kind::Message(message) if message.full_name() == "google.protobuf.Timestamp" => {
            let wrong =
                if value.is_string() { "Invalid time format" } else { "Invalid data type for timestamp" };
            format!(
                "Invalid value at '{path}' ({kind}), Field '{}', {wrong}, value is {shown}",
                field.json_name()
            )
        }
        _ => format!("Invalid value at '{path}' ({kind}), {shown}"),
    };
    invalid(path, &description)
}

fn unknown_name(name: &str, what: &str, why: &str) -> Status {
    let message = format!("Invalid JSON payload received. Unknown name \"{name}\": {what} {why}");
    invalid("", &message)
}

fn invalid(field: &str, message: &str) -> Status {
    let detail = Detail::Field { field: field.to_owned(), description: message.to_owned() };
    Status::new(Code::InvalidArgument, message).with(detail)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::super::router::Router;
    use super::*;

    /// Names of fields that some request has, and one that none has.
    const NAMES: &[&str] = &[
        "name",
        "parent",
        "backup",
        "backupId",
        "backup_id",
        "expireTime",
        "expire_time",
        "encryptionConfig",
        "kmsKeyNames",
        "labels",
        "fieldMask",
        "updateMask",
        "state",
        "instance",
        "statements",
        "seconds",
        "policy",
        "bindings",
        "params",
        "queryOptions",
        "nothing",
    ];

    /// In an order that is the same in every run, so that a failure can be repeated.
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
        let router = Router::of(&rescind_engine::services());
        let mut routes: Vec<Route> = router.routes().cloned().collect();
        routes.sort_by_cached_key(|route| format!("{route:?}"));
        routes
    });

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-zA-Z0-9_./:T-]{0,20}".prop_map(Value::from),
            Just(Value::from("2026-11-21T12:00:00Z")),
        ];
        leaf.prop_recursive(6, 40, 4, |inner| {
            let name = proptest::sample::select(NAMES).prop_map(str::to_owned);
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                proptest::collection::btree_map(name, inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_does_not_fit_is_an_invalid_argument(
            number in any::<usize>(),
            body in json(),
            query in proptest::collection::vec(("[a-zA-Z_.$]{0,12}|updateMask|backup\\.expireTime", "[a-z0-9_,.]{0,12}"), 0..4),
        ) {
            let route = &ROUTES[number % ROUTES.len()];
            let bound = bind(route, &[], &query, body.to_string().as_bytes());
            if let Err(status) = bound {
                prop_assert_eq!(status.code, Code::InvalidArgument);
                prop_assert!(!status.message.is_empty());
            }
        }
    }
}
