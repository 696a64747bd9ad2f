//! The program under test.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The binary of this package.
const NAME: &str = "rescind-tested";

/// The program under test, which is never older than the test that asks for it.
///
/// Cargo tells tests only of the binaries of their own package, and builds only those before it runs them. So this
/// package has `rescind` as a binary of its own, made of the same library, and it is built whatever is asked for:
/// `cargo test -p rescind-tests --test e2e` is enough.
pub fn binary() -> &'static Path {
    static BINARY: LazyLock<PathBuf> = LazyLock::new(|| told().unwrap_or_else(beside));
    &BINARY
}

/// What Cargo tells a test that it runs (since 1.94).
fn told() -> Option<PathBuf> {
    env::var_os(format!("CARGO_BIN_EXE_{NAME}")).map(PathBuf::from)
}

/// Where Cargo puts it: above the folder of the test's own executable.
fn beside() -> PathBuf {
    let test = env::current_exe().unwrap();
    let binary = test.ancestors().nth(2).unwrap().join(NAME);
    assert!(binary.is_file(), "there is no {}; `cargo test -p rescind-tests` builds it", binary.display());
    binary
}
