//! What a slot held when it was filled, by content, and so whether somebody has changed it since.
//!
//! Every file is told by its bytes, its permissions and the time of its last change, which build tools go by. To read all of
//! them each time would take seconds, so a file that has the same inode and the same `ctime` as when it was read is not read
//! again: the kernel alone sets that, at every change of a file, of its permissions or of its times.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

/// What is written as it is in the paths of a seal.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'_').remove(b'-').remove(b'@');

/// Each file, link and folder below a folder, by its path in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seal(BTreeMap<PathBuf, Sealed>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    what: What,
    /// By which it is known that nobody has touched it.
    stamp: Stamp,
}

/// What it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct What {
    /// Its kind and its permissions, as `stat` has them.
    mode: u32,
    /// The time of its last change; none of a folder, which has one whenever something in it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<(i64, i64)>,
    /// The SHA-256 of what is in it, or of where a link leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stamp {
    inode: u64,
    changed: (i64, i64),
}

/// What was found of a sealed folder.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// What is there only now, or not any more, or otherwise.
    pub(crate) changes: Vec<PathBuf>,
    /// As it is now.
    pub(crate) now: Seal,
    /// True if something was touched and is as it was: the seal can be renewed, so that it is not read each time.
    pub(crate) touched: bool,
}

impl Seal {
    /// Seals what is below a folder, but for these names in the folder itself.
    ///
    /// # Errors
    /// Something cannot be read.
    pub(crate) fn of(folder: &Path, but: &[&str]) -> io::Result<Seal> {
        Ok(Seal::default().examine(folder, but)?.now)
    }

    /// Compares with what is there now.
    ///
    /// # Errors
    /// Something cannot be read.
    pub(crate) fn examine(&self, folder: &Path, but: &[&str]) -> io::Result<Examined> {
        let mut examined = Examined::default();
        let except: Vec<PathBuf> = but.iter().map(|name| folder.join(name)).collect();
        let walk = WalkBuilder::new(folder)
            .standard_filters(false)
            .follow_links(false)
            .filter_entry(move |entry| !except.iter().any(|path| path == entry.path()))
            .build();
        for entry in walk {
            let entry = entry.map_err(io::Error::other)?;
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_owned();
            let metadata = fs::symlink_metadata(entry.path())?;
            let known = self.0.get(&path);
            let stamp = Stamp::of(&metadata);
            let sealed = match known.filter(|known| known.stamp == stamp) {
                Some(known) => known.clone(),
                None => Sealed { what: What::of(entry.path(), &metadata)?, stamp },
            };
            match known {
                Some(known) if known.what == sealed.what => examined.touched |= known.stamp != sealed.stamp,
                _ => examined.changes.push(path.clone()),
            }
            examined.now.0.insert(path, sealed);
        }
        let gone = self.0.keys().filter(|path| !examined.now.0.contains_key(*path));
        examined.changes.extend(gone.cloned().collect::<Vec<_>>());
        examined.changes.sort_unstable();
        Ok(examined)
    }

    /// Reads a seal that was [written](Self::write).
    ///
    /// # Errors
    /// It is not there, or it is none.
    pub(crate) fn read(file: &Path) -> io::Result<Seal> {
        let written: BTreeMap<String, Sealed> = serde_json::from_slice(&fs::read(file)?)?;
        let path =
            |text: &str| PathBuf::from(std::ffi::OsString::from_vec(percent_decode_str(text).collect()));
        Ok(Seal(written.into_iter().map(|(name, sealed)| (path(&name), sealed)).collect()))
    }

    /// Writes it to a file, which is there whole or not at all.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        let name = |path: &Path| percent_encode(path.as_os_str().as_bytes(), PATH).to_string();
        let written: BTreeMap<String, &Sealed> =
            self.0.iter().map(|(path, sealed)| (name(path), sealed)).collect();
        let mut beside = tempfile::NamedTempFile::new_in(file.parent().unwrap_or(Path::new(".")))?;
        beside.write_all(&serde_json::to_vec(&written)?)?;
        beside.persist(file).map(drop).map_err(|error| error.error)
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        Stamp { inode: metadata.ino(), changed: (metadata.ctime(), metadata.ctime_nsec()) }
    }
}

