//! Whether there can be worlds on this machine.

use crate::error::Unsupported;

/// Tries whether there can be worlds on this machine, by making one. Takes milliseconds.
///
/// # Errors
/// There can be none.
pub fn support() -> Result<(), Unsupported> {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    return crate::linux::try_out().map_err(Unsupported::Forbidden);
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    Err(Unsupported::Platform)
}
