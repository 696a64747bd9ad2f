//! Where things are.

use std::path::{Path, PathBuf};

use crate::binary;

/// The root of this repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// A folder that all cases can write to, in a closed world, too.
pub fn common_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A folder below `target` for what the tests leave there for the next run.
pub fn scratch() -> PathBuf {
    // `target/tmp`: the program lies in `target/debug`.
    binary().ancestors().nth(2).unwrap().join("tmp")
}

/// Where the tests keep the samples' dependencies.
pub fn cache() -> PathBuf {
    scratch().join("cache")
}