impl What {
    fn of(path: &Path, metadata: &Metadata) -> io::Result<What> {
        let digest = if metadata.is_symlink() {
            Some(hex(Context::new(&SHA256), fs::read_link(path)?.as_os_str().as_bytes()))
        } else if metadata.is_file() {
            Some(digest(path)?)
        } else {
            None
        };
        let modified = (!metadata.is_dir()).then(|| (metadata.mtime(), metadata.mtime_nsec()));
        Ok(What { mode: metadata.mode(), modified, digest })
    }
}

fn digest(path: &Path) -> io::Result<String> {
    let (mut file, mut context) = (fs::File::open(path)?, Context::new(&SHA256));
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(context, b"")),
            read => context.update(&buffer[..read]),
        }
    }
}

fn hex(mut context: Context, last: &[u8]) -> String {
    context.update(last);
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::{File, FileTimes, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// Folder with a file of each kind.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        for name in ["same", "sub/a", ".hidden", "odd %\u{e9}"] {
            fs::write(folder.path().join(name), "1").unwrap();
        }
        symlink("sub/a", folder.path().join("link")).unwrap();
        folder
    }

    /// What a change of that folder is seen as.
    fn changes(change: impl Fn(&Path)) -> Vec<PathBuf> {
        let folder = folder();
        let seal = Seal::of(folder.path(), &["but"]).unwrap();
        change(folder.path());
        seal.examine(folder.path(), &["but"]).unwrap().changes
    }

    #[test]
    fn each_change_is_named_and_nothing_else() {
        let none: [&str; 0] = [];
        assert_eq!(changes(|_| ()), none.map(PathBuf::from));
        assert_eq!(changes(|folder| fs::write(folder.join("but"), "").unwrap()), none.map(PathBuf::from));
        assert_eq!(changes(|folder| fs::write(folder.join("new"), "").unwrap()), [Path::new("new")]);
        assert_eq!(changes(|folder| fs::remove_file(folder.join("sub/a")).unwrap()), [Path::new("sub/a")]);
        let closed = |folder: &Path| {
            fs::set_permissions(folder.join("same"), Permissions::from_mode(0o600)).unwrap();
            fs::set_permissions(folder.join("sub"), Permissions::from_mode(0o700)).unwrap();
        };
        assert_eq!(changes(closed), [Path::new("same"), Path::new("sub")]);
        let led_elsewhere = |folder: &Path| {
            fs::remove_file(folder.join("link")).unwrap();
            symlink("same", folder.join("link")).unwrap();
        };
        assert_eq!(changes(led_elsewhere), [Path::new("link")]);
    }

    #[test]
    fn who_sets_the_time_back_is_found_out() {
        let changed = changes(|folder| {
            let file = folder.join("sub/a");
            let before = file.metadata().unwrap().modified().unwrap();
            fs::write(&file, "2").unwrap();
            let times = FileTimes::new().set_modified(before);
            File::options().write(true).open(&file).unwrap().set_times(times).unwrap();
        });
        assert_eq!(changed, [Path::new("sub/a")]);
    }

    #[test]
    fn a_copy_that_is_the_same_is_no_change_but_is_read_once_more() {
        let folder = folder();
        let seal = Seal::of(folder.path(), &[]).unwrap();
        let file = folder.path().join("same");
        let before = file.metadata().unwrap().modified().unwrap();
        fs::remove_file(&file).unwrap();
        fs::write(&file, "1").unwrap();
        File::options().write(true).open(&file).unwrap().set_modified(before).unwrap();
        let examined = seal.examine(folder.path(), &[]).unwrap();
        assert!(examined.changes.is_empty() && examined.touched);
        let again = examined.now.examine(folder.path(), &[]).unwrap();
        assert!(again.changes.is_empty() && !again.touched);
    }

    #[test]
    fn a_seal_is_read_back() {
        let (folder, place) = (folder(), tempfile::tempdir().unwrap());
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"\xff\n")), "").unwrap();
        let seal = Seal::of(folder.path(), &[]).unwrap();
        let file = place.path().join("seal");
        seal.write(&file).unwrap();
        assert_eq!(Seal::read(&file).unwrap(), seal);
        fs::write(&file, "{").unwrap();
        assert!(Seal::read(&file).is_err());
    }
}
