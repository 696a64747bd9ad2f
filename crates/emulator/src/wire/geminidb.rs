//! The REST API of GeminiDB: its paths, its credentials, its JSON.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use rescind_model::Transport;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tonic::body::Body;

use super::body;
use super::connection::Connection;
use crate::Emulator;
use crate::emulator::Answer;
use rescind_engine::geminidb::{
    ApiVersion, BatchDeleteBackups, Call, CreateBackup, Credentials, DeleteBackup, ListBackups, ListJobs,
    Problem, Sent, StopBackup,
};
use rescind_engine::{Delivery, Status};

/// The first segments of its paths, which no path of the other services begins with.
const VERSIONS: [(&str, ApiVersion); 3] =
    [("v3", ApiVersion::V3), ("v3.1", ApiVersion::V3_1), ("v4", ApiVersion::V4)];

/// The signature of the vendor's SDK begins so.
const SIGNATURE: &[u8] = b"SDK-HMAC-SHA256 ";

/// True for a path of the API.
pub fn serves(path: &str) -> bool {
    version(path).is_some()
}

fn version(path: &str) -> Option<(ApiVersion, &str)> {
    let (first, rest) = path.strip_prefix('/')?.split_once('/')?;
    VERSIONS.iter().find(|(name, _)| *name == first).map(|(_, version)| (*version, rest))
}

/// Answers a request to a path of the API.
pub async fn answer(emulator: Emulator, connection: Connection, request: Request<Body>) -> Response<Body> {
    let (head, incoming) = request.into_parts();
    let body = body::read(incoming).await.map_err(|status| Problem::PARAMETER.about(status.message));
    let (response, delivery) = respond(&emulator, &head, body);
    connection.deliver(delivery).await;
    response
}

fn respond(emulator: &Emulator, head: &Parts, body: Sent<Bytes>) -> (Response<Body>, Delivery) {
    let Some((version, rest)) = version(head.uri.path()) else {
        return (error(&Problem::NO_API.status()), Delivery::AtOnce);
    };
    let segments: Vec<String> =
        rest.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect();
    let Some((project, path)) = segments.split_first() else {
        return (error(&Problem::NO_API.status()), Delivery::AtOnce);
    };
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let door = Door { emulator, project, credentials: credentials(&head.headers) };
    let query = head.uri.query().unwrap_or_default();
    match (version, &head.method, path.as_slice()) {
        (ApiVersion::V3, &Method::POST, ["instances", instance, "backups"]) => {
            door.pass(CreateBackup { instance: (*instance).to_owned(), body: read(body) })
        }
        (ApiVersion::V3, &Method::DELETE, ["instances", "backups"]) => {
            door.pass(BatchDeleteBackups { body: read(body) })
        }
        (ApiVersion::V3, &Method::PUT, ["backups", backup]) => {
            door.pass(StopBackup { backup: (*backup).to_owned(), body: read(body) })
        }
        (ApiVersion::V3, &Method::DELETE, ["backups", backup]) => {
            door.pass(DeleteBackup { backup: (*backup).to_owned() })
        }
        (_, &Method::GET, ["backups"]) => door.pass(ListBackups { version, query: parameters(query) }),
        (ApiVersion::V3, &Method::GET, ["jobs"]) => door.pass(ListJobs { query: parameters(query) }),
        (_, method, _) => {
            let rpc = format!("{method} {}", head.uri.path());
            let resource = format!("projects/{project}");
            let refused = emulator.refuse(Transport::Rest, &rpc, &resource, Problem::NO_API.status());
            written(StatusCode::NOT_FOUND.as_u16(), &refused as &Answer<()>)
        }
    }
}

/// Either kind of credentials; they are not checked.
fn credentials(headers: &HeaderMap) -> Credentials {
    let token = headers.get("x-auth-token").is_some_and(|token| !token.is_empty());
    let signed =
        headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(SIGNATURE));
    if token || signed { Credentials::Given } else { Credentials::Missing }
}

/// The JSON of a body. A body that is missing is an empty object, so that the rules say what is missing in it.
fn read<T: DeserializeOwned + Default>(body: Sent<Bytes>) -> Sent<T> {
    let body = body?;
    if body.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(&body).map_err(|error| Problem::PARAMETER.about(error))
}

/// The parameters of a query; of those with the same name the last.
fn parameters<T: DeserializeOwned>(query: &str) -> Sent<T> {
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
    let object: Map<String, Value> = pairs.map(|(name, value)| (name, Value::String(value))).collect();
    serde_json::from_value(Value::Object(object)).map_err(|error| Problem::PARAMETER.about(error))
}

/// The way into a project.
struct Door<'a> {
    emulator: &'a Emulator,
    project: &'a str,
    credentials: Credentials,
}

impl Door<'_> {
    fn pass<C: Call>(&self, call: C) -> (Response<Body>, Delivery) {
        written(C::STATUS, &self.emulator.answer_geminidb(self.project, call, self.credentials))
    }
}

/// An answer as HTTP, with this status unless it is an error.
fn written<T: Serialize>(status: u16, answer: &Answer<T>) -> (Response<Body>, Delivery) {
    let response = match &answer.reply {
        Ok(reply) => json(status, reply),
        Err(status) => error(status),
    };
    (response, answer.delivery)
}

fn error(status: &Status) -> Response<Body> {
    let (problem, text) = Problem::of(status);
    json(problem.http, &serde_json::json!({ "error_code": problem.number, "error_msg": text }))
}

fn json(status: u16, reply: &impl Serialize) -> Response<Body> {
    body::json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), reply)
}
