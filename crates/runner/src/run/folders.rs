//! The folders of a run.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The folder of a run, which goes with it, and one in it. (No project has a name that begins like that one's.)
pub(crate) struct RunFolders {
    all: TempDir,
    pki: PathBuf,
}

impl RunFolders {
    /// Makes the folders below the folder for temporary files.
    ///
    /// # Errors
    /// They cannot be made, in words.
    pub(super) fn new(temporary: &Path) -> Result<RunFolders, String> {
        let made = tempfile::Builder::new().prefix("rescind-").tempdir_in(temporary).and_then(|all| {
            let pki = all.path().join("_pki");
            std::fs::create_dir(&pki)?;
            Ok(RunFolders { all, pki })
        });
        made.map_err(|error| format!("no folder can be made in {}: {error}", temporary.display()))
    }

    /// Where each case has a folder of its own.
    pub(super) fn cases(&self) -> &Path {
        self.all.path()
    }

    /// Where the certificates of the run are.
    pub(super) fn pki(&self) -> &Path {
        &self.pki
    }
}
