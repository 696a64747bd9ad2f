//! What `/proc` tells of threads and processes.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use rustix::process::Pid;

/// How a thread stands, as two looks at it can compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// True if it sleeps until something wakes it.
    pub(crate) asleep: bool,
    /// How often it was given a processor.
    pub(crate) turns: u64,
}

/// How a thread stands; none if it is gone. A thread that waits for its `vfork` child sleeps as well.
pub(crate) fn standing(thread: Pid, in_vfork: bool) -> Option<Standing> {
    // The turns first: a thread that runs in between then has a greater number in the next look.
    let turns = turns(&format!("/proc/{}/schedstat", thread.as_raw_nonzero()))?;
    let asleep = match state(thread)? {
        'S' | 'T' => true,
        'D' => in_vfork,
        'Z' | 'X' => return None,
        _ => false,
    };
    Some(Standing { asleep, turns })
}

/// The third number of a `schedstat` file (`Documentation/scheduler/sched-stats.rst`).
fn turns(path: &str) -> Option<u64> {
    let mut buffer = [0; 128];
    let text = read(path, &mut buffer)?;
    text.split_ascii_whitespace().nth(2)?.parse().ok()
}

/// The state of a thread (proc_pid_stat(5)): the letter behind the name, which stands in parentheses.
pub(crate) fn state(thread: Pid) -> Option<char> {
    let mut buffer = [0; 512];
    let text = read(&format!("/proc/{}/stat", thread.as_raw_nonzero()), &mut buffer)?;
    text.rsplit_once(')')?.1.trim_start().chars().next()
}

/// The process that a thread belongs to.
pub(crate) fn process_of(thread: Pid) -> Option<Pid> {
    let status = fs::read_to_string(format!("/proc/{}/status", thread.as_raw_nonzero())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Tgid:"))?;
    Pid::from_raw(line.trim().parse().ok()?)
}

/// True if a thread belongs to a process.
pub(crate) fn is_thread_of(thread: Pid, process: Pid) -> bool {
    fs::exists(format!("/proc/{}/task/{}", process.as_raw_nonzero(), thread.as_raw_nonzero()))
        .unwrap_or(false)
}

/// The command line of a process, or its name where it has none.
pub(crate) fn command(process: Pid) -> Option<String> {
    let folder = format!("/proc/{}", process.as_raw_nonzero());
    let line = fs::read(format!("{folder}/cmdline")).ok()?;
    let text = String::from_utf8_lossy(&line).replace('\0', " ").trim_end().to_owned();
    if !text.is_empty() {
        return Some(text);
    }
    fs::read_to_string(format!("{folder}/comm")).ok().map(|name| name.trim_end().to_owned())
}

/// The system call that a sleeping thread is in, and its arguments; none if it is not in one.
pub(crate) fn current_call(thread: Pid) -> Option<(i64, [u64; 6])> {
    let text = fs::read_to_string(format!("/proc/{}/syscall", thread.as_raw_nonzero())).ok()?;
    let mut words = text.split_ascii_whitespace();
    let call = words.next()?.parse().ok()?;
    let mut arguments = [0; 6];
    for argument in &mut arguments {
        *argument = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    }
    Some((call, arguments))
}

/// What a descriptor of a process is: a path, or `socket:[INODE]`, `pipe:[INODE]`, `anon_inode:[KIND]`.
pub(crate) fn descriptor(process: Pid, descriptor: i32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{}/fd/{descriptor}", process.as_raw_nonzero())).ok()
}

/// The number of a socket that a process has under a descriptor.
pub(crate) fn socket(process: Pid, number: i32) -> Option<u64> {
    let link = descriptor(process, number)?;
    link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// The folder that a process is in, or that it has under a descriptor.
pub(crate) fn folder(process: Pid, base: i32) -> Option<PathBuf> {
    if base == libc::AT_FDCWD {
        return fs::read_link(format!("/proc/{}/cwd", process.as_raw_nonzero())).ok();
    }
    descriptor(process, base)
}

/// Reads a small file into a buffer. No allocation: these are read many times for each jump of the clock.
fn read<'a>(path: &str, buffer: &'a mut [u8]) -> Option<&'a str> {
    let mut file = fs::File::open(path).ok()?;
    let length = file.read(buffer).ok()?;
    // The name in `stat` may hold anything; what is asked for lies behind it.
    match std::str::from_utf8(&buffer[..length]) {
        Ok(text) => Some(text),
        Err(_) => {
            let end = buffer[..length].iter().rposition(|byte| *byte == b')')?;
            std::str::from_utf8(&buffer[end..length]).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> Pid {
        rustix::thread::gettid()
    }

    #[test]
    fn a_running_thread_is_awake_and_has_had_its_turns() {
        let standing = standing(me(), false).unwrap();
        assert!(!standing.asleep);
        assert!(standing.turns > 0);
    }

    #[test]
    fn threads_belong_to_processes() {
        let process = rustix::process::getpid();
        assert_eq!(process_of(me()), Some(process));
        assert!(is_thread_of(me(), process));
        assert!(!is_thread_of(Pid::INIT, process));
    }
}
