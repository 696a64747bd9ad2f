//! What the machine may be short of. A case that ends for that says nothing about its sample.

use std::io;
use std::path::Path;

use nix::errno::Errno;
use rustix::fs::statvfs;

/// Bytes that must be free in the folder for temporary files: some files of the run, and a few of each case.
const ROOM: u64 = 8 << 20;
/// Bytes and files below which a folder is full: whoever writes there then gets an error.
const FULL: (u64, u64) = (256 << 10, 4);

/// True if an error says that there is no more of something to be had, rather than that something is wrong.
pub(crate) fn is_scarcity(error: &io::Error) -> bool {
    use Errno::{EAGAIN, EDQUOT, EMFILE, ENFILE, ENOMEM, ENOSPC};
    let number = error.raw_os_error().map(Errno::from_raw);
    number.is_some_and(|number| [EAGAIN, EDQUOT, EMFILE, ENFILE, ENOMEM, ENOSPC].contains(&number))
}

/// Sees whether there is room for a run's files in a folder.
///
/// # Errors
/// There is not: how much there is, in words.
pub(crate) fn check_room(folder: &Path) -> Result<(), String> {
    let Some(free) = Free::of(folder) else { return Ok(()) };
    if free.bytes >= ROOM && free.files > FULL.1 {
        return Ok(());
    }
    Err(format!(
        "the folder for temporary files, {}, has {} left, and rescind needs {} KiB; make room, or name another one by TMPDIR",
        folder.display(),
        if free.files > FULL.1 {
            format!("{} KiB", free.bytes >> 10)
        } else {
            format!("room for {} files", free.files)
        },
        ROOM >> 10
    ))
}

/// True if nobody can write much to a folder any more.
pub(crate) fn is_full(folder: &Path) -> bool {
    Free::of(folder).is_some_and(|free| free.bytes < FULL.0 || free.files <= FULL.1)
}

/// What is free where a folder is.
struct Free {
    bytes: u64,
    files: u64,
}

impl Free {
    /// None where the system does not tell.
    fn of(folder: &Path) -> Option<Free> {
        let found = statvfs(folder).ok()?;
        // Some file systems have no number of files that they could run out of.
        let files = if found.f_files == 0 { u64::MAX } else { found.f_favail };
        Some(Free { bytes: found.f_bavail.saturating_mul(found.f_frsize), files })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_scarce_is_told_from_what_is_wrong() {
        for number in [Errno::EMFILE, Errno::ENOSPC, Errno::EAGAIN] {
            assert!(is_scarcity(&io::Error::from(number)), "{number}");
        }
        for number in [Errno::ENOENT, Errno::EACCES, Errno::EINVAL] {
            assert!(!is_scarcity(&io::Error::from(number)), "{number}");
        }
        assert!(!is_scarcity(&io::Error::other("x")));
    }

    #[test]
    fn a_folder_that_cannot_be_asked_is_not_full() {
        assert!(!is_full(Path::new("/no/such/folder")));
        assert_eq!(check_room(Path::new("/no/such/folder")), Ok(()));
    }
}
