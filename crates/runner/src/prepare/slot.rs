//! Slots of the cache: folders that are filled once, and of which a half-filled one is never used.
//!
//! What package managers install cannot be moved (the scripts of a virtual environment hold its path), so a slot is
//! filled in its final place, and a marker file is written last. A lock file beside it keeps two runs of rescind from
//! filling it at once.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use crate::remove::remove_all;

const MARKER: &str = ".complete";
/// How often a lock is tried that another run of rescind holds.
const LOCK_INTERVAL: Duration = Duration::from_millis(100);
/// How many slots of a kind are kept that nobody uses.
const KEPT: usize = 5;

/// The state of a slot.
pub(crate) enum Slot {
    /// It is filled, and stays so while the lease is held.
    Filled(Lease),
    /// It is empty, and it is the holder's to fill.
    Vacant(Vacant),
    /// The run was cancelled while another one was filling it.
    Cancelled,
}

/// Keeps a slot from being removed, as long as it or a clone of it is there.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    /// Locked for sharing; unlocked when it is closed.
    _lock: Arc<File>,
}

/// An empty slot that nobody else fills. Dropped before it is [filled](Vacant::filled), it is removed; if this process
/// ends before, the next one who opens it or [tidies](tidy) does so.
pub(crate) struct Vacant {
    folder: PathBuf,
    /// Unlocked when it is closed; none once it is filled.
    lock: Option<File>,
}

impl Slot {
    /// True if the slot is filled.
    pub(crate) fn is_filled(folder: &Path) -> bool {
        folder.join(MARKER).is_file()
    }

    /// Opens the slot, waiting while another run of rescind fills it. A vacant one exists and is empty.
    pub(crate) async fn open(folder: &Path, cancel: &CancellationToken) -> io::Result<Slot> {
        if let Some(parent) = folder.parent() {
            fs::create_dir_all(parent)?;
        }
        let lock = lock_file(folder)?;
        loop {
            if try_lock(lock.try_lock_shared())? && Slot::is_filled(folder) {
                // The time of the marker is that of the last use: see `tidy`.
                fs::write(folder.join(MARKER), b"\n")?;
                return Ok(Slot::Filled(Lease { _lock: Arc::new(lock) }));
            }
            lock.unlock()?;
            if try_lock(lock.try_lock())? {
                if !Slot::is_filled(folder) {
                    break;
                }
                // Another one has just filled it.
                lock.unlock()?;
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(LOCK_INTERVAL) => {}
                () = cancel.cancelled() => return Ok(Slot::Cancelled),
            }
        }
        if folder.exists() {
            remove_all(folder)?;
        }
        fs::create_dir(folder)?;
        Ok(Slot::Vacant(Vacant { folder: folder.to_owned(), lock: Some(lock) }))
    }
}

impl Vacant {
    /// Marks the slot as filled.
    pub(crate) fn filled(mut self) -> io::Result<Lease> {
        fs::write(self.folder.join(MARKER), b"\n")?;
        let Some(lock) = self.lock.take() else { return Err(io::ErrorKind::NotFound.into()) };
        lock.lock_shared()?;
        Ok(Lease { _lock: Arc::new(lock) })
    }
}

impl Drop for Vacant {
    fn drop(&mut self) {
        if self.lock.is_some() {
            // What cannot be removed now, the next one who opens the slot removes.
            let _ = remove_all(&self.folder);
        }
    }
}

/// Makes a slot an empty one to everybody who opens it from now on. Those who use it keep it.
pub(crate) fn forget(folder: &Path) {
    // Without it there is nothing to forget.
    let _ = fs::remove_file(folder.join(MARKER));
}

/// Removes the slots beside this one that are of the same kind (their names differ in what follows the last hyphen),
/// but for those that are in use and the few that were used last; one that was never filled first of all. What cannot be
/// removed now will be some other time.
pub(crate) fn tidy(slot: &Path) {
    let kind = |path: &Path| path.file_name()?.to_str()?.rsplit_once('-').map(|(kind, _)| kind.to_owned());
    let entries = slot.parent().and_then(|folder| folder.read_dir().ok());
    let mut slots: Vec<(SystemTime, PathBuf)> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let marker = path.join(MARKER).metadata().and_then(|marker| marker.modified());
            let used = marker.unwrap_or(SystemTime::UNIX_EPOCH);
            (path.is_dir() && kind(&path) == kind(slot)).then_some((used, path))
        })
        .collect();
    slots.sort_by(|a, b| b.cmp(a));
    let is_old = |index: usize, folder: &Path| index >= KEPT || !Slot::is_filled(folder);
    for (_, (_, folder)) in
        slots.into_iter().enumerate().filter(|(index, (_, folder))| is_old(*index, folder))
    {
        let Ok(lock) = lock_file(&folder) else { continue };
        if try_lock(lock.try_lock()).unwrap_or(false) {
            // Without its marker it is empty to everybody, however far the removal gets.
            forget(&folder);
            let _ = remove_all(&folder);
        }
    }
}

/// The lock of a slot. It stays when the slot is removed: who waits for it must see the same file as who comes later.
fn lock_file(folder: &Path) -> io::Result<File> {
    File::create(folder.with_extension("lock"))
}

/// True if the lock was had.
fn try_lock(tried: Result<(), TryLockError>) -> io::Result<bool> {
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
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
        drop(vacant.filled().unwrap());
        assert!(matches!(open(&folder).await, Slot::Filled(_)));
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
        assert!(matches!(second, Slot::Filled(_)));
    }

    #[tokio::test]
    async fn of_many_slots_the_last_used_stay_and_those_in_use() {
        let cache = tempfile::tempdir().unwrap();
        let slot = |name: &str| cache.path().join(format!("work/spanner-{name}"));
        let mut leases = Vec::new();
        for (age, name) in ["go-leased", "go-a", "go-b", "rust-a"].into_iter().rev().enumerate() {
            let Slot::Vacant(vacant) = open(&slot(name)).await else { panic!("nobody has filled it yet") };
            leases.push(vacant.filled().unwrap());
            let used = SystemTime::UNIX_EPOCH + Duration::from_secs(age as u64);
            File::options().write(true).open(slot(name).join(MARKER)).unwrap().set_modified(used).unwrap();
        }
        let leased = leases.pop().unwrap();
        drop(leases);
        for number in 0..KEPT {
            let Slot::Vacant(vacant) = open(&slot(&format!("go-{number}"))).await else {
                panic!("it is new")
            };
            drop(vacant.filled().unwrap());
        }
        // Used once more, it counts as new.
        assert!(matches!(open(&slot("go-a")).await, Slot::Filled(_)));
        tidy(&slot("go-0"));
        let left = |name: &str| slot(name).exists();
        assert!(left("rust-a"), "another kind");
        assert!(left("go-a") && left("go-4"), "used last");
        assert!(!left("go-b"), "used longest ago");
        assert!(!left("go-0"), "one more than are kept");
        assert!(Slot::is_filled(&slot("go-leased")), "in use");
        drop(leased);
        tidy(&slot("go-0"));
        assert!(!left("go-leased"), "no longer in use");
    }
}
