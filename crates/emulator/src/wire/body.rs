//! The bodies of HTTP requests and replies.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use rescind_model::Code;
use serde::Serialize;
use tonic::body::Body;

use rescind_engine::Status;

/// The largest body that is read, as for gRPC.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// The whole body.
///
/// # Errors
/// INVALID_ARGUMENT if it is larger than 4 MiB, or breaks off.
pub async fn read(body: Body) -> Result<Bytes, Status> {
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("Request payload size exceeds the limit: {LARGEST_BODY} bytes.");
            Err(Status::new(Code::InvalidArgument, message))
        }
        Err(error) => Err(Status::new(Code::InvalidArgument, format!("The body cannot be read: {error}"))),
    }
}

/// A reply in JSON.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    let written = serde_json::to_vec(body);
    debug_assert!(written.is_ok(), "writing JSON into memory cannot fail");
    written_json(status, written.unwrap_or_default())
}

/// A reply in JSON that is written already.
pub fn written_json(status: StatusCode, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::new(Full::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
