//! The folders of a run.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use crate::remove::remove_all;
use crate::scarcity::check_room;

/// How the names of such folders begin.
const PREFIX: &str = "rescind-";
/// A file in it, locked as long as the run goes on, by which one of a run that was killed is known.
const LOCK: &str = "_lock";

/// The folder of a run, which goes with it, and one in it. (No project has a name that begins like that one's.)
pub(crate) struct RunFolders {
    all: TempDir,
    pki: PathBuf,
    _lock: File,
}

impl RunFolders {
    /// Makes the folders below the folder for temporary files, and removes those of runs that were killed.
    ///
    /// # Errors
    /// They cannot be made, in words.
    pub(super) fn new(temporary: &Path) -> Result<RunFolders, String> {
        remove_left(temporary);
        check_room(temporary)?;
        let made = Builder::new().prefix(PREFIX).tempdir_in(temporary).and_then(|all| {
            let lock = lock(all.path())?;
            let pki = all.path().join("_pki");
            fs::create_dir(&pki)?;
            Ok(RunFolders { all, pki, _lock: lock })
        });
        made.map_err(|error| format!("no folder can be made in {}: {error}", temporary.display()))
    }

    /// Where each case has a folder of its own.
    pub(super) fn cases(&self) -> &Path {
        self.all.path()
    }

    /// Where the certificates of the run are.
    pub(super) fn pki(&self) -> &Path {
        &self.pki
    }
}

/// Makes the lock file of a folder, which nobody sees before it is locked.
fn lock(folder: &Path) -> io::Result<File> {
    let unlocked = folder.join("_lock.new");
    let lock = File::create(&unlocked)?;
    lock.lock()?;
    fs::rename(unlocked, folder.join(LOCK))?;
    Ok(lock)
}

/// Removes what runs have left that were killed. What cannot be removed now will be some other time.
fn remove_left(temporary: &Path) {
    for entry in temporary.read_dir().into_iter().flatten().flatten() {
        let folder = entry.path();
        if !entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) || folder.is_symlink() {
            continue;
        }
        // Another user's cannot be opened for writing, and is not this one's to remove.
        let Ok(lock) = File::options().write(true).open(folder.join(LOCK)) else { continue };
        if lock.try_lock().is_ok() {
            let _ = remove_all(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_killed_runs_have_left_is_removed_and_nothing_else() {
        let temporary = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let folder = temporary.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("file"), "").unwrap();
            folder
        };
        let (left, going_on, unmarked, other) =
            (make("rescind-left"), make("rescind-on"), make("rescind-mine"), make("other"));
        drop(lock(&left).unwrap());
        let _held = lock(&going_on).unwrap();
        drop(lock(&other).unwrap());
        let folders = RunFolders::new(temporary.path()).unwrap();
        assert!(!left.exists());
        assert!(going_on.exists() && unmarked.exists() && other.exists());
        RunFolders::new(temporary.path()).unwrap();
        assert!(folders.pki().is_dir());
        let place = folders.cases().to_owned();
        drop(folders);
        assert!(!place.exists());
    }
}
