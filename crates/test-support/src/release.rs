//! The program that is measured.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds `rescind`, as users have it, for a bench that calls this.
pub fn rescind() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--package", "rescind"])
        .current_dir(root)
        .status()
        .unwrap();
    assert!(status.success(), "rescind cannot be built");
    // The program of this measurement lies in the folder `deps` beside it.
    let deps = std::env::current_exe().unwrap();
    deps.ancestors().nth(2).unwrap().join("rescind")
}
