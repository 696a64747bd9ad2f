//! What lies in a folder, as far as it tells whether somebody has written into it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ignore::WalkBuilder;

/// Each file and folder, files with their size and the time of their last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Imprint(BTreeMap<PathBuf, Option<(u64, SystemTime)>>);

impl Imprint {
    /// Looks at a folder. What cannot be looked at is as if it were not there.
    pub(crate) fn of(folder: &Path) -> Imprint {
        let mut found = BTreeMap::new();
        for entry in WalkBuilder::new(folder).standard_filters(false).build().flatten() {
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_owned();
            let file = entry.metadata().ok().filter(|metadata| !metadata.is_dir());
            let stamp = file.and_then(|metadata| Some((metadata.len(), metadata.modified().ok()?)));
            found.insert(path, stamp);
        }
        Imprint(found)
    }

    /// The paths that are there in one of them only, or otherwise in the other.
    pub(crate) fn differences<'a>(&'a self, other: &'a Imprint) -> Vec<&'a Path> {
        let both = self.0.keys().chain(other.0.keys());
        let mut paths: Vec<&Path> =
            both.filter(|path| self.0.get(*path) != other.0.get(*path)).map(PathBuf::as_path).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_written_removed_or_changed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        for path in ["same", "gone", "sub/longer", ".hidden"] {
            write(path, "1");
        }
        let before = Imprint::of(folder.path());
        assert_eq!(before.differences(&Imprint::of(folder.path())), Vec::<&Path>::new());
        fs::remove_file(folder.path().join("gone")).unwrap();
        write("sub/longer", "12");
        write("new", "1");
        let names = ["gone", "new", "sub/longer"].map(Path::new);
        assert_eq!(before.differences(&Imprint::of(folder.path())), names);
    }
}
