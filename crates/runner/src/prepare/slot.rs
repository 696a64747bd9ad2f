//! Slots of the cache: folders that are filled once, and of which a half-filled one is never used.
//!
//! A slot is sealed when it is filled ([`Seal`]), and looked at before it is used again: a case that was killed, or that ran
//! where nothing keeps it from writing, may have changed it. Only what rescind has made is ever removed, which the lock file
//! beside it tells: somebody else's folder in the same place is refused.
//!
//! What package managers install cannot be moved (the scripts of a virtual environment hold its path), so a slot is
//! filled in its final place, and a marker file is written last. A lock file beside it keeps two runs of rescind from
//! filling it at once.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::lock::{LOCK_INTERVAL, is_read_only, lock_file, try_lock};
use super::seal::Seal;
use crate::remove::remove_all;

const MARKER: &str = ".complete";
/// The extension of the file with the seal of a slot.
const SEAL: &str = "seal";
/// What is in a slot and not sealed: the marker changes with each use.
const BUT: [&str; 1] = [MARKER];
/// How the names of folders begin that are on their way out.
const AWAY: &str = ".away-";
/// How often the removal of a folder is tried into which somebody still writes.
const REMOVALS: u32 = 3;
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
        if folder.exists() && !is_own(folder) {
            let message = format!(
                "{} is there, and rescind did not make it; name another cache folder",
                folder.display()
            );
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        let lock = lock_file(&lock_of(folder))?;
        loop {
            if try_lock(lock.try_lock_shared())? && Slot::is_filled(folder) {
                // The time of the marker is that of the last use: see `tidy`. Where nothing can be written, nothing is
                // removed either.
                match fs::write(folder.join(MARKER), b"\n") {
                    Err(error) if !is_read_only(&error) => return Err(error),
                    _ => {}
                }
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
            clear_away(folder)?;
        }
        fs::create_dir(folder)?;
        Ok(Slot::Vacant(Vacant { folder: folder.to_owned(), lock: Some(lock) }))
    }
}

impl Vacant {
    /// Seals the slot, and marks it as filled.
    pub(crate) async fn filled(mut self) -> io::Result<Lease> {
        let folder = self.folder.clone();
        // It reads every file.
        let sealed = spawn_blocking(move || Seal::of(&folder, &BUT)?.write(&seal_file(&folder)));
        sealed.await.map_err(io::Error::from).flatten()?;
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
            let _ = clear_away(&self.folder);
        }
    }
}

/// What has been changed in a filled slot since it was filled, by its paths in the slot.
pub(crate) fn changes(folder: &Path) -> Vec<PathBuf> {
    let file = seal_file(folder);
    match Seal::read(&file).and_then(|seal| seal.examine(folder, &BUT)) {
        Ok(examined) => {
            if examined.changes.is_empty() && examined.touched {
                // Without it, all is read once more the next time.
                let _ = examined.now.write(&file);
            }
            examined.changes
        }
        // What cannot be read is not what was sealed.
        Err(_) => vec![PathBuf::from(SEAL)],
    }
}

/// Takes what is in a filled slot for what belongs there: rescind itself has changed it.
///
/// # Errors
/// Something cannot be read, or the seal not be written.
pub(crate) fn seal_anew(folder: &Path) -> io::Result<()> {
    let file = seal_file(folder);
    Seal::read(&file)?.examine(folder, &BUT)?.now.write(&file)
}

/// True if it was ever sealed. (Earlier versions did not.)
pub(crate) fn is_sealed(folder: &Path) -> bool {
    seal_file(folder).is_file()
}

/// Makes a slot an empty one to everybody who opens it from now on. Those who use it keep it.
///
/// # Errors
/// The cache cannot be written to: it stays filled.
pub(crate) fn forget(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(MARKER)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes the slots beside this one that are of the same kind (their names differ in what follows the last hyphen),
/// but for those that are in use and the few that were used last; one that was never filled first of all. What cannot be
/// removed now will be some other time.
pub(crate) fn tidy(slot: &Path) {
    let kind = |path: &Path| path.file_name()?.to_str()?.rsplit_once('-').map(|(kind, _)| kind.to_owned());
    let entries = slot.parent().and_then(|folder| folder.read_dir().ok());
    let away =
        |path: &Path| path.file_name().is_some_and(|name| name.as_bytes().starts_with(AWAY.as_bytes()));
    let mut slots: Vec<(SystemTime, PathBuf)> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            if away(&path) {
                let _ = remove_all(&path);
                return None;
            }
            let marker = path.join(MARKER).metadata().and_then(|marker| marker.modified());
            let used = marker.unwrap_or(SystemTime::UNIX_EPOCH);
            (path.is_dir() && kind(&path) == kind(slot)).then_some((used, path))
        })
        .collect();
    slots.retain(|(_, folder)| is_own(folder));
    slots.sort_by(|a, b| b.cmp(a));
    let is_old = |index: usize, folder: &Path| index >= KEPT || !Slot::is_filled(folder);
    for (_, (_, folder)) in
        slots.into_iter().enumerate().filter(|(index, (_, folder))| is_old(*index, folder))
    {
        let Ok(lock) = lock_file(&lock_of(&folder)) else { continue };
        if try_lock(lock.try_lock()).unwrap_or(false) {
            // Without its marker it is empty to everybody, however far the removal gets.
            if forget(&folder).is_ok() {
                let _ = clear_away(&folder);
            }
        }
    }
}

