//! The built-in catalogue: the manifests, scenarios and samples that the binary carries with it.
//!
//! It is unpacked into the cache, in a folder that is named by its content, so that it is a folder like any other to
//! all that reads it, and the prepared projects of its samples have the same keys as those of a checkout.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A file of the catalogue.
struct File {
    /// Its path below the root, with forward slashes.
    name: &'static str,
    executable: bool,
    bytes: &'static [u8],
}

// `DIGEST`, which names the content, and `FILES`, in the order of their names: written by the build script.
include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// The folder of the cache with the built-in catalogues of this version and of others.
const FOLDER: &str = "catalogue";

/// The folder with the built-in catalogue, which is unpacked if it is not there or somebody has changed it.
///
/// # Errors
/// The cache cannot be written.
pub fn unpacked(cache: &Path) -> io::Result<PathBuf> {
    let parent = cache.join(FOLDER);
    let folder = parent.join(DIGEST);
    if is_whole(&folder)? {
        return Ok(folder);
    }
    fs::create_dir_all(&parent)?;
    // Written beside and renamed: nobody sees half of it.
    let beside = tempfile::tempdir_in(&parent)?;
    let fresh = beside.path().join("fresh");
    for file in FILES {
        write(&fresh, file)?;
    }
    if let Err(error) = fs::rename(&fresh, &folder) {
        // Another run has just put it there, or it is not what its name says and has to go.
        if is_whole(&folder)? {
            return Ok(folder);
        }
        if !folder.exists() {
            return Err(error);
        }
        fs::rename(&folder, beside.path().join("changed"))?;
        match fs::rename(&fresh, &folder) {
            Err(_) if is_whole(&folder)? => {}
            renamed => renamed?,
        }
    }
    Ok(folder)
}

fn write(root: &Path, file: &File) -> io::Result<()> {
    let path = root.join(file.name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(&path, file.bytes)?;
    if file.executable { fs::set_permissions(&path, Permissions::from_mode(0o755)) } else { Ok(()) }
}

/// True if a folder holds the files of the catalogue as they are, and nothing else.
fn is_whole(folder: &Path) -> io::Result<bool> {
    for file in FILES {
        let path = folder.join(file.name);
        let same = match fs::symlink_metadata(&path) {
            Ok(found) => {
                found.is_file()
                    && (found.permissions().mode() & 0o111 != 0) == file.executable
                    && fs::read(&path)? == file.bytes
            }
            Err(error) if is_absent(&error) => false,
            Err(error) => return Err(error),
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(count(folder)? == FILES.len())
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// How many files lie in a folder and in those below it.
fn count(folder: &Path) -> io::Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files += if entry.file_type()?.is_dir() { count(&entry.path())? } else { 1 };
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use rescind_catalog::Catalog;

    use super::*;

    fn repository() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[test]
    fn it_is_the_catalogue_of_the_checkout_it_was_built_from() {
        let cache = tempfile::tempdir().unwrap();
        let folder = unpacked(cache.path()).unwrap();
        let (built_in, checkout) = (Catalog::load(&folder).unwrap(), Catalog::load(&repository()).unwrap());
        assert_eq!(built_in.fingerprint, checkout.fingerprint);
        assert_eq!(built_in.cases(), checkout.cases());
        for file in FILES {
            let (copy, original) = (folder.join(file.name), repository().join(file.name));
            let executable = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o111 != 0;
            assert_eq!(executable(&copy), executable(&original), "{}", file.name);
            assert_eq!(fs::read(&copy).unwrap(), fs::read(&original).unwrap(), "{}", file.name);
        }
        assert!(FILES.iter().any(|file| file.executable));
    }

    #[test]
    fn what_git_ignores_is_not_in_it_and_hidden_files_are() {
        let has = |part: &str| FILES.iter().any(|file| file.name.split('/').any(|it| it == part));
        for ignored in ["__pycache__", "node_modules", ".venv", "vendor", "target", "obj"] {
            assert!(!has(ignored), "{ignored}");
        }
        assert!(has(".gitignore") && has("known-failures.yaml"));
    }

    #[test]
    fn it_is_unpacked_once_and_anew_where_somebody_has_changed_it() {
        let cache = tempfile::tempdir().unwrap();
        let folder = unpacked(cache.path()).unwrap();
        let first = folder.join(FILES[0].name);
        let written = || first.metadata().unwrap().modified().unwrap();
        let before = written();
        assert_eq!(unpacked(cache.path()).unwrap(), folder);
        assert_eq!(written(), before);

        let changes: [&dyn Fn(); 4] = [
            &|| fs::write(&first, "other").unwrap(),
            &|| fs::write(folder.join("samples/more"), "").unwrap(),
            &|| fs::remove_file(&first).unwrap(),
            &|| fs::set_permissions(&first, Permissions::from_mode(0o755)).unwrap(),
        ];
        for change in changes {
            change();
            assert!(!is_whole(&folder).unwrap());
            unpacked(cache.path()).unwrap();
            assert!(is_whole(&folder).unwrap());
        }
        // Nothing is left of what was written beside it.
        assert_eq!(cache.path().join(FOLDER).read_dir().unwrap().count(), 1);
    }
}
