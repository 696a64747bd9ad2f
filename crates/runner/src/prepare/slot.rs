//! Slots of the cache: folders that are filled once, and of which a half-filled one is never used.
//!
//! What package managers install cannot be moved (the scripts of a virtual environment hold its path), so a slot is
//! filled in its final place, and a marker file is written last. A lock file beside it keeps two runs of rescind from
//! filling it at once.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

const MARKER: &str = ".complete";
/// How often a lock is tried that another run of rescind holds.
const LOCK_INTERVAL: Duration = Duration::from_millis(100);

/// The state of a slot.
pub(crate) enum Slot {
    /// It is filled.
    Filled,
    /// It is empty, and it is the holder's to fill.
    Vacant(Vacant),
    /// The run was cancelled while another one was filling it.
    Cancelled,
}

/// An empty slot that nobody else fills. Dropped before it is [filled](Vacant::filled), it is emptied again by the
/// next one who opens it.
pub(crate) struct Vacant {
    folder: PathBuf,
    /// Unlocked when it is closed.
    _lock: File,
}

impl Slot {
    /// True if the slot is filled.
    pub(crate) fn is_filled(folder: &Path) -> bool {
        folder.join(MARKER).is_file()
    }

    /// Opens the slot, waiting while another run of rescind fills it. A vacant one exists and is empty.
    pub(crate) async fn open(folder: &Path, cancel: &CancellationToken) -> io::Result<Slot> {
        if Slot::is_filled(folder) {
            return Ok(Slot::Filled);
        }
        if let Some(parent) = folder.parent() {
            fs::create_dir_all(parent)?;
        }
        let lock = File::create(folder.with_extension("lock"))?;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
            tokio::select! {
                () = tokio::time::sleep(LOCK_INTERVAL) => {}
                () = cancel.cancelled() => return Ok(Slot::Cancelled),
            }
        }
        if Slot::is_filled(folder) {
            return Ok(Slot::Filled);
        }
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir(folder)?;
        Ok(Slot::Vacant(Vacant { folder: folder.to_owned(), _lock: lock }))
    }
}

impl Vacant {
    /// Marks the slot as filled.
    pub(crate) fn filled(self) -> io::Result<()> {
        File::create(self.folder.join(MARKER)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn open(folder: &Path) -> Slot {
        Slot::open(folder, &CancellationToken::new()).await.unwrap()
    }

    #[tokio::test]
    async fn a_slot_is_filled_once() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("deps/key");
        let Slot::Vacant(vacant) = open(&folder).await else { panic!("nobody has filled it yet") };
        fs::write(folder.join("file"), "x").unwrap();
        vacant.filled().unwrap();
        assert!(matches!(open(&folder).await, Slot::Filled));
        assert!(folder.join("file").exists());
    }

    #[tokio::test]
    async fn what_was_half_filled_is_emptied() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("deps/key");
        let vacant = open(&folder).await;
        fs::write(folder.join("half"), "x").unwrap();
        drop(vacant);
        assert!(matches!(open(&folder).await, Slot::Vacant(_)));
        assert!(!folder.join("half").exists());
    }

    #[tokio::test]
    async fn the_second_one_waits_for_the_first() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("work/key");
        let Slot::Vacant(first) = open(&folder).await else { panic!("nobody has filled it yet") };
        let cancel = CancellationToken::new();
        cancel.cancel();
        assert!(matches!(Slot::open(&folder, &cancel).await.unwrap(), Slot::Cancelled));
        let (second, ()) = tokio::join!(open(&folder), async {
            first.filled().unwrap();
        });
        assert!(matches!(second, Slot::Filled));
    }
}
