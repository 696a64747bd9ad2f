//! The project of a sample, read once: what is hashed is what is copied.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::{self, Read as _, Write as _};
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
    ///
    /// A link that leads out of the folder, or that holds an absolute path, would lead there from a copy, too, and who writes
    /// into the copy would write there: what it leads to takes its place.
    pub(crate) fn read(folder: &Path) -> Result<ProjectFiles, ProjectError> {
        let mut reading = Reading { files: BTreeMap::new(), room: MOST_BYTES, within: Vec::new() };
        reading.folder(folder, Path::new(""))?;
        Ok(ProjectFiles(reading.files))
    }

    /// Only these files of a folder.
    pub(crate) fn part(folder: &Path, files: &[PathBuf]) -> Result<ProjectFiles, ProjectError> {
        let mut room = MOST_BYTES;
        let mut read = |file: &PathBuf| Ok((file.clone(), Content::read(&folder.join(file), &mut room)?));
        files.iter().map(&mut read).collect::<Result<_, _>>().map(ProjectFiles)
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

    /// Writes all files into a folder, which is made, and nothing anywhere else.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), ProjectError> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        let root = folder.canonicalize().map_err(at(folder))?;
        for (path, content) in &self.0 {
            let path = folder.join(path);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(at(parent))?;
            if !parent.canonicalize().map_err(at(parent))?.starts_with(&root) {
                let outside = io::Error::other(
                    "a link leads out of the project there; put the file itself in its place",
                );
                return Err(at(&path)(outside));
            }
            content.write(&path).map_err(at(&path))?;
        }
        Ok(())
    }
}

/// The most bytes that a project may have: what a sample's page says is a few thousand, what its folder holds is copied for
/// each state of its code.
const MOST_BYTES: u64 = 256 << 20;

/// How many folders deep links may lead out of a project, and on from there.
const MOST_LINKS: usize = 8;

/// A project that is being read.
struct Reading {
    files: BTreeMap<PathBuf, Content>,
    /// Bytes that may still come.
    room: u64,
    /// The folders that are being read, each of which a link of the one before led to.
    within: Vec<PathBuf>,
}

impl Reading {
    /// Reads a folder, which is the one of this path in the project.
    fn folder(&mut self, folder: &Path, name: &Path) -> Result<(), ProjectError> {
        let root = folder.canonicalize().map_err(at(folder))?;
        if self.within.len() == MOST_LINKS || self.within.contains(&root) {
            let endless =
                io::Error::other("links lead out of the project and on without end; take one of them out");
            return Err(at(folder)(endless));
        }
        self.within.push(root.clone());
        // Settings of the user, and files outside the project, must not decide what belongs to it.
        let walk = WalkBuilder::new(&root)
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
            let name = name.join(path.strip_prefix(&root).unwrap_or(path));
            if kind.is_symlink() {
                self.link(path, &root, name)?;
            } else if kind.is_file() {
                self.files.insert(name, Content::read(path, &mut self.room)?);
            }
        }
        self.within.pop();
        Ok(())
    }

    fn link(&mut self, path: &Path, root: &Path, name: PathBuf) -> Result<(), ProjectError> {
        let target = fs::read_link(path).map_err(at(path))?;
        let stays = target.is_relative() && path.canonicalize().is_ok_and(|place| place.starts_with(root));
        match fs::metadata(path) {
            Ok(found) if !stays && found.is_dir() => self.folder(path, &name)?,
            Ok(found) if !stays && found.is_file() => {
                self.files.insert(name, Content::read(path, &mut self.room)?);
            }
            // One that leads nowhere, or to a device, is of no use to anybody in a copy either.
            _ if !stays => {}
            _ => drop(self.files.insert(name, Content::Link(target))),
        }
        Ok(())
    }
}

impl Content {
    fn read(path: &Path, room: &mut u64) -> Result<Content, ProjectError> {
        let executable = fs::metadata(path).map_err(at(path))?.permissions().mode() & 0o111 != 0;
        let mut bytes = Vec::new();
        let file = fs::File::open(path).map_err(at(path))?;
        file.take(*room + 1).read_to_end(&mut bytes).map_err(at(path))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        *room = room.checked_sub(length).ok_or_else(|| {
            let much = format!(
                "with it the project is larger than {} MiB; what is built belongs into a .gitignore",
                MOST_BYTES >> 20
            );
            at(path)(io::Error::new(io::ErrorKind::FileTooLarge, much))
        })?;
        Ok(Content::File { bytes, executable })
    }

    /// Puts it in this place, and in the place of what is there: a link is not written through.
    fn write(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        match self {
            Content::Link(target) => symlink(target, path),
            Content::File { bytes, executable } => {
                fs::File::create_new(path)?.write_all(bytes)?;
                if *executable { fs::set_permissions(path, Permissions::from_mode(0o755)) } else { Ok(()) }
            }
        }
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
    fn what_a_link_leads_out_to_is_copied_and_never_written_through() {
        let elsewhere =
            folder(&[("code/main.sh", "original"), ("code/deep/other.sh", "other"), ("one", "1")]);
        let original = folder(&[("real/inner.sh", "inner")]);
        let link = |target: &Path, name: &str| symlink(target, original.path().join(name)).unwrap();
        link(&elsewhere.path().join("code"), "src");
        link(&elsewhere.path().join("one"), "one");
        link(Path::new("../nowhere"), "dangling");
        link(&original.path().join("real"), "absolute");
        link(Path::new("real"), "relative");
        let mut project = ProjectFiles::read(original.path()).unwrap();
        for file in ["src/main.sh", "one", "absolute/inner.sh", "relative/inner.sh"] {
            project.replace(Path::new(file), b"published".to_vec());
        }
        let copy = tempfile::tempdir().unwrap();
        project.write(copy.path()).unwrap();
        let read = |path: PathBuf| fs::read_to_string(path).unwrap();
        assert_eq!(read(elsewhere.path().join("code/main.sh")), "original");
        assert_eq!(read(elsewhere.path().join("one")), "1");
        assert_eq!(read(original.path().join("real/inner.sh")), "inner");
        for file in ["src/main.sh", "one", "absolute/inner.sh", "relative/inner.sh", "real/inner.sh"] {
            assert_eq!(read(copy.path().join(file)), "published", "{file}");
        }
        assert_eq!(read(copy.path().join("src/deep/other.sh")), "other");
        assert!(copy.path().join("relative").is_symlink() && !copy.path().join("src").is_symlink());
        assert!(fs::symlink_metadata(copy.path().join("dangling")).is_err());
    }

    #[test]
    fn links_without_end_and_what_is_too_large_are_refused() {
        let project = folder(&[]);
        symlink(project.path(), project.path().join("self")).unwrap();
        let error = ProjectFiles::read(project.path()).err().unwrap().to_string();
        assert!(error.contains("without end"), "{error}");
        let large = folder(&[("file", "12345")]);
        let error = Content::read(&large.path().join("file"), &mut 4).err().unwrap().to_string();
        assert!(error.contains("larger than 256 MiB"), "{error}");
        assert!(Content::read(&large.path().join("file"), &mut 5).is_ok());
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
