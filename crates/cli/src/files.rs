//! Files that the program writes for its users: whole, or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::Builder;

/// Puts a text into a file, in the place of what was in it. The text is written beside it, is on the disk, and only then
/// takes its name: a full disk or a killed process leaves the old file as it was, and nobody reads half of the new one. It
/// has the old one's permissions, and a symbolic link to it stays one.
///
/// What is no file but a stream (`/dev/null`, a named pipe, `>(command)`) is written to, as is a file that cannot be
/// replaced: one that is mounted, or in a folder in which nothing may be made.
///
/// # Errors
/// What the system says.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let Some(place) = place(path)? else { return write_through(path, text) };
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The umask takes its part of these.
    let anybody = Permissions::from_mode(0o666);
    let written =
        Builder::new().prefix(".rescind-").permissions(anybody).tempfile_in(folder).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            if let Ok(old) = place.metadata() {
                file.as_file().set_permissions(old.permissions())?;
            }
            file.as_file().sync_all()?;
            file.persist(&place).map_err(|error| error.error)
        });
    match written {
        Ok(_) => {
            // Without it, the name might be lost at a power cut; not every file system can do it for a folder.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
            Ok(())
        }
        Err(error) if forbids_replacing(&error) && place.exists() => write_through(path, text),
        Err(error) => Err(error),
    }
}

/// The file that a path stands for, behind all links; none for a stream.
fn place(path: &Path) -> io::Result<Option<PathBuf>> {
    // Whose standard output is a file has it open, and would go on writing to the one that was replaced.
    if ["/dev", "/proc"].iter().any(|streams| path.starts_with(streams)) {
        return Ok(None);
    }
    match fs::metadata(path) {
        Ok(found) if found.is_file() => path.canonicalize().map(Some),
        Ok(_) => Ok(None),
        // A link to a file that is not there yet is no less a link.
        Err(error) if error.kind() == ErrorKind::NotFound && path.is_symlink() => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(path.to_owned())),
        Err(error) => Err(error),
    }
}

fn write_through(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(text.as_bytes())?;
    // Streams cannot be synchronised, and need not be.
    if file.metadata()?.is_file() { file.sync_all() } else { Ok(()) }
}

/// True if the file itself might still be written to.
fn forbids_replacing(error: &io::Error) -> bool {
    use ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem | ResourceBusy | CrossesDevices)
}

/// True if both paths stand for one file, whether or not it is there yet. Streams take whatever comes.
pub fn are_same(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => one.is_file() && (one.dev(), one.ino()) == (other.dev(), other.ino()),
        (Err(_), Err(_)) => to_be(one) == to_be(other),
        _ => false,
    }
}

/// Where a file will be that is not there yet, as far as that can be told.
fn to_be(path: &Path) -> PathBuf {
    let path = fs::read_link(path).map_or_else(
        |_| path.to_owned(),
        |target| path.parent().map_or_else(|| target.clone(), |folder| folder.join(&target)),
    );
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_not_rewritten() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        symlink("a", &link).unwrap();
        let held = File::open(&file).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(io::read_to_string(held).unwrap(), "old", "who reads the old file goes on doing so");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert!(link.is_symlink());
        assert_eq!(names(folder.path()), ["a", "link"]);
    }

    #[test]
    fn streams_and_links_to_what_is_not_there_are_written_to() {
        let folder = tempfile::tempdir().unwrap();
        replace(Path::new("/dev/null"), "x").unwrap();
        assert!(!Path::new("/dev/null").is_file());
        let link = folder.path().join("link");
        symlink("target", &link).unwrap();
        replace(&link, "x").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("target")).unwrap(), "x");
        assert!(link.is_symlink());
    }

    #[test]
    fn what_cannot_be_written_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        assert!(replace(&folder.path().join("none/a"), "x").is_err());
        assert!(replace(&folder.path().join("sub"), "x").is_err());
        assert_eq!(names(folder.path()), ["sub"]);
        let full = replace(Path::new("/dev/full"), "x");
        assert!(!cfg!(target_os = "linux") || full.is_err());
    }

    #[test]
    fn paths_are_the_same_by_what_they_stand_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("sub")).unwrap();
        fs::write(path("a"), "").unwrap();
        fs::hard_link(path("a"), path("b")).unwrap();
        symlink("new", path("link")).unwrap();
        assert!(are_same(&path("a"), &path("sub/../b")));
        assert!(are_same(&path("new"), &path("sub/../new")) && are_same(&path("new"), &path("link")));
        assert!(!are_same(&path("new"), &path("other")) && !are_same(&path("a"), &path("new")));
        assert!(!are_same(Path::new("/dev/null"), Path::new("/dev/null")));
    }
}
