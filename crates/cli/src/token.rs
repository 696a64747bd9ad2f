//! Tokens for the control API of an emulator that this program starts.

use anyhow::anyhow;

use crate::failure::Failure;

/// As many bytes as nobody guesses.
const BYTES: usize = 16;

/// A token that nobody else knows.
///
/// # Errors
/// The system has no random numbers to give.
pub fn fresh() -> Result<String, Failure> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::setup(anyhow!("cannot make a token for the control API: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_is_made_twice() {
        let (one, other) = (fresh().unwrap(), fresh().unwrap());
        assert_eq!((one.len(), one == other), (2 * BYTES, false));
    }
}
