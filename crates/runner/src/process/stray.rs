//! Strays: processes that a sample started and that are still there when it has ended.
//!
//! A stray is known by one of two marks. It is in the sample's process group; or, where it left the group (`setsid`),
//! its environment holds the [marker variable](MARKER) that rescind gave to the sample. A process that does both,
//! leave the group and clear its environment, cannot be told from those of other cases: it is ended when the run is over.

use std::io;

/// The environment variable that marks the processes of one invocation.
pub(crate) const MARKER: &str = "RESCIND_INVOCATION";

/// How the marks begin that this process gives out: its id, and when it was started, for ids come round again, and in a
/// container they are others.
pub(crate) fn own_mark() -> String {
    #[cfg(target_os = "linux")]
    let started = linux::started().unwrap_or_default();
    #[cfg(not(target_os = "linux"))]
    let started = "";
    format!("{}.{started}-", std::process::id())
}

/// A process that outlived the one that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stray {
    pub(crate) pid: i32,
    pub(crate) command: String,
}

/// Makes this process the parent of its orphaned descendants, so that [`children`] has them.
pub(crate) fn adopt_orphans() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_child_subreaper(true)?;
    Ok(())
}

/// The children of this process, or none if the system does not tell.
///
/// This is the cheap question, asked after every case: a few small files, where [`find`] reads several for each
/// process of the machine.
pub(crate) fn children() -> Option<Vec<i32>> {
    #[cfg(target_os = "linux")]
    return linux::children();
    #[cfg(not(target_os = "linux"))]
    None
}

/// True for a process that has ended and was not reaped.
pub(crate) fn is_dead(pid: i32) -> bool {
    #[cfg(target_os = "linux")]
    return linux::is_dead(pid);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = pid;
        false
    }
}

/// A living process without the mark of any invocation.
pub(crate) fn hidden(pid: i32) -> Option<Stray> {
    #[cfg(target_os = "linux")]
    return linux::hidden(pid);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = pid;
        None
    }
}

/// The living processes that are in the group or that carry the mark; zombies of the group are reaped.
///
/// Only to be called once the leader of the group is reaped.
pub(crate) fn find(group: i32, mark: &str) -> Vec<Stray> {
    #[cfg(target_os = "linux")]
    return linux::find(group, mark);
    #[cfg(not(target_os = "linux"))]
    {
        // Without /proc the group is all there is to go by, and its members have no names.
        let _ = mark;
        let alive = super::signal::group_exists(group);
        alive
            .then(|| Stray { pid: group, command: format!("a process of group {group}") })
            .into_iter()
            .collect()
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::path::Path;

    use nix::sys::wait::{WaitPidFlag, waitpid};
    use nix::unistd::Pid;

    use super::{MARKER, Stray};

    pub(super) fn children() -> Option<Vec<i32>> {
        let mut children = Vec::new();
        for task in fs::read_dir("/proc/self/task").ok()?.flatten() {
            // A thread that has just ended has no file any more, and no children.
            match fs::read_to_string(task.path().join("children")) {
                Ok(list) => {
                    children.extend(list.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()))
                }
                Err(_) if task.path().exists() => return None,
                Err(_) => {}
            }
        }
        Some(children)
    }

    /// What /proc/PID/stat says (proc_pid_stat(5)).
    struct Stat {
        name: String,
        state: char,
        group: i32,
    }

    impl Stat {
        /// True for a process that has ended and was not reaped.
        fn is_dead(&self) -> bool {
            matches!(self.state, 'Z' | 'X')
        }
    }

    /// True if a process began with such an environment variable, `NAME=VALUE`; none if that cannot be told.
    fn has_variable(folder: &Path, wanted: impl Fn(&[u8]) -> bool) -> Option<bool> {
        let environ = fs::read(folder.join("environ")).ok()?;
        Some(environ.split(|byte| *byte == 0).any(wanted))
    }

    fn stat(folder: &Path) -> Option<Stat> {
        let text = fs::read_to_string(folder.join("stat")).ok()?;
        // The name stands in parentheses and may hold anything, parentheses too.
        let (before, after) = text.rsplit_once(')')?;
        let mut fields = after.split_whitespace();
        let state = fields.next()?.chars().next()?;
        let group = fields.nth(1)?.parse().ok()?;
        Some(Stat { name: before.split_once('(')?.1.to_owned(), state, group })
    }

    /// When this process was started, in ticks since the machine was.
    pub(super) fn started() -> Option<String> {
        let text = fs::read_to_string("/proc/self/stat").ok()?;
        // Its 22nd field; the third follows the name.
        text.rsplit_once(')')?.1.split_whitespace().nth(19).map(str::to_owned)
    }

    pub(super) fn is_dead(pid: i32) -> bool {
        stat(Path::new(&format!("/proc/{pid}"))).is_none_or(|stat| stat.is_dead())
    }

    pub(super) fn hidden(pid: i32) -> Option<Stray> {
        let folder = Path::new("/proc").join(pid.to_string());
        let stat = stat(&folder).filter(|stat| !stat.is_dead())?;
        let marked = has_variable(&folder, |variable| variable.starts_with(MARKER.as_bytes()))?;
        (!marked).then(|| Stray { pid, command: command(&folder).unwrap_or(stat.name) })
    }

    pub(super) fn find(group: i32, mark: &str) -> Vec<Stray> {
        let entry = format!("{MARKER}={mark}");
        let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
        let mut strays = Vec::new();
        for process in processes.flatten() {
            let folder = process.path();
            let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
                continue;
            };
            let Some(stat) = stat(&folder) else { continue };
            if stat.is_dead() {
                if stat.group == group {
                    // An orphan that ended by itself; this fails harmlessly if its own parent still lives.
                    let _ = waitpid(Pid::from_raw(pid), Some(WaitPidFlag::WNOHANG));
                }
                continue;
            }
            let marked = || has_variable(&folder, |variable| variable == entry.as_bytes());
            if stat.group == group || marked() == Some(true) {
                strays.push(Stray { pid, command: command(&folder).unwrap_or(stat.name) });
            }
        }
        strays
    }

    fn command(folder: &Path) -> Option<String> {
        let line = fs::read(folder.join("cmdline")).ok()?;
        let text = String::from_utf8_lossy(&line).replace('\0', " ").trim_end().to_owned();
        (!text.is_empty()).then_some(text)
    }
}
