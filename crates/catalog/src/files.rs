//! The files that a glob stands for.

use std::io;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

/// Why the files of a glob cannot be told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FilesError {
    /// It is no glob.
    #[error("{glob}: {source}")]
    Glob {
        /// What was to be one.
        glob: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// A folder cannot be read.
    #[error("{folder}: {source}", folder = folder.display())]
    Read {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The characters that make a path a glob.
const MARKS: [char; 4] = ['*', '?', '[', '{'];

/// The files that a path stands for, in the order of their names, relative to the same folder as the path; none if it is no
/// glob, but the path of one file.
///
/// # Errors
/// It is no glob; a folder that cannot be read.
pub(crate) fn files(current: &Path, path: &Path) -> Result<Option<Vec<PathBuf>>, FilesError> {
    let Some(text) = path.to_str().filter(|text| text.contains(MARKS)) else { return Ok(None) };
    // A file may have such a name.
    if current.join(path).is_file() {
        return Ok(None);
    }
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    let wrong = |source| FilesError::Glob { glob: text.to_owned(), source };
    let matcher = glob.map_err(wrong)?.compile_matcher();
    let fixed: PathBuf =
        path.iter().take_while(|part| part.to_str().is_some_and(|part| !part.contains(MARKS))).collect();
    let mut found = Vec::new();
    walk(current, &fixed, &mut |file| {
        if matcher.is_match(file) {
            found.push(file.to_owned());
        }
    })?;
    found.sort();
    Ok(Some(found))
}

/// Goes through the files below a folder. What begins with a dot is left out: version control keeps copies there. So are
/// links to folders, which may lead in a circle.
pub(crate) fn walk(current: &Path, folder: &Path, take: &mut impl FnMut(&Path)) -> Result<(), FilesError> {
    let place = current.join(folder);
    let read = |source| FilesError::Read { folder: folder.to_owned(), source };
    for entry in std::fs::read_dir(&place).map_err(read)? {
        let entry = entry.map_err(read)?;
        let kind = entry.file_type().map_err(read)?;
        let path = folder.join(entry.file_name());
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            walk(current, &path, take)?;
        } else if place.join(entry.file_name()).is_file() {
            take(&path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(root: &Path, glob: &str) -> Vec<String> {
        let files = files(root, Path::new(glob)).unwrap().unwrap();
        files.iter().map(|file| file.display().to_string()).collect()
    }

    #[test]
    fn a_glob_stands_for_the_files_below_the_folder_that_it_begins_with() {
        let root = tempfile::tempdir().unwrap();
        for file in ["a/x.go", "a/b/y.go", "a/b/z.rb", "a/.git/y.go", "c/y.go", "d[1].go"] {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        assert_eq!(found(root.path(), "a/**/*.go"), ["a/b/y.go", "a/x.go"]);
        assert_eq!(found(root.path(), "*/y.go"), ["c/y.go"]);
        assert_eq!(found(root.path(), "a/*.{go,rb}"), ["a/x.go"]);
        assert_eq!(files(root.path(), Path::new("a/x.go")).unwrap(), None);
        assert_eq!(files(root.path(), Path::new("d[1].go")).unwrap(), None, "it is there");
        assert!(files(root.path(), Path::new("no/*")).unwrap_err().to_string().starts_with("no: "));
        assert!(files(root.path(), Path::new("a/[")).is_err());
    }
}
