//! What the system tells of one of our threads.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use nix::libc;
use rustix::thread::gettid;

/// A thread of this process that is watched.
#[derive(Debug)]
pub struct WatchedThread {
    stat: File,
    /// The system call that it is in (proc_pid_syscall(5)). Not every kernel tells.
    call: Option<File>,
    turns: Turns,
}

/// The calls in which a thread waits for events. Asleep in another one, it waits for its turn in this process (a lock that
/// a thread without a processor holds, memory), and has work in hand.
const WAITS: [i64; 2] = [
    #[cfg(target_arch = "x86_64")]
    libc::SYS_epoll_wait,
    #[cfg(not(target_arch = "x86_64"))]
    libc::SYS_epoll_pwait2,
    libc::SYS_epoll_pwait,
];

/// Where the system counts how often the thread got the processor. Each of these grows whenever it runs.
#[derive(Debug)]
enum Turns {
    /// The third number of `schedstat`.
    Schedstat(File),
    /// `voluntary_ctxt_switches` of `status`, for kernels without scheduler statistics: how often it fell asleep.
    Status(File),
}

impl WatchedThread {
    /// The calling thread.
    ///
    /// # Errors
    /// The system does not tell of threads: there is no `/proc`.
    pub fn current() -> io::Result<WatchedThread> {
        let folder = format!("/proc/self/task/{}", gettid());
        let stat = File::open(format!("{folder}/stat"))?;
        let call = File::open(format!("{folder}/syscall")).ok().filter(|file| call(file).is_ok());
        let schedstat = File::open(format!("{folder}/schedstat"));
        let turns = match schedstat.map(Turns::Schedstat) {
            Ok(turns) if turns.read()? > 0 => turns,
            _ => Turns::Status(File::open(format!("{folder}/status"))?),
        };
        Ok(WatchedThread { stat, call, turns })
    }

    /// How often it has had its turn, if it sleeps now and waits for events: in `epoll_wait`, where the kernel tells.
    ///
    /// # Errors
    /// The system does not tell; the thread may have ended.
    pub fn turns_if_asleep(&self) -> io::Result<Option<u64>> {
        let turns = self.turns.read()?;
        // Looked at after the count: a thread that ran in between would be found asleep with another count next time.
        let mut buffer = [0; 512];
        let sleeps = state(read(&self.stat, &mut buffer)?) == Some(b'S');
        Ok((sleeps && self.waits_for_events()?).then_some(turns))
    }

    fn waits_for_events(&self) -> io::Result<bool> {
        let Some(file) = &self.call else { return Ok(true) };
        Ok(call(file)?.is_some_and(|number| WAITS.contains(&number)))
    }
}

/// The number of the system call that a thread is in; none if it runs.
fn call(file: &File) -> io::Result<Option<i64>> {
    let mut buffer = [0; 256];
    let text = std::str::from_utf8(read(file, &mut buffer)?).unwrap_or_default();
    Ok(text.split_ascii_whitespace().next().and_then(|number| number.parse().ok()))
}

impl Turns {
    fn read(&self) -> io::Result<u64> {
        let mut buffer = [0; 4096];
        let found = match self {
            Turns::Schedstat(file) => third_number(read(file, &mut buffer)?),
            Turns::Status(file) => switches(read(file, &mut buffer)?),
        };
        found.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no count of a thread's turns"))
    }
}

fn read<'a>(file: &File, buffer: &'a mut [u8]) -> io::Result<&'a [u8]> {
    let length = file.read_at(buffer, 0)?;
    Ok(&buffer[..length])
}

/// The state in `stat`: after the name, which is in parentheses and may hold any character.
fn state(stat: &[u8]) -> Option<u8> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    stat.get(end + 2).copied()
}

fn third_number(schedstat: &[u8]) -> Option<u64> {
    std::str::from_utf8(schedstat).ok()?.split_ascii_whitespace().nth(2)?.parse().ok()
}

fn switches(status: &[u8]) -> Option<u64> {
    let status = std::str::from_utf8(status).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, mpsc};

    use super::*;

    #[test]
    fn the_state_stands_after_the_name_whatever_that_is() {
        assert_eq!(state(b"12 (front) S 1 2"), Some(b'S'));
        assert_eq!(state(b"12 (a) R (b) D 1 2"), Some(b'D'));
        assert_eq!(state(b"12 (cut"), None);
        assert_eq!(third_number(b"17 4 23\n"), Some(23));
        assert_eq!(
            switches(b"Name:\tx\nvoluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t9\n"),
            Some(7)
        );
    }

    /// A thread that waits as a front does, and what wakes it.
    fn waiting(work: impl Fn() + Send + 'static) -> (WatchedThread, tokio::sync::mpsc::UnboundedSender<()>) {
        let (tell, told) = mpsc::channel();
        let (wake, mut woken) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || {
            tell.send(WatchedThread::current().unwrap()).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                while let Some(()) = woken.recv().await {
                    work();
                }
            });
        });
        (told.recv().unwrap(), wake)
    }

    fn asleep(thread: &WatchedThread) -> u64 {
        loop {
            if let Some(turns) = thread.turns_if_asleep().unwrap() {
                break turns;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_thread_that_waits_is_asleep_and_its_count_grows_only_when_it_runs() {
        let (say, said) = mpsc::channel();
        let (thread, wake) = waiting(move || say.send(()).unwrap());
        let before = asleep(&thread);
        assert_eq!(asleep(&thread), before);
        wake.send(()).unwrap();
        said.recv().unwrap();
        assert!(asleep(&thread) > before);
    }

    #[test]
    fn a_thread_that_waits_for_a_lock_has_work_in_hand() {
        let lock = Arc::new(Mutex::new(()));
        let (say, said) = mpsc::channel();
        let (thread, wake) = waiting({
            let lock = Arc::clone(&lock);
            move || {
                say.send(()).unwrap();
                drop(lock.lock().unwrap());
            }
        });
        asleep(&thread);
        let held = lock.lock().unwrap();
        wake.send(()).unwrap();
        said.recv().unwrap();
        let file = thread.call.as_ref().unwrap();
        while call(file).unwrap() != Some(libc::SYS_futex) {
            std::thread::yield_now();
        }
        assert_eq!(thread.turns_if_asleep().unwrap(), None);
        drop(held);
        asleep(&thread);
    }
}
