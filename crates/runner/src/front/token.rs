//! The token endpoint of Google's authorization server, as far as a service account asks it.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt, Full};
use tonic::body::Body;

/// The paths at which tokens are asked for: that of `token_uri` in a service account's file, and those that older
/// libraries have built in. No service has one of these.
const PATHS: [&str; 4] = ["/token", "/oauth2/v4/token", "/oauth2/v3/token", "/o/oauth2/token"];

/// The access token that a case gets, wherever it asks for one; manifests that hand one over say the same.
pub(crate) const ACCESS_TOKEN: &str = "ya29.rescind";

/// A bearer token for an hour (RFC 6749, 5.1). Nobody looks at it: any token opens the project of the case, and none
/// opens any other.
const TOKEN: &str = r#"{"access_token":"ya29.rescind","token_type":"Bearer","expires_in":3600}"#;

/// True for a request for an access token.
pub fn is_asked_for<B>(request: &Request<B>) -> bool {
    request.method() == Method::POST && PATHS.contains(&request.uri().path())
}

/// A response with this JSON.
pub(super) fn json(text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::new(Full::new(Bytes::from_static(text.as_bytes()))));
    let json = HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Gives a token to whoever asks.
pub async fn answer(request: Request<Body>) -> Response<Body> {
    // Read, so that the connection can be used again; the assertion in it is not checked.
    let _ = request.into_body().collect().await;
    let mut response = json(TOKEN);
    // RFC 6749 asks for it.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
