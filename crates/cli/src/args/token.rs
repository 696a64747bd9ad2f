//! Tokens.

/// A token that can stand in a header: `Authorization: Bearer TOKEN` (RFC 6750, 2.1).
pub fn token(text: &str) -> Result<String, String> {
    let can_stand = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if text.is_empty() || !text.bytes().all(can_stand) {
        return Err("a token has letters, digits and `-._~+/=`, and at least one of them".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_can_stand_in_a_header() {
        assert_eq!(token("a-B.3_~+/="), Ok("a-B.3_~+/=".to_owned()));
        for bad in ["", "a b", "a\n", "\u{e9}"] {
            assert!(token(bad).is_err(), "{bad:?}");
        }
    }
}
