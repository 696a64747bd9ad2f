//! From replies and errors to JSON.

use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};
use rescind_model::Code;
use serde::Serialize;
use serde_json::{Value, json};
use tonic::body::Body;

use rescind_engine::Status;
use rescind_engine::proto;

/// How a client wants JSON, by the query parameters `$alt` (or `alt`) and `prettyPrint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Enumerations as numbers: `$alt=json;enum-encoding=int`.
    enum_numbers: bool,
    /// With line breaks, which is what Google's servers do unless `prettyPrint=false`.
    pretty: bool,
}

impl Style {
    /// Reads the query.
    pub fn of(query: &[(String, String)]) -> Style {
        let is = |names: &[&str], wanted: &dyn Fn(&str) -> bool| {
            query.iter().any(|(name, value)| names.contains(&name.as_str()) && wanted(value))
        };
        Style {
            enum_numbers: is(&["$alt", "alt"], &|value| {
                value.split(';').any(|part| part == "enum-encoding=int")
            }),
            pretty: !is(&["prettyPrint", "$prettyPrint"], &|value| value == "false"),
        }
    }

    /// A message as JSON: without fields that have their default, 64-bit numbers as strings.
    fn json(self, message: &DynamicMessage) -> Result<Value, Status> {
        let options = SerializeOptions::new().use_enum_numbers(self.enum_numbers);
        let json = message.serialize_with_options(serde_json::value::Serializer, &options);
        let mut json = json.map_err(|error| {
            Status::new(Code::Internal, format!("the reply cannot be written as JSON: {error}"))
        })?;
        simplify_empty_responses(&mut json);
        Ok(json)
    }

    fn respond(self, status: StatusCode, value: &Value) -> Response<Body> {
        let mut body = Vec::new();
        let written = if self.pretty {
            value.serialize(&mut serde_json::Serializer::pretty(&mut body))
        } else {
            value.serialize(&mut serde_json::Serializer::new(&mut body))
        };
        debug_assert!(written.is_ok(), "writing JSON into memory cannot fail");
        body.push(b'\n');
        let mut response = Response::new(Body::new(Full::from(body)));
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json; charset=UTF-8");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }

    /// An encoded reply. That of a streaming RPC is a list, of which the emulator always sends one element.
    pub fn reply(self, descriptor: MessageDescriptor, reply: &[u8], streaming: bool) -> Response<Body> {
        let message = DynamicMessage::decode(descriptor, reply)
            .map_err(|error| Status::new(Code::Internal, format!("the reply is malformed: {error}")));
        match message.and_then(|message| self.json(&message)) {
            Ok(value) if streaming => self.respond(StatusCode::OK, &Value::Array(vec![value])),
            Ok(value) => self.respond(StatusCode::OK, &value),
            Err(status) => self.error(&status),
        }
    }

    /// An error, with the HTTP status of its code.
    pub fn error(self, status: &Status) -> Response<Body> {
        let code =
            StatusCode::from_u16(status.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.error_with(code, status)
    }

    /// An error with an HTTP status of its own: `{"error":{"code","message","status","details"}}`.
    pub fn error_with(self, code: StatusCode, status: &Status) -> Response<Body> {
        let mut error = json!({
            "code": code.as_u16(),
            "message": status.message,
            "status": status.code.name(),
        });
        if let (Some(details), Some(error)) = (self.details(status), error.as_object_mut()) {
            error.insert("details".to_owned(), details);
        }
        self.respond(code, &json!({ "error": error }))
    }

    fn details(self, status: &Status) -> Option<Value> {
        let descriptor = proto::pool().get_message_by_name("google.rpc.Status")?;
        let message =
            DynamicMessage::decode(descriptor, status.to_proto().encode_to_vec().as_slice()).ok()?;
        self.json(&message).ok()?.get_mut("details").map(Value::take)
    }
}

/// Writes the response of an operation that has none to give as Google's servers do, with its type alone, which is all
/// that Python's clients accept; prost-reflect adds an empty `value`, as for the types that JSON has a form of its own
/// for.
fn simplify_empty_responses(json: &mut Value) {
    for operation in json.get_mut("operations").and_then(Value::as_array_mut).into_iter().flatten() {
        simplify_empty_responses(operation);
    }
    if let Some(response) = json.get_mut("response").and_then(Value::as_object_mut)
        && response.get("@type").is_some_and(|kind| kind == "type.googleapis.com/google.protobuf.Empty")
    {
        response.remove("value");
    }
}
