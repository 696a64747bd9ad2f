//! What an image needs so that an executable runs in it: the executable, its loader, and the libraries it is linked with.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use object::elf::{FileHeader64, PT_INTERP};
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, FileKind};
use sha2::{Digest, Sha256};

/// What marks images and containers as rescind's, with the version as its value.
pub(super) const LABEL: &str = "dev.rescind.emulator";
/// This version of rescind.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Where the libraries lie in the image.
const LIBRARIES: &str = "/lib/rescind";
/// Nobody: the emulator needs no rights.
const USER: &str = "65534:65534";

/// No image can be made of an executable.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no program of Linux, so it runs in no container.
    #[error("{path}: {message}; name an image of rescind with --image")]
    Executable {
        /// The executable.
        path: PathBuf,
        /// What it is instead.
        message: String,
    },
}

/// The files of an image, and its recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The text of the Dockerfile.
    pub dockerfile: String,
    /// Files of this machine, and their path in the build's folder.
    pub files: Vec<(PathBuf, String)>,
    /// A name of the content: the same for the same files.
    pub tag: String,
}

impl Image {
    /// The image of an executable of Linux: from nothing, with what it is linked with.
    ///
    /// # Errors
    /// It cannot be read, or is no such executable.
    pub fn of(executable: &Path) -> Result<Image, ImageError> {
        let content = read(executable)?;
        let mut digest = Sha256::new();
        digest.update(&content);
        let mut files = vec![(executable.to_owned(), "rescind".to_owned())];
        let mut dockerfile = "FROM scratch\nCOPY rescind /rescind\n".to_owned();
        if let Some(loader) = loader(executable, &content)? {
            digest.update(read(&loader)?);
            files.push((loader.clone(), "loader".to_owned()));
            dockerfile += &format!("COPY loader {}\n", loader.display());
            for library in libraries(executable, &loader)? {
                digest.update(read(&library)?);
                let name = library.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.push((library, format!("lib/{name}")));
            }
            if files.len() > 2 {
                dockerfile += &format!("COPY lib {LIBRARIES}\nENV LD_LIBRARY_PATH={LIBRARIES}\n");
            }
        }
        dockerfile += &format!(
            "LABEL {LABEL}={VERSION}\nUSER {USER}\nEXPOSE 9010 9020 9030\n\
             ENTRYPOINT [\"/rescind\", \"emulator\", \"--host\", \"0.0.0.0\", \"--control\", \"0.0.0.0:9030\", \
             \"--allow-remote\"]\n"
        );
        digest.update(&dockerfile);
        let tag: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(Image { dockerfile, files, tag })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ImageError> {
    std::fs::read(path).map_err(|source| ImageError::File { path: path.to_owned(), source })
}

/// The loader that the executable asks for; none if it is linked statically.
fn loader(path: &Path, content: &[u8]) -> Result<Option<PathBuf>, ImageError> {
    let refused = |message: String| ImageError::Executable { path: path.to_owned(), message };
    let malformed = |error: object::Error| refused(error.to_string());
    if !matches!(FileKind::parse(content), Ok(FileKind::Elf64)) {
        return Err(refused("no program for 64-bit Linux".to_owned()));
    }
    let header = FileHeader64::<Endianness>::parse(content).map_err(malformed)?;
    let endian = header.endian().map_err(malformed)?;
    let segments = header.program_headers(endian, content).map_err(malformed)?;
    let Some(segment) = segments.iter().find(|segment| segment.p_type(endian) == PT_INTERP) else {
        return Ok(None);
    };
    let name =
        segment.data(endian, content).map_err(|()| refused("its loader's name is cut off".to_owned()))?;
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = std::str::from_utf8(name).map_err(|_| refused("its loader's name is not UTF-8".to_owned()))?;
    Ok(Some(PathBuf::from(name)))
}

/// The libraries that the loader finds for an executable. It is asked itself: nobody else knows all of its rules.
fn libraries(executable: &Path, loader: &Path) -> Result<Vec<PathBuf>, ImageError> {
    let refused = |message: String| ImageError::Executable { path: executable.to_owned(), message };
    let listed = Command::new(loader).arg("--list").arg(executable).output();
    let listed = listed.map_err(|source| ImageError::File { path: loader.to_owned(), source })?;
    let text = String::from_utf8_lossy(&listed.stdout);
    if !listed.status.success() {
        let message = String::from_utf8_lossy(&listed.stderr).trim().to_owned();
        return Err(refused(format!("{} cannot load it: {message}", loader.display())));
    }
    text.lines().filter_map(found).map(|library| library.map_err(refused)).collect()
}

/// The library of a line of the loader's list: `name => path (address)`. The loader itself and what the kernel brings
/// stand there without an arrow.
fn found(line: &str) -> Option<Result<PathBuf, String>> {
    let (name, rest) = line.trim().split_once(" => ")?;
    let path = rest.rsplit_once(" (").map_or(rest, |(path, _)| path);
    Some(if path.starts_with('/') {
        Ok(PathBuf::from(path))
    } else {
        Err(format!("its library {name} is missing"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_holds_the_executable_its_loader_and_its_libraries() {
        let executable = std::env::current_exe().unwrap();
        let image = Image::of(&executable).unwrap();
        assert_eq!(image.files[0], (executable.clone(), "rescind".to_owned()));
        assert!(image.files.iter().all(|(file, _)| file.is_file()), "{image:?}");
        // Test programs are linked as rescind itself is: with the C library, unless for a target without one.
        let linked = image.files.iter().any(|(_, name)| name.starts_with("lib/libc."));
        assert_eq!(linked, cfg!(target_env = "gnu"), "{image:?}");
        assert_eq!(image.dockerfile.contains("LD_LIBRARY_PATH"), linked, "{}", image.dockerfile);
        assert_eq!(Image::of(&executable).unwrap().tag, image.tag);
    }

    #[test]
    fn what_is_no_program_makes_no_image() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script");
        std::fs::write(&path, "#!/bin/sh\n").unwrap();
        let error = Image::of(&path).unwrap_err().to_string();
        assert!(error.contains("no program for 64-bit Linux; name an image"), "{error}");
        let error = Image::of(&folder.path().join("none")).unwrap_err().to_string();
        assert!(error.contains("none: No such file"), "{error}");
    }

    #[test]
    fn the_loader_s_list_is_read_and_a_missing_library_named() {
        assert_eq!(found("\tlibc.so.6 => /lib/libc.so.6 (0x00007f)"), Some(Ok("/lib/libc.so.6".into())));
        assert_eq!(found("\tlinux-vdso.so.1 (0x00007f)"), None);
        assert_eq!(found("\t/lib64/ld-linux-x86-64.so.2 (0x00007f)"), None);
        let missing = found("\tlibz.so.1 => not found").unwrap().unwrap_err();
        assert_eq!(missing, "its library libz.so.1 is missing");
    }
}
