//! What client libraries ask other services than the one of the case, of their own accord: metrics that they send, the
//! regions of an account. Nothing depends on it, so nobody is there, and no journal has it.

use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use tonic::body::Body;

use super::token;

/// As Google's servers answer for what is not there.
const NOT_FOUND: &str =
    r#"{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}"#;

/// True for a request to one of these hosts.
pub fn is_asked<B>(hosts: &[String], request: &Request<B>) -> bool {
    host(request).is_some_and(|host| hosts.iter().any(|besides| besides == host))
}

/// The name that a request is for, without a port: its authority over HTTP/2, else its header `Host`.
fn host<B>(request: &Request<B>) -> Option<&str> {
    let header = || request.headers().get(header::HOST)?.to_str().ok();
    let host = request.uri().host().or_else(header)?;
    Some(host.rsplit_once(':').map_or(host, |(name, _)| name))
}

/// Says that there is nothing.
pub async fn answer(request: Request<Body>) -> Response<Body> {
    let is_grpc = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    // Read, so that the connection can be used again.
    let _ = request.into_body().collect().await;
    if is_grpc {
        return tonic::Status::unimplemented("nobody is here").into_http();
    }
    let mut response = token::json(NOT_FOUND);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str, host: Option<&str>) -> Request<()> {
        let mut request = Request::new(());
        *request.uri_mut() = uri.parse().unwrap();
        if let Some(host) = host {
            request.headers_mut().insert(header::HOST, host.parse().unwrap());
        }
        request
    }

    #[test]
    fn hosts_are_told_apart_in_both_versions_of_http() {
        let besides = ["oauth2.googleapis.com", "monitoring.googleapis.com"].map(str::to_owned);
        let is_asked = |request| super::is_asked(&besides, &request);
        assert!(is_asked(request("https://monitoring.googleapis.com/x", None)));
        assert!(is_asked(request("/x", Some("monitoring.googleapis.com:443"))));
        for own in ["spanner.googleapis.com", "127.0.0.1:9010", "longrunning.googleapis.com"] {
            assert!(!is_asked(request("/x", Some(own))), "{own}");
            assert!(!is_asked(request(&format!("http://{own}/x"), None)), "{own}");
        }
        assert!(!is_asked(request("/x", None)));
    }
}
