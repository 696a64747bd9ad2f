//! Whether there can be worlds on this machine.

/// Why there can be none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// It is another system.
    #[error("there are closed worlds on Linux on x86-64 only")]
    Platform,
    /// The system forbids what they stand on.
    #[error("this system does not let a process trace and filter its children: {0}")]
    Forbidden(String),
}

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