/// True if rescind has made what is in the place of a slot: it locks a slot before it makes it.
fn is_own(folder: &Path) -> bool {
    lock_of(folder).is_file()
}

/// Removes a folder; under another name first, so that who still writes into it, as a package manager does whose run was
/// killed, neither keeps it from going nor gets into what takes its place.
fn clear_away(folder: &Path) -> io::Result<()> {
    let _ = fs::remove_file(seal_file(folder));
    let parent = folder.parent().unwrap_or(Path::new("."));
    let away = tempfile::Builder::new().prefix(AWAY).tempdir_in(parent)?;
    fs::rename(folder, away.path().join("slot"))?;
    let place = away.keep();
    let removed = (0..REMOVALS).map(|_| remove_all(&place)).find(Result::is_ok);
    // What is left of it is in nobody's way.
    drop(removed);
    Ok(())
}

/// Where the seal of a slot is: beside it, so that it is no part of what it seals.
fn seal_file(folder: &Path) -> PathBuf {
    folder.with_extension(SEAL)
}

/// The lock of a slot. It stays when the slot is removed: who waits for it must see the same file as who comes later.
fn lock_of(folder: &Path) -> PathBuf {
    folder.with_extension("lock")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        drop(vacant.filled().await.unwrap());
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
    async fn somebody_elses_folder_is_neither_removed_nor_used() {
        let cache = tempfile::tempdir().unwrap();
        let slot = |name: &str| cache.path().join("work").join(name);
        fs::create_dir_all(slot("spanner-go-notes")).unwrap();
        fs::write(slot("spanner-go-notes").join("file"), "mine").unwrap();
        for number in 0..KEPT + 2 {
            let Slot::Vacant(vacant) = open(&slot(&format!("spanner-go-{number}"))).await else {
                panic!("it is new")
            };
            drop(vacant.filled().await.unwrap());
        }
        tidy(&slot("spanner-go-0"));
        assert_eq!(fs::read_to_string(slot("spanner-go-notes").join("file")).unwrap(), "mine");
        let error = Slot::open(&slot("spanner-go-notes"), &CancellationToken::new()).await.err().unwrap();
        assert!(error.to_string().contains("rescind did not make it"), "{error}");
        assert!(slot("spanner-go-notes").join("file").exists());
        let names = cache.path().join("work").read_dir().unwrap();
        let away = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(".away");
        assert_eq!(names.filter(|entry| away(&entry.as_ref().unwrap().file_name())).count(), 0);
    }

    #[tokio::test]
    async fn what_was_changed_in_a_slot_is_named_until_rescind_says_that_it_was_itself() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("deps/key");
        let Slot::Vacant(vacant) = open(&folder).await else { panic!("nobody has filled it yet") };
        fs::write(folder.join("file"), "x").unwrap();
        drop(vacant.filled().await.unwrap());
        // A use of it is no change of it.
        open(&folder).await;
        assert_eq!(changes(&folder), [""; 0].map(PathBuf::from));
        fs::write(folder.join("new"), "x").unwrap();
        assert_eq!(changes(&folder), [Path::new("new")]);
        seal_anew(&folder).unwrap();
        assert_eq!(changes(&folder), [""; 0].map(PathBuf::from));
        fs::remove_file(seal_file(&folder)).unwrap();
        assert_eq!(changes(&folder), [Path::new(SEAL)], "what was never sealed might be anything");
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
            first.filled().await.unwrap();
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
            leases.push(vacant.filled().await.unwrap());
            let used = SystemTime::UNIX_EPOCH + Duration::from_secs(age as u64);
            File::options().write(true).open(slot(name).join(MARKER)).unwrap().set_modified(used).unwrap();
        }
        let leased = leases.pop().unwrap();
        drop(leases);
        for number in 0..KEPT {
            let Slot::Vacant(vacant) = open(&slot(&format!("go-{number}"))).await else {
                panic!("it is new")
            };
            drop(vacant.filled().await.unwrap());
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
