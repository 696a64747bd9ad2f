//! REST APIs that no proto describes: HTTP in, HTTP out. (Those of protos are transcoded, by their HTTP rules.)

use http::request::Parts;
use serde::Serialize;

use super::status::Status;

/// A request over HTTP.
#[derive(Clone, Copy, Debug)]
pub struct RestRequest<'a> {
    /// Method, address and headers.
    pub head: &'a Parts,
    /// The body, or why it could not be read.
    pub body: Result<&'a [u8], &'a Status>,
}

/// A reply over HTTP, with JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestReply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl RestReply {
    /// A reply with this HTTP status and body.
    pub fn json(status: u16, body: &impl Serialize) -> RestReply {
        // What is replied are texts, numbers and lists of them, which never fail to be written.
        RestReply { status, body: serde_json::to_vec(body).unwrap_or_default() }
    }

    /// An error as Google's services have it in JSON, without details.
    pub fn error(status: &Status) -> RestReply {
        let http = status.code.http_status();
        let error = serde_json::json!({
            "code": http,
            "message": status.message,
            "status": status.code.name(),
        });
        RestReply::json(http, &serde_json::json!({ "error": error }))
    }
}
