//! The REST API: its paths, its credentials, its JSON.

use std::borrow::Cow;

use http::request::Parts;
use http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;
use rescind_model::RequestKind;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::backups::{BatchDeleteBackups, CreateBackup, DeleteBackup, ListBackups, StopBackup};
use super::jobs::ListJobs;
use super::message::ApiVersion;
use super::problem::Problem;
use super::request::{ApiRequest, Sent};
use super::state::{GeminiDb, Store, Turn};
use crate::kernel::{Call, RestCall, RestReply, RestRequest, Status};

/// The first segments of its paths, which no path of the other services begins with.
const VERSIONS: [(&str, ApiVersion); 3] =
    [("v3", ApiVersion::V3), ("v3.1", ApiVersion::V3_1), ("v4", ApiVersion::V4)];

/// The signature of the vendor's SDK begins so.
const SIGNATURE: &[u8] = b"SDK-HMAC-SHA256 ";

/// Reads a request; none if its path is none of the API.
pub fn read(request: &RestRequest<'_>) -> Option<RestCall<GeminiDb>> {
    let RestRequest { head, body } = request;
    let (first, rest) = head.uri.path().strip_prefix('/')?.split_once('/')?;
    let (_, version) = *VERSIONS.iter().find(|(name, _)| *name == first)?;
    let segments: Vec<String> =
        rest.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect();
    let (project, path) = segments.split_first()?;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let asked = Asked { project: project.clone(), credentials: credentials(&head.headers) };
    let query = head.uri.query().unwrap_or_default();
    Some(match (version, &head.method, path.as_slice()) {
        (ApiVersion::V3, &Method::POST, ["instances", instance, "backups"]) => {
            asked.of(CreateBackup { instance: (*instance).to_owned(), body: json(*body) })
        }
        (ApiVersion::V3, &Method::DELETE, ["instances", "backups"]) => {
            asked.of(BatchDeleteBackups { body: json(*body) })
        }
        (ApiVersion::V3, &Method::PUT, ["backups", backup]) => {
            asked.of(StopBackup { backup: (*backup).to_owned(), body: json(*body) })
        }
        (ApiVersion::V3, &Method::DELETE, ["backups", backup]) => {
            asked.of(DeleteBackup { backup: (*backup).to_owned() })
        }
        (_, &Method::GET, ["backups"]) => asked.of(ListBackups { version, query: parameters(query) }),
        (ApiVersion::V3, &Method::GET, ["jobs"]) => asked.of(ListJobs { query: parameters(query) }),
        _ => Box::new(NoApi::of(head, project)),
    })
}

/// An error, `{"error_code":"DBS.200002","error_msg":"The DB instance does not exist."}`.
pub fn error(status: &Status) -> RestReply {
    let (problem, text) = Problem::of(status);
    RestReply::json(problem.http, &serde_json::json!({ "error_code": problem.number, "error_msg": text }))
}

/// Whether a request says who makes it: by `X-Auth-Token`, or signed by the SDK. Nobody is refused for what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Credentials {
    Given,
    Missing,
}

/// Either kind of credentials; they are not checked.
fn credentials(headers: &HeaderMap) -> Credentials {
    let token = headers.get("x-auth-token").is_some_and(|token| !token.is_empty());
    let signed =
        headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(SIGNATURE));
    if token || signed { Credentials::Given } else { Credentials::Missing }
}

/// The JSON of a body. A body that is missing is an empty object, so that the rules say what is missing in it.
fn json<T: DeserializeOwned + Default>(body: Result<&[u8], &Status>) -> Sent<T> {
    let body = body.map_err(|status| Problem::PARAMETER.about(&status.message))?;
    if body.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| Problem::PARAMETER.about(error))
}

/// The parameters of a query; of those with the same name the last.
fn parameters<T: DeserializeOwned>(query: &str) -> Sent<T> {
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
    let object: Map<String, Value> = pairs.map(|(name, value)| (name, Value::String(value))).collect();
    serde_json::from_value(Value::Object(object)).map_err(|error| Problem::PARAMETER.about(error))
}

/// Who asks, and about which project.
struct Asked {
    project: String,
    credentials: Credentials,
}

impl Asked {
    fn of<R: ApiRequest + 'static>(self, request: R) -> RestCall<GeminiDb>
    where
        R::Reply: Serialize,
    {
        Box::new(Authorised { asked: self, request })
    }
}

/// A request, with who asks.
struct Authorised<R> {
    asked: Asked,
    request: R,
}

impl<R: ApiRequest> Call<GeminiDb> for Authorised<R>
where
    R::Reply: Serialize,
{
    type Reply = RestReply;

    fn rpc(&self) -> &str {
        R::NAME
    }

    fn resource(&self) -> Cow<'_, str> {
        Cow::Owned(self.request.resource(&self.asked.project))
    }

    fn arrive(&self, store: &mut Store) -> RequestKind {
        self.request.arrive(store)
    }

    fn serve(self: Box<Self>, turn: &mut Turn<'_>) -> Result<RestReply, Status> {
        match self.asked.credentials {
            Credentials::Given => Ok(RestReply::json(R::STATUS, &self.request.serve(turn)?)),
            Credentials::Missing => Err(turn.store.state.choices.no_credentials.status()),
        }
    }
}

/// A request to a path that there is not, or that does not take this method.
struct NoApi {
    rpc: String,
    resource: String,
}

impl NoApi {
    fn of(head: &Parts, project: &str) -> NoApi {
        NoApi { rpc: format!("{} {}", head.method, head.uri.path()), resource: format!("projects/{project}") }
    }
}

impl Call<GeminiDb> for NoApi {
    type Reply = RestReply;

    fn rpc(&self) -> &str {
        &self.rpc
    }

    fn resource(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.resource)
    }

    fn serve(self: Box<Self>, _turn: &mut Turn<'_>) -> Result<RestReply, Status> {
        Err(Problem::NO_API.status())
    }
}
