//! The file with an access token, for clients that do nothing without one.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf, absolute};

use anyhow::{Context as _, anyhow};

use crate::failure::Failure;

/// What is written: the emulator takes any token.
const TOKEN: &str = "rescind-emulator-access-token\n";

/// A file with an access token, which is removed with this.
#[derive(Debug)]
pub struct TokenFile(PathBuf);

impl TokenFile {
    /// Writes the file. One that a killed emulator has left is taken over.
    ///
    /// # Errors
    /// It is there and is something else, or it cannot be written.
    pub fn write(path: &Path) -> Result<TokenFile, Failure> {
        let path = absolute(path).context("the current folder is gone").map_err(Failure::setup)?;
        let refused = || format!("--access-token-file {}: cannot be written", path.display());
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(TOKEN.as_bytes()).with_context(refused).map_err(Failure::setup)?;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if fs::read(&path).ok().as_deref() != Some(TOKEN.as_bytes()) {
                    return Err(Failure::usage(anyhow!(
                        "--access-token-file {}: the file is there, and is none of the emulator's; name another one",
                        path.display()
                    )));
                }
            }
            Err(error) => return Err(Failure::usage(anyhow!(error).context(refused()))),
        }
        Ok(TokenFile(path))
    }

    /// Its path, as a shell reads it.
    pub fn quoted(&self) -> String {
        let path = self.0.display().to_string();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
        if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        // Whoever has removed it already wanted the same.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_somebody_else_is_left_alone_and_one_of_an_emulator_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a token");
        let file = TokenFile::write(&path).ok().unwrap();
        assert!(file.quoted().starts_with('\'') && file.quoted().ends_with("/a token'"), "{}", file.quoted());
        let again = TokenFile::write(&path).ok().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), TOKEN);
        drop((file, again));
        assert!(!path.exists());
        fs::write(&path, "secret").unwrap();
        assert!(TokenFile::write(&path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "secret");
        assert!(TokenFile::write(&folder.path().join("none/token")).is_err());
    }
}
