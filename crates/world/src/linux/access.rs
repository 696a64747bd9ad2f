//! What of the machine a program may open and whom it may disturb: its own processes, and no others.

use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::process::Pid;

use super::image::TreeImage;
use super::memory::Memory;
use super::names::Names;
use super::proc;
use super::spawn::Confined;
use super::tree::Tree;
use super::x86_64::Registers;
use crate::Asked;

/// What is to become of a system call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It is made as it is.
    Allowed,
    /// An argument was replaced: which, and what it was.
    Replaced(usize, u64),
    /// It is not made: this `errno`.
    Refused(i32),
}

/// The files that programs get in the place of others, and where their paths lie.
pub(crate) struct Files<'a> {
    pub(crate) names: &'a Names,
    pub(crate) image: &'a TreeImage,
    /// Whether links to other processes need not be looked for, because the kernel does not let anybody follow them.
    pub(crate) confined: Confined,
}

/// A thread opens a file.
pub(crate) fn open(
    thread: Pid,
    registers: &mut Registers,
    memory: &Memory,
    tree: &Tree,
    files: Files<'_>,
    asked: &mut Asked,
) -> Access {
    let (base, index) = match registers.call() {
        libc::SYS_open => (libc::AT_FDCWD, 0),
        _ => (registers.argument(0) as i32, 1),
    };
    let Some(path) = memory.read_path(registers.argument(index)) else { return Access::Allowed };
    if let Some(place) = files.names.file(&path).and_then(|file| files.image.address_of(file)) {
        let original = registers.argument(index);
        registers.set_argument(index, place);
        return Access::Replaced(index, original);
    }
    let place = in_proc(thread, base, &path).or_else(|| {
        // Any link may lead there.
        (!files.confined.0).then(|| linked(thread, base, &path)).flatten()
    });
    let Some(path) = place else { return Access::Allowed };
    match foreign(&path, tree) {
        true => {
            asked.note(path.display().to_string());
            Access::Refused(libc::ENOENT)
        }
        false => Access::Allowed,
    }
}

/// The path, if it leads into `/proc` as it is written; relative to the folder that it is relative to.
fn in_proc(thread: Pid, base: i32, path: &[u8]) -> Option<PathBuf> {
    let path = Path::new(std::ffi::OsStr::from_bytes(path));
    if path.is_absolute() {
        return path.starts_with("/proc").then(|| simplify(path)).or_else(|| {
            let climbs = path.components().any(|part| part == Component::ParentDir);
            climbs.then(|| simplify(path)).filter(|path| path.starts_with("/proc"))
        });
    }
    let folder = proc::folder(thread, base)?;
    Some(simplify(&folder.join(path))).filter(|path| path.starts_with("/proc"))
}

/// The path in `/proc` that a path leads to by links, if it does.
fn linked(thread: Pid, base: i32, path: &[u8]) -> Option<PathBuf> {
    let path = Path::new(std::ffi::OsStr::from_bytes(path));
    let path = if path.is_absolute() { path.to_owned() } else { proc::folder(thread, base)?.join(path) };
    std::fs::canonicalize(path).ok().filter(|path| path.starts_with("/proc"))
}

/// The path without `.` and `..`.
fn simplify(path: &Path) -> PathBuf {
    let mut simple = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                simple.pop();
            }
            Component::CurDir => {}
            part => simple.push(part),
        }
    }
    simple
}

/// True for a path of a process of another world.
fn foreign(path: &Path, tree: &Tree) -> bool {
    let parts: Vec<_> = path.components().skip(2).collect();
    let number = |index: usize| -> Option<i32> { parts.get(index)?.as_os_str().to_str()?.parse().ok() };
    number(0).is_some_and(|id| !tree.has(id))
}

/// A program sends a signal, or takes hold of a process.
pub(crate) fn signal(registers: &Registers, tree: &Tree, asked: &mut Asked) -> Access {
    let id = registers.argument(0) as i32;
    let (id, number) = match registers.call() {
        libc::SYS_pidfd_open => (id, None),
        libc::SYS_tgkill | libc::SYS_rt_tgsigqueueinfo => (id, Some(registers.argument(2))),
        _ => (id, Some(registers.argument(1))),
    };
    let what = number.map_or("a descriptor of".to_owned(), |number| format!("signal {number} to"));
    let refused = match id {
        // Its own group: of its own session.
        0 => None,
        -1 => Some("every process".to_owned()),
        id if id > 0 => (!tree.has(id) && exists(id)).then(|| format!("process {id}")),
        id => {
            (!has_group(tree, id.saturating_neg())).then(|| format!("process group {}", id.saturating_neg()))
        }
    };
    match refused {
        Some(whom) => {
            // Signal 0 reaches nobody, and only asks whether somebody is there: a JVM asks it of every JVM of the machine.
            if number != Some(0) {
                asked.note(format!("{what} {whom}"));
            }
            Access::Refused(libc::EPERM)
        }
        None => Access::Allowed,
    }
}

fn exists(id: i32) -> bool {
    std::fs::exists(format!("/proc/{id}")).unwrap_or(false)
}

fn has_group(tree: &Tree, group: i32) -> bool {
    tree.process_ids().into_iter().any(|process| {
        rustix::process::getpgid(Some(process)).is_ok_and(|it| it.as_raw_nonzero().get() == group)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_simple() {
        assert_eq!(simplify(Path::new("/tmp/../proc/./1/environ")), Path::new("/proc/1/environ"));
        assert_eq!(simplify(Path::new("/../proc/1")), Path::new("/proc/1"));
    }

    #[test]
    fn links_lead_to_processes() {
        let folder = tempfile::tempdir().unwrap();
        let (link, other) = (folder.path().join("link"), folder.path().join("other"));
        std::os::unix::fs::symlink("/proc/1", &link).unwrap();
        std::os::unix::fs::symlink("/etc", &other).unwrap();
        let me = rustix::process::getpid();
        let linked = |path: &Path| linked(me, libc::AT_FDCWD, path.as_os_str().as_bytes());
        assert_eq!(linked(&link.join("environ")), Some("/proc/1/environ".into()));
        assert_eq!(linked(&other.join("passwd")), None);
    }

    #[test]
    fn other_processes_are_foreign_and_general_files_are_not() {
        let tree = Tree::default();
        assert!(foreign(Path::new("/proc/1/environ"), &tree));
        for path in ["/proc/self/maps", "/proc/cpuinfo", "/proc", "/proc/sys/kernel/1"] {
            assert!(!foreign(Path::new(path), &tree), "{path}");
        }
    }
}
