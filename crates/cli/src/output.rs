//! The two standard streams. Either may be closed or full, and nothing that a run has found is lost for that.

use std::io::{ErrorKind, Write as _};

use anyhow::Context as _;

use crate::failure::Failure;

/// Prints a text to standard output, without colours unless it is a terminal. Whoever closes it has read enough:
/// `rescind list | head`.
///
/// # Errors
/// It cannot be written to, as on a full disk.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output").map_err(Failure::setup)
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error, where nobody may be left to read it.
pub fn say(line: impl AsRef<str>) {
    let _ = writeln!(anstream::stderr().lock(), "{}", line.as_ref());
}
