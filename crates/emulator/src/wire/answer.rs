//! From an HTTP request to the service that it is for.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Request, Response};
use percent_encoding::{CONTROLS, percent_decode, utf8_percent_encode};
use tonic::body::Body;

use super::connection::Connection;
use super::{grpc, rest};
use crate::{Emulator, Scope};

/// The header by which a client binds itself to one project: requests for any other are refused. This is how the front
/// of a case, which passes requests on, has an emulator that runs elsewhere judge whom they are for; only the emulator
/// reads what a request really asks for.
pub const PROJECT: HeaderName = HeaderName::from_static("x-rescind-project");

/// The header of a reply that tells what was refused for the sake of [`PROJECT`], percent-encoded.
pub const STRANGER: HeaderName = HeaderName::from_static("x-rescind-stranger");

/// Answers a request to a service: a gRPC call, or HTTP with JSON. The request came on this connection, which a fault
/// may reset; then there is no answer, ever.
pub async fn answer(emulator: Emulator, connection: Connection, request: Request<Body>) -> Response<Body> {
    emulator.count_request();
    if grpc::is_call(&request) {
        grpc::answer(emulator, connection, request).await
    } else {
        rest::answer(emulator, connection, request).await
    }
}

/// As [`answer`], for a client that may have bound itself to [one project](PROJECT).
pub async fn answer_within(
    emulator: Emulator,
    connection: Connection,
    request: Request<Body>,
) -> Response<Body> {
    let Some(project) = request.headers().get(PROJECT) else {
        return answer(emulator, connection, request).await;
    };
    let project = percent_decode(project.as_bytes()).decode_utf8_lossy();
    let scope = Arc::new(Scope::of(&project));
    let mut response = answer(emulator.within(Arc::clone(&scope)), connection, request).await;
    for stranger in scope.strangers() {
        let stranger = utf8_percent_encode(&stranger, CONTROLS).to_string();
        // Percent-encoded text is always a value.
        if let Ok(stranger) = HeaderValue::from_str(&stranger) {
            response.headers_mut().append(STRANGER, stranger);
        }
    }
    response
}
