//! The project of a sample, read once: what is hashed is what is copied.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::digest::Digest;

/// A file of a project.
enum Content {
    File { bytes: Vec<u8>, executable: bool },
    Link(PathBuf),
}

/// The files of a project, by their path in it.
pub(crate) struct ProjectFiles(BTreeMap<PathBuf, Content>);

/// Why a project cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}", path = path.display())]
pub struct ProjectError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ProjectError {
    move |source| ProjectError { path: path.to_owned(), source }
}

impl ProjectFiles {
    /// Reads a folder: all but what its `.gitignore` files exclude (dependencies that its user installed, what a build
    /// of his left) and the folder of git.
    pub(crate) fn read(folder: &Path) -> Result<ProjectFiles, ProjectError> {
        let mut files = BTreeMap::new();
        // Settings of the user, and files outside the project, must not decide what belongs to it.
        let walk = WalkBuilder::new(folder)
            .hidden(false)
            .parents(false)
            .ignore(false)
            .git_global(false)
            .git_exclude(false)
            .require_git(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .build();
        for entry in walk {
            let entry = entry.map_err(|error| ProjectError {
                path: folder.to_owned(),
                source: error.into_io_error().unwrap_or_else(|| io::ErrorKind::InvalidData.into()),
            })?;
            let Some(kind) = entry.file_type() else { continue };
            let path = entry.path();
            let content = if kind.is_symlink() {
                Content::Link(fs::read_link(path).map_err(at(path))?)
            } else if kind.is_file() {
                Content::read(path)?
            } else {
                continue;
            };
            files.insert(path.strip_prefix(folder).unwrap_or(path).to_owned(), content);
        }
        Ok(ProjectFiles(files))
    }

    /// Only these files of a folder.
    pub(crate) fn part(folder: &Path, files: &[PathBuf]) -> Result<ProjectFiles, ProjectError> {
        let read = |file: &PathBuf| Ok((file.clone(), Content::read(&folder.join(file))?));
        files.iter().map(read).collect::<Result<_, _>>().map(ProjectFiles)
    }

    /// Puts other bytes in the place of a file's.
    pub(crate) fn replace(&mut self, file: &Path, bytes: Vec<u8>) {
        let executable = matches!(self.0.get(file), Some(Content::File { executable: true, .. }));
        self.0.insert(file.to_owned(), Content::File { bytes, executable });
    }

    /// Takes every file into a digest.
    pub(crate) fn digest(&self, digest: Digest) -> Digest {
        self.0.iter().fold(digest, |digest, (path, content)| {
            let digest = digest.field(path.as_os_str().as_encoded_bytes());
            match content {
                Content::File { bytes, executable } => digest.field([u8::from(*executable)]).field(bytes),
                Content::Link(target) => digest.field("link").field(target.as_os_str().as_encoded_bytes()),
            }
        })
    }

    /// Writes all files into a folder, which is made.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), ProjectError> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        for (path, content) in &self.0 {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(at(parent))?;
            }
            match content {
                Content::Link(target) => symlink(target, &path).map_err(at(&path))?,
                Content::File { bytes, executable } => {
                    fs::write(&path, bytes).map_err(at(&path))?;
                    if *executable {
                        fs::set_permissions(&path, Permissions::from_mode(0o755)).map_err(at(&path))?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Content {
    fn read(path: &Path) -> Result<Content, ProjectError> {
        let executable = fs::metadata(path).map_err(at(path))?.permissions().mode() & 0o111 != 0;
        Ok(Content::File { bytes: fs::read(path).map_err(at(path))?, executable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn key(project: &ProjectFiles) -> String {
        project.digest(Digest::new()).key()
    }

    #[test]
    fn a_copy_is_the_same_but_for_what_git_ignores() {
        let original = folder(&[
            (".gitignore", "node_modules/\n"),
            (".npmrc", "x"),
            ("src/main.js", "main"),
            ("node_modules/a/index.js", "a"),
        ]);
        fs::set_permissions(original.path().join("src/main.js"), Permissions::from_mode(0o755)).unwrap();
        symlink("src/main.js", original.path().join("link")).unwrap();
        let project = ProjectFiles::read(original.path()).unwrap();
        let copy = tempfile::tempdir().unwrap();
        project.write(copy.path()).unwrap();
        assert_eq!(key(&ProjectFiles::read(copy.path()).unwrap()), key(&project));
        assert!(copy.path().join(".npmrc").exists() && !copy.path().join("node_modules").exists());
        assert_eq!(fs::read_to_string(copy.path().join("link")).unwrap(), "main");
    }

    #[test]
    fn each_difference_gives_another_key() {
        let read = |files: &[(&str, &str)]| ProjectFiles::read(folder(files).path()).unwrap();
        let mut keys: Vec<String> =
            [&[("a", "1")][..], &[("a", "2")], &[("b", "1")], &[("a", "1"), ("b", "")]]
                .map(|it| key(&read(it)))
                .into();
        let mut replaced = read(&[("a", "1")]);
        replaced.replace(Path::new("a"), b"\xff".to_vec());
        keys.push(key(&replaced));
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 5);
    }

    #[test]
    fn a_missing_input_is_named() {
        let folder = folder(&[]);
        let error = ProjectFiles::part(folder.path(), &["go.sum".into()]).err().unwrap();
        assert!(error.path.ends_with("go.sum"));
    }
}
