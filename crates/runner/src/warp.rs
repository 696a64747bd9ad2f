//! Time warp: libfaketime makes the clock of a sample's process, and its waiting, run faster.
//!
//! Client libraries wait 10 to 300 s between two looks at an operation. What may be warped, and by what factor, is
//! the manifest's to say. The service's decisions are keyed by requests, so it never notices.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The library that the dynamic linker is told to load first.
#[cfg(not(target_os = "macos"))]
const PRELOAD: &str = "LD_PRELOAD";
#[cfg(target_os = "macos")]
const PRELOAD: &str = "DYLD_INSERT_LIBRARIES";

/// Where packages put libfaketime; `{arch}` is the architecture.
#[cfg(not(target_os = "macos"))]
const PLACES: &[&str] = &[
    // Debian and Ubuntu (package `faketime`), multiarch.
    "/usr/lib/{arch}-linux-gnu/faketime/libfaketime.so.1",
    // Fedora (package `libfaketime`).
    "/usr/lib64/faketime/libfaketime.so.1",
    // Arch and Alpine.
    "/usr/lib/faketime/libfaketime.so.1",
    // `make install`.
    "/usr/local/lib/faketime/libfaketime.so.1",
];
#[cfg(target_os = "macos")]
const PLACES: &[&str] =
    &["/opt/homebrew/lib/faketime/libfaketime.1.dylib", "/usr/local/lib/faketime/libfaketime.1.dylib"];

/// How to install libfaketime: system to command.
const INSTALL: &[(&str, &str)] = &[
    ("debian", "apt-get install faketime"),
    ("fedora", "dnf install libfaketime"),
    ("arch", "pacman -S libfaketime"),
    ("alpine", "apk add libfaketime"),
    ("macos", "brew install libfaketime"),
];

/// The command that installs libfaketime on a system, if it is known.
pub fn install_command(system: &str) -> Option<&'static str> {
    INSTALL.iter().find(|(name, _)| *name == system).map(|(_, command)| *command)
}

/// libfaketime, if it is installed.
pub(crate) fn installed() -> Option<PathBuf> {
    PLACES
        .iter()
        .map(|place| PathBuf::from(place.replace("{arch}", std::env::consts::ARCH)))
        .find(|place| place.is_file())
}

/// Adds what makes a process run `factor` times as fast as time does.
pub(crate) fn apply(environment: &mut BTreeMap<OsString, OsString>, library: &Path, factor: u32) {
    environment.insert(PRELOAD.into(), library.into());
    environment.insert("FAKETIME".into(), format!("+0 x{factor}").into());
    // The times of files stay as they are. Python would take compiled files whose times are warped for stale, and
    // compile them anew in each process: gcloud's commands then cost five times as much.
    environment.insert("NO_FAKE_STAT".into(), "1".into());
    if cfg!(target_os = "macos") {
        environment.insert("DYLD_FORCE_FLAT_NAMESPACE".into(), "1".into());
    }
}

/// Removes the shared memory that libfaketime 0.9.10 leaves behind when a process is killed. A later process of the
/// same id would find it and exit with 1 before its first line.
pub(crate) fn clean_up(pid: i32) {
    for name in [format!("faketime_shm_{pid}"), format!("sem.faketime_sem_{pid}")] {
        // Mostly it is not there: a process that ends by itself removes it.
        let _ = std::fs::remove_file(Path::new("/dev/shm").join(name));
    }
}
