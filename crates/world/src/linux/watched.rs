//! The files of a thread in `/proc` that are read at every look: opened once, as long as there are descriptors to spare.
//!
//! With forty threads, looking at them is most of what a jump of the clock costs, and opening a file takes longer than
//! reading it. A file of a thread that has ended tells nothing, also after its number was given away again.

use std::cell::OnceCell;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{Pid, Resource, getrlimit};

use super::proc;

/// How many such files this process has open.
static OPEN: AtomicU64 = AtomicU64::new(0);

/// How many it may have: half of what it may have open at all, for the others are whoever uses this library's.
fn most() -> u64 {
    static MOST: OnceLock<u64> = OnceLock::new();
    *MOST.get_or_init(|| getrlimit(Resource::Nofile).current.unwrap_or(1 << 16) / 2)
}

/// A file that is open, and counted.
struct Open(File);

impl Open {
    fn new(path: &str) -> Option<Open> {
        if OPEN.fetch_add(1, Ordering::Relaxed) < most()
            && let Ok(file) = File::open(path)
        {
            return Some(Open(file));
        }
        OPEN.fetch_sub(1, Ordering::Relaxed);
        None
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A thread that is looked at again and again.
pub(crate) struct Watched {
    process: Pid,
    thread: Pid,
    stat: OnceCell<Option<Open>>,
    schedstat: OnceCell<Option<Open>>,
}

impl Watched {
    /// A thread of a process.
    pub(crate) fn new(process: Pid, thread: Pid) -> Watched {
        Watched { process, thread, stat: OnceCell::new(), schedstat: OnceCell::new() }
    }

    /// As [`proc::turns`].
    pub(crate) fn turns(&self) -> Option<u64> {
        let mut buffer = [0; 128];
        match self.read(&self.schedstat, "schedstat", &mut buffer) {
            Some(length) => proc::turns_in(&buffer[..length.ok()?]),
            None => proc::turns(self.process, self.thread),
        }
    }

    /// As [`proc::state`].
    pub(crate) fn state(&self) -> Option<char> {
        let mut buffer = [0; 512];
        match self.read(&self.stat, "stat", &mut buffer) {
            Some(length) => proc::state_in(&buffer[..length.ok()?]),
            None => proc::state(self.process, self.thread),
        }
    }

    /// Reads a file that is kept open; none if it is not.
    fn read(
        &self,
        kept: &OnceCell<Option<Open>>,
        name: &str,
        buffer: &mut [u8],
    ) -> Option<io::Result<usize>> {
        let open = || Open::new(&proc::of_thread(self.process, self.thread, name));
        kept.get_or_init(open).as_ref().map(|Open(file)| file.read_at(buffer, 0))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_thread_is_seen_as_by_its_files_and_not_at_all_once_it_is_gone() {
        let (tell, told) = mpsc::channel();
        let (end, ending) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            tell.send(rustix::thread::gettid()).unwrap();
            let _ = ending.recv();
        });
        let watched = Watched::new(rustix::process::getpid(), told.recv().unwrap());
        while watched.state() != Some('S') {
            std::thread::yield_now();
        }
        let turns = watched.turns();
        assert!(turns.is_some() && turns == proc::turns(watched.process, watched.thread));
        drop(end);
        thread.join().unwrap();
        // Joining tells of the end a little before the kernel has taken the thread off.
        while matches!(watched.state(), Some(state) if !matches!(state, 'X' | 'Z')) {
            std::thread::yield_now();
        }
        assert_eq!(proc::state(watched.process, watched.thread), None);
    }
}
