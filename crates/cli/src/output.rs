//! The two standard streams. Either may be closed or full, and nothing that a run has found is lost for that.

use std::io::{ErrorKind, Write as _};

use anyhow::Context as _;
use rescind_report::log_command::inert;

use crate::failure::Failure;

/// Prints a text for people to standard output, without colours unless it is a terminal, and without
/// [commands](inert) to the CI system that may read it. Whoever closes it has read enough: `rescind list | head`.
///
/// # Errors
/// It cannot be written to, as on a full disk.
pub fn print(text: &str) -> Result<(), Failure> {
    print_as_it_is(&inert(text))
}

/// Prints what programs read, and whoever rendered it answers for.
///
/// # Errors
/// As [`print`].
pub fn print_as_it_is(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output").map_err(Failure::setup)
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error, where nobody may be left to read it, or a CI system that looks for
/// [commands](inert).
pub fn say(line: impl AsRef<str>) {
    let _ = writeln!(anstream::stderr().lock(), "{}", inert(line.as_ref()));
}
