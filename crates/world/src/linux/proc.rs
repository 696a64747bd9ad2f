//! What `/proc` tells of threads and processes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

use rustix::process::Pid;

/// How often a thread was given a processor, by the third number of its `schedstat`
/// (`Documentation/scheduler/sched-stats.rst`); none if it is gone.
pub(crate) fn turns(process: Pid, thread: Pid) -> Option<u64> {
    let mut buffer = [0; 128];
    turns_in(read(&of_thread(process, thread, "schedstat"), &mut buffer)?)
}

/// The same, in what the file holds.
pub(crate) fn turns_in(schedstat: &[u8]) -> Option<u64> {
    str::from_utf8(schedstat).ok()?.split_ascii_whitespace().nth(2)?.parse().ok()
}

/// The state of a thread (proc_pid_stat(5)): the letter behind the name, which stands in parentheses.
pub(crate) fn state(process: Pid, thread: Pid) -> Option<char> {
    let mut buffer = [0; 512];
    state_in(read(&of_thread(process, thread, "stat"), &mut buffer)?)
}

/// The same, in what the file holds. (The name may hold anything, and is no text then.)
pub(crate) fn state_in(stat: &[u8]) -> Option<char> {
    let name_ends = stat.iter().rposition(|byte| *byte == b')')?;
    str::from_utf8(&stat[name_ends + 1..]).ok()?.trim_start().chars().next()
}

/// Where a thread that has no processor is in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// It may have one.
    Running,
    /// In a system call, with its arguments.
    Call(i64, [u64; 6]),
    /// Elsewhere, or nobody may know.
    Elsewhere,
}

/// Where a thread is in the kernel; none if it is gone.
///
/// In contrast to what [`state`] tells, a thread that is about to sleep, and may yet think better of it, is running here:
/// the kernel looks whether it has left its processor (`wait_task_inactive`).
pub(crate) fn within(process: Pid, thread: Pid) -> Option<Within> {
    let mut buffer = [0; 256];
    let text =
        match File::open(of_thread(process, thread, "syscall")).and_then(|mut file| file.read(&mut buffer)) {
            Ok(length) => std::str::from_utf8(&buffer[..length]).ok()?,
            // What tells nothing about itself (PR_SET_DUMPABLE) is looked at less closely.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Some(Within::Elsewhere),
            Err(_) => return None,
        };
    let mut words = text.split_ascii_whitespace();
    let first = words.next()?;
    if first == "running" {
        return Some(Within::Running);
    }
    let Some(call) = first.parse().ok().filter(|call| *call >= 0) else { return Some(Within::Elsewhere) };
    let mut arguments = [0; 6];
    for argument in &mut arguments {
        *argument = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    }
    Some(Within::Call(call, arguments))
}

/// A file of a thread. (Those of `/proc/ID` itself are for the whole process, and take longer with each of its threads.)
pub(crate) fn of_thread(process: Pid, thread: Pid, file: &str) -> String {
    format!("/proc/{}/task/{}/{file}", process.as_raw_nonzero(), thread.as_raw_nonzero())
}

/// True if packets wait in this machine to be delivered on it. (The second number from the end of `softnet_stat` counts
/// those that came in, the last one those that are being looked at, one line a processor; before Linux 5.14 there are
/// fewer numbers, which tell nothing about it.)
pub(crate) fn packets_wait() -> bool {
    let mut buffer = [0; 8192];
    let lines = read("/proc/net/softnet_stat", &mut buffer).and_then(|lines| str::from_utf8(lines).ok());
    let lines = lines.unwrap_or_default();
    lines.lines().any(|line| line.split(' ').skip(13).any(|number| number.bytes().any(|digit| digit != b'0')))
}

/// True if a signal of this number runs a handler of a process, which a thread of it tells.
pub(crate) fn handles(thread: Pid, signal: i32) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", thread.as_raw_nonzero())).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default();
    caught >> (signal - 1).clamp(0, 63) & 1 == 1
}

/// A timer of timerfd_create(2), as its `fdinfo` tells (proc_pid_fdinfo(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimerDescriptor {
    pub(crate) clock: i32,
    /// True if it will go off.
    pub(crate) will_go_off: bool,
    /// True if it has, and nobody has read it since.
    pub(crate) went_off: bool,
}

