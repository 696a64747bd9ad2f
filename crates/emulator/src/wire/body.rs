//! Reading the bodies of HTTP requests.

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use rescind_model::Code;

use crate::engine::Status;

/// The largest body that is read, as for gRPC.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// The whole body.
///
/// # Errors
/// INVALID_ARGUMENT if it is larger than 4 MiB, or breaks off.
pub async fn read(body: Incoming) -> Result<Bytes, Status> {
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("Request payload size exceeds the limit: {LARGEST_BODY} bytes.");
            Err(Status::new(Code::InvalidArgument, message))
        }
        Err(error) => Err(Status::new(Code::InvalidArgument, format!("The body cannot be read: {error}"))),
    }
}
