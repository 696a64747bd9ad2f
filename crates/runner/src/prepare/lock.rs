//! Locks on what other runs of rescind may use at the same time.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How often a lock is tried that another run of rescind holds.
pub(super) const LOCK_INTERVAL: Duration = Duration::from_millis(100);

/// How a slot is held by who [looks at it or changes it](hold).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// To look at it, with others.
    Shared,
    /// To change it, alone.
    Exclusive,
}

/// Holds what is in a filled slot until the file that this gives is closed: nobody looks at it while another run changes it.
/// Gives none if the run is cancelled.
pub(crate) async fn hold(folder: &Path, how: Hold, cancel: &CancellationToken) -> io::Result<Option<File>> {
    loop {
        if let Some(held) = try_hold(folder, how)? {
            return Ok(Some(held));
        }
        tokio::select! {
            () = tokio::time::sleep(LOCK_INTERVAL) => {}
            () = cancel.cancelled() => return Ok(None),
        }
    }
}

/// Opens a file that is locked, and makes it if it is not there. In a cache that cannot be written to, one that is there
/// will do: a lock writes nothing.
pub(super) fn lock_file(path: &Path) -> io::Result<File> {
    match File::create(path) {
        Err(error) if is_read_only(&error) && path.is_file() => File::open(path),
        made => made,
    }
}

/// True if something cannot be written because nothing can be written there.
pub(super) fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// As [`hold`]; none if it is held otherwise.
pub(crate) fn try_hold(folder: &Path, how: Hold) -> io::Result<Option<File>> {
    let held = lock_file(&folder.with_extension("held"))?;
    let tried = match how {
        Hold::Shared => held.try_lock_shared(),
        Hold::Exclusive => held.try_lock(),
    };
    Ok(try_lock(tried)?.then_some(held))
}

/// True if the lock was had.
pub(super) fn try_lock(tried: Result<(), TryLockError>) -> io::Result<bool> {
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_changes_a_slot_does_so_alone() {
        let cache = tempfile::tempdir().unwrap();
        let (folder, cancel) = (cache.path().join("key"), CancellationToken::new());
        let shared = hold(&folder, Hold::Shared, &cancel).await.unwrap();
        assert!(hold(&folder, Hold::Shared, &cancel).await.unwrap().is_some());
        cancel.cancel();
        assert!(hold(&folder, Hold::Exclusive, &cancel).await.unwrap().is_none());
        drop(shared);
        assert!(hold(&folder, Hold::Exclusive, &cancel).await.unwrap().is_some());
    }
}