/// The timer that a process has under a descriptor.
pub(crate) fn timer(process: Pid, descriptor: i32) -> Option<TimerDescriptor> {
    let path = format!("/proc/{}/fdinfo/{descriptor}", process.as_raw_nonzero());
    let text = fs::read_to_string(path).ok()?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    Some(TimerDescriptor {
        clock: field("clockid:")?.parse().ok()?,
        will_go_off: field("it_value:")? != "(0, 0)",
        went_off: field("ticks:")? != "0",
    })
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

/// What a descriptor of a process is: a path, or `socket:[INODE]`, `pipe:[INODE]`, `anon_inode:[KIND]`.
pub(crate) fn descriptor(process: Pid, descriptor: i32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{}/fd/{descriptor}", process.as_raw_nonzero())).ok()
}

/// The number of a socket that a process has under a descriptor.
pub(crate) fn socket(process: Pid, number: i32) -> Option<u64> {
    let link = descriptor(process, number)?;
    link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// The name of a socket that is no file, without the zero byte that it begins with (which `/proc/net/unix` writes as @).
pub(crate) fn abstract_name(thread: Pid, socket: u64) -> Option<Vec<u8>> {
    let table = fs::read(format!("/proc/{}/net/unix", thread.as_raw_nonzero())).ok()?;
    table.split(|byte| *byte == b'\n').find_map(|line| {
        let line = String::from_utf8_lossy(line);
        let mut words = line.split_ascii_whitespace().skip(6);
        let same = words.next()?.parse() == Ok(socket);
        Some(words.next()?.strip_prefix('@')?.as_bytes().to_vec()).filter(|_| same)
    })
}

/// The folder that a process is in, or that it has under a descriptor.
pub(crate) fn folder(process: Pid, base: i32) -> Option<PathBuf> {
    if base == libc::AT_FDCWD {
        return fs::read_link(format!("/proc/{}/cwd", process.as_raw_nonzero())).ok();
    }
    descriptor(process, base)
}

/// Reads a small file into a buffer. No allocation: these are read many times for each jump of the clock.
fn read<'a>(path: &str, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    let length = File::open(path).ok()?.read(buffer).ok()?;
    buffer.get(..length)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn me() -> Pid {
        rustix::thread::gettid()
    }

    #[test]
    fn a_running_thread_runs_and_has_had_its_turns() {
        let (tell, told) = std::sync::mpsc::channel();
        let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let until = std::sync::Arc::clone(&done);
        let runner = std::thread::spawn(move || {
            tell.send(me()).unwrap();
            while !until.load(std::sync::atomic::Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        });
        let (process, thread) = (rustix::process::getpid(), told.recv().unwrap());
        // It may still be in the call that tells.
        while within(process, thread) != Some(Within::Running) {
            std::thread::yield_now();
        }
        assert_eq!(state(process, thread), Some('R'));
        assert!(turns(process, thread).unwrap() > 0);
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        runner.join().unwrap();
    }

    #[test]
    fn a_sleeping_thread_is_in_a_call() {
        let (mut reader, mut writer) = io::pipe().unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        let sleeper = std::thread::spawn(move || {
            tell.send(me()).unwrap();
            reader.read_exact(&mut [0]).unwrap();
        });
        let (process, thread) = (rustix::process::getpid(), told.recv().unwrap());
        let call = loop {
            match within(process, thread).unwrap() {
                Within::Call(call, arguments) if call == libc::SYS_read => break (call, arguments[2]),
                _ => std::thread::yield_now(),
            }
        };
        assert_eq!(call, (libc::SYS_read, 1));
        assert_eq!(state(process, thread), Some('S'));
        writer.write_all(&[0]).unwrap();
        sleeper.join().unwrap();
    }

    #[test]
    fn threads_belong_to_processes() {
        let process = rustix::process::getpid();
        assert_eq!(process_of(me()), Some(process));
        assert!(is_thread_of(me(), process));
        assert!(!is_thread_of(Pid::INIT, process));
    }
}
