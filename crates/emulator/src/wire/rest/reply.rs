//! From replies and errors to JSON.

use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};
use rescind_model::Code;
use serde::{Serialize, Serializer};
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
            pretty: !is(&["prettyPrint", "$prettyPrint"], &|value| value.eq_ignore_ascii_case("false")),
        }
    }

    fn options(self) -> SerializeOptions {
        SerializeOptions::new().use_enum_numbers(self.enum_numbers)
    }

    /// A value as the text of a body.
    fn write(self, value: &impl Serialize) -> Result<String, Status> {
        let mut body = Vec::new();
        let written = if self.pretty {
            value.serialize(&mut serde_json::Serializer::pretty(&mut body))
        } else {
            value.serialize(&mut serde_json::Serializer::new(&mut body))
        };
        let text = written
            .map_err(|error| error.to_string())
            .and_then(|()| String::from_utf8(body).map_err(|error| error.to_string()));
        let mut text = text.map_err(|error| {
            Status::new(Code::Internal, format!("the reply cannot be written as JSON: {error}"))
        })?;
        text.push('\n');
        Ok(text)
    }

    /// An encoded reply. That of a streaming RPC is a list, of which the emulator always sends one element.
    pub fn reply(self, descriptor: MessageDescriptor, reply: &[u8], streaming: bool) -> Response<Body> {
        let options = self.options();
        let message = DynamicMessage::decode(descriptor, reply)
            .map_err(|error| Status::new(Code::Internal, format!("the reply is malformed: {error}")));
        let written = message.and_then(|message| {
            let shown = Shown { message: &message, options: &options };
            if streaming { self.write(&[shown]) } else { self.write(&shown) }
        });
        match written {
            Ok(text) => respond(StatusCode::OK, simplify_empty_responses(&text)),
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
        let details = details(status);
        let options = self.options();
        let shown = |details: &'_ [DynamicMessage]| {
            let details = details.iter().map(|message| Shown { message, options: &options }).collect();
            let (message, status) = (&*status.message, status.code.name());
            self.write(&Wrapped { error: ErrorBody { code: code.as_u16(), message, status, details } })
        };
        // Without the details it is a number and two texts, which can be written.
        let text = shown(&details).or_else(|_| shown(&[])).unwrap_or_default();
        respond(code, text)
    }
}

/// A message as JSON: in the order of the proto's numbers, without fields that have their default, 64-bit numbers as strings.
struct Shown<'a> {
    message: &'a DynamicMessage,
    options: &'a SerializeOptions,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.message.serialize_with_options(serializer, self.options)
    }
}

#[derive(Serialize)]
struct Wrapped<'a> {
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: u16,
    message: &'a str,
    status: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<Shown<'a>>,
}

/// The details of an error, as messages.
fn details(status: &Status) -> Vec<DynamicMessage> {
    let of = |any: &prost_types::Any| {
        let descriptor = proto::pool().get_message_by_name("google.protobuf.Any")?;
        DynamicMessage::decode(descriptor, any.encode_to_vec().as_slice()).ok()
    };
    status.to_proto().details.iter().filter_map(of).collect()
}

fn respond(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::new(Full::from(text)));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// The type of a response that says nothing, as a text in JSON. No other text there has unescaped quotes around it.
const EMPTY: &str = "\"type.googleapis.com/google.protobuf.Empty\"";

/// Writes the response of an operation that has none to give as Google's servers do, with its type alone, which is all
/// that Python's clients accept; prost-reflect adds an empty `value`, as for the types that JSON has a form of its own
/// for.
fn simplify_empty_responses(json: &str) -> String {
    let mut kept = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, after)) = rest.split_once(EMPTY) {
        kept += before;
        kept += EMPTY;
        rest = without_value(after).unwrap_or(after);
    }
    kept + rest
}

/// What follows a `value` without contents, if the text begins with one.
fn without_value(after: &str) -> Option<&str> {
    let value = after.strip_prefix(',')?.trim_start().strip_prefix("\"value\":")?;
    value.trim_start().strip_prefix("{}")
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use rescind_engine::Detail;
    use rescind_engine::proto::{longrunning, longrunning::operation::Result as Outcome};

    use super::*;

    async fn text(response: Response<Body>) -> String {
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    fn style(query: &[(&str, &str)]) -> Style {
        let query: Vec<_> = query.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Style::of(&query)
    }

    #[tokio::test]
    async fn keys_come_in_the_order_of_the_proto_and_an_empty_response_has_no_value() {
        let response = prost_types::Any {
            type_url: "type.googleapis.com/google.protobuf.Empty".to_owned(),
            value: Vec::new(),
        };
        let operation = longrunning::Operation {
            name: "o".to_owned(),
            done: true,
            result: Some(Outcome::Response(response)),
            ..Default::default()
        };
        let of = |name: &str| proto::pool().get_message_by_name(name).unwrap();
        let compact = style(&[("prettyPrint", "False")]);
        let reply = compact.reply(of("google.longrunning.Operation"), &operation.encode_to_vec(), false);
        insta::assert_snapshot!(text(reply).await, @r#"{"name":"o","done":true,"response":{"@type":"type.googleapis.com/google.protobuf.Empty"}}"#);
        let list = longrunning::ListOperationsResponse {
            operations: vec![operation.clone(), operation],
            ..Default::default()
        };
        let reply =
            style(&[]).reply(of("google.longrunning.ListOperationsResponse"), &list.encode_to_vec(), false);
        let text = text(reply).await;
        assert!(
            !text.contains("\"value\"") && serde_json::from_str::<serde_json::Value>(&text).is_ok(),
            "{text}"
        );
    }

    #[tokio::test]
    async fn the_parts_of_an_error_come_in_the_order_that_google_has() {
        let status = Status::new(Code::InvalidArgument, "wrong")
            .with(Detail::Field { field: "f".to_owned(), description: "d".to_owned() });
        let error = style(&[("prettyPrint", "false")]).error(&status);
        insta::assert_snapshot!(text(error).await, @r#"{"error":{"code":400,"message":"wrong","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"f","description":"d"}]}]}}"#);
    }
}
