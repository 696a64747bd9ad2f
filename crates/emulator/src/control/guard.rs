//! Who may give orders.

use std::net::IpAddr;

use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use subtle::ConstantTimeEq;

use super::refusal::Refusal;

/// What a call must show to be done.
///
/// A page that a browser shows can send requests to any port of this machine, and by a name that it resolves to a
/// loopback address even read the replies. So nothing that a browser may have sent is done.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// The token that every call must bear. None where the system says who may connect, as with a Unix socket.
    pub token: Option<String>,
    /// Whether the listener may be called by a name that is not this machine's own.
    pub any_host: bool,
}

impl Guard {
    /// Lets a call in.
    pub(super) fn admit(&self, head: &Parts) -> Result<(), Refusal> {
        if head.headers.contains_key(header::ORIGIN) {
            return Err(forbidden(
                "the control API takes no requests from web pages, which `Origin` tells of",
            ));
        }
        if !self.any_host && !host(head).is_some_and(is_this_machine) {
            return Err(forbidden(
                "the control API is called by a loopback address or `localhost`: `Host` says otherwise",
            ));
        }
        match &self.token {
            Some(token) if !bears(head, token) => Err(unauthorized()),
            _ => Ok(()),
        }
    }
}

fn forbidden(message: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, message)
}

fn unauthorized() -> Refusal {
    let message = "the control API needs `Authorization: Bearer TOKEN`, with the token that the emulator printed when \
                   it started or was given";
    let refusal = Refusal::new(StatusCode::UNAUTHORIZED, message);
    let bearer = (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    Refusal { header: Some(Box::new(bearer)), ..refusal }
}

/// The host that was asked for, without its port; in HTTP/2 it is part of the URI.
fn host(head: &Parts) -> Option<String> {
    let by_header = |name: HeaderName| -> Option<Uri> { head.headers.get(name)?.to_str().ok()?.parse().ok() };
    let host = |uri: &Uri| uri.host().map(str::to_owned);
    match head.headers.get_all(header::HOST).iter().count() {
        0 => host(&head.uri),
        1 => by_header(header::HOST).as_ref().and_then(host),
        // Whoever sends several wants each reader to see another one.
        _ => None,
    }
}

fn is_this_machine(host: String) -> bool {
    let host = host.to_ascii_lowercase();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

fn bears(head: &Parts, token: &str) -> bool {
    let borne = head.headers.get(header::AUTHORIZATION).and_then(|value| {
        let (scheme, borne) = value.as_bytes().split_at_checked(b"Bearer ".len())?;
        scheme.eq_ignore_ascii_case(b"Bearer ").then_some(borne)
    });
    // How long it takes to compare them does not tell how much of it is right.
    borne.is_some_and(|borne| bool::from(borne.ct_eq(token.as_bytes())))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    /// The status that a call with these headers is refused with.
    fn refused(guard: &Guard, headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = Request::get("/rescind/v1/health");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        guard.admit(&head).err().map(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn it_is_called_by_the_names_of_this_machine_only_unless_others_are_allowed() {
        let guard = Guard::default();
        for host in
            ["localhost", "LOCALHOST:9030", "127.0.0.1:9030", "127.8.0.1", "[::1]:9030", "[::ffff:127.0.0.1]"]
        {
            assert_eq!(refused(&guard, &[("host", host)]), None, "{host}");
        }
        let allowed = Guard { any_host: true, ..Guard::default() };
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:9030", "10.0.0.1", "", "::1"]
        {
            assert_eq!(refused(&guard, &[("host", host)]), Some(403), "{host}");
            assert_eq!(refused(&allowed, &[("host", host)]), None, "{host}");
        }
        assert_eq!(refused(&guard, &[]), Some(403));
        assert_eq!(refused(&guard, &[("host", "localhost"), ("host", "localhost")]), Some(403));
    }

    #[test]
    fn a_browser_is_refused_whatever_it_knows() {
        for any_host in [false, true] {
            let guard = Guard { token: Some("t".to_owned()), any_host };
            let browser =
                [("host", "localhost"), ("authorization", "Bearer t"), ("origin", "http://localhost:9030")];
            assert_eq!(refused(&guard, &browser), Some(403));
            assert_eq!(refused(&guard, &browser[..2]), None);
        }
    }

    #[test]
    fn the_token_must_be_the_right_one() {
        let guard = Guard { token: Some("secret".to_owned()), any_host: false };
        let with = |value: &str| refused(&guard, &[("host", "localhost"), ("authorization", value)]);
        assert_eq!((with("Bearer secret"), with("bearer secret")), (None, None));
        for wrong in ["Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "Basic secret", "secret"] {
            assert_eq!(with(wrong), Some(401), "{wrong}");
        }
        assert_eq!(refused(&guard, &[("host", "localhost")]), Some(401));
    }
}
