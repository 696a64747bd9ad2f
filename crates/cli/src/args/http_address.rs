//! The address of an emulator, as it stands in variables and in documents.

/// Reads `HOST:PORT`, which may be a URL, `http://HOST:PORT/`.
///
/// # Errors
/// There is no port above 0, or something else in it; it asks for TLS, which the emulator does not speak by itself.
pub fn http_address(text: &str) -> Result<String, String> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest.strip_suffix('/').unwrap_or(rest)),
        None => (None, text),
    };
    match scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => {
            return Err(format!("the emulator answers without TLS; write http://{rest}"));
        }
        Some(scheme) if !scheme.eq_ignore_ascii_case("http") => {
            return Err(format!("the emulator does not speak {scheme}; write HOST:PORT or http://HOST:PORT"));
        }
        _ => {}
    }
    let host = rest.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok_and(|port| port > 0));
    match host {
        Some((host, _)) if !host.is_empty() && !host.contains(['/', '?', '#', '@']) => Ok(rest.to_owned()),
        _ => Err("expected HOST:PORT or http://HOST:PORT".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_a_url() {
        for text in ["http://127.0.0.1:9010", "HTTP://127.0.0.1:9010/", "127.0.0.1:9010"] {
            assert_eq!(http_address(text).as_deref(), Ok("127.0.0.1:9010"), "{text}");
        }
        assert_eq!(http_address("http://[::1]:9010/").as_deref(), Ok("[::1]:9010"));
        for bad in
            ["", "http://", "http://:9010", "host", "host:0", "host:99999", "http://host:1/path", "u@h:1"]
        {
            assert!(http_address(bad).is_err(), "{bad}");
        }
        insta::assert_snapshot!(http_address("https://localhost:9010").unwrap_err(), @"the emulator answers without TLS; write http://localhost:9010");
        insta::assert_snapshot!(http_address("grpc://localhost:9010").unwrap_err(), @"the emulator does not speak grpc; write HOST:PORT or http://HOST:PORT");
    }
}
