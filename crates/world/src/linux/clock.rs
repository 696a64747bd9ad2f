//! The clock of a tree: the machine's, and an offset that only grows.
//!
//! The offset lies in a file of which every program of the tree has one page mapped, read-only. Each tree has its own:
//! where trees shared one, they moved each other's clock.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rustix::process::Pid;

/// Nanoseconds: a length of time, or a moment of the tree's CLOCK_MONOTONIC.
pub(crate) type Nanos = i64;

/// The nanoseconds of a second.
pub(crate) const SECOND: Nanos = 1_000_000_000;

/// A bit for each clock that moves with time: REALTIME, MONOTONIC, MONOTONIC_RAW, both COARSE, BOOTTIME, both ALARM, TAI.
pub(crate) const MOVING: u32 = 0b1011_1111_0011;

/// The size of the file: one page.
const PAGE: u64 = 4096;

/// The clock of a tree.
pub(crate) struct Clock {
    file: File,
    path: PathBuf,
    offset: Nanos,
    began: Nanos,
    /// When somebody last watched over it, by the machine's clock.
    watched: Nanos,
}

impl Clock {
    /// A clock that shows the machine's time, with its file in this folder.
    pub(crate) fn new(folder: &Path) -> io::Result<Clock> {
        let path = folder.join("clock");
        let file = File::create_new(&path)?;
        file.set_len(PAGE)?;
        Ok(Clock { file, path, offset: 0, began: monotonic(), watched: monotonic() })
    }

    /// Begins to count how long the clock has run.
    pub(crate) fn begin(&mut self) {
        self.began = self.now();
        self.watched = monotonic();
    }

    /// Leaves a time in which nobody watched the tree out of how long the clock has run: whoever traces it was stopped
    /// (SIGSTOP), or the machine slept, and nothing that the tree asked for was answered. The clock itself shows it.
    pub(crate) fn watch(&mut self) {
        let now = monotonic();
        let pause = now - self.watched;
        if pause > SECOND {
            self.began += pause;
        }
        self.watched = now;
    }

    /// The file that programs map.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How far the clock is ahead of the machine's.
    pub(crate) fn offset(&self) -> Nanos {
        self.offset
    }

    /// The tree's CLOCK_MONOTONIC.
    pub(crate) fn now(&self) -> Nanos {
        monotonic() + self.offset
    }

    /// How long the clock has run.
    pub(crate) fn elapsed(&self) -> Nanos {
        self.now() - self.began
    }

    /// What a clock shows in the tree; none for one that does not move with time.
    pub(crate) fn read(&self, clock: i32) -> Option<Nanos> {
        real(clock).filter(|_| moves(clock)).map(|time| time + self.offset)
    }

    /// Moves the clock on. Only to be called while every thread of the tree sleeps, so that nobody sees half of it.
    pub(crate) fn advance(&mut self, by: Nanos) -> io::Result<()> {
        self.offset += by.max(0);
        let (seconds, nanos) = (self.offset / SECOND, self.offset % SECOND);
        self.file.write_all_at(&[seconds.to_ne_bytes(), nanos.to_ne_bytes()].concat(), 0)
    }
}

/// True for a clock that moves with time, and not with the processor time of something.
pub(crate) fn moves(clock: i32) -> bool {
    (0..=libc::CLOCK_TAI).contains(&clock) && MOVING & (1 << clock) != 0
}

/// The processor time of a process, user and system, of all its threads, also of those that have ended; none if it has
/// ended itself.
pub(crate) fn processor_time(process: Pid) -> Option<Nanos> {
    // The number of such a clock: see `include/linux/posix-timers_types.h`, CPUCLOCK_SCHED.
    real(!process.as_raw_nonzero().get() << 3 | 2)
}

fn monotonic() -> Nanos {
    // It always has one.
    real(libc::CLOCK_MONOTONIC).unwrap_or_default()
}

/// What a clock of the machine shows.
pub(crate) fn real(clock: i32) -> Option<Nanos> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one `timespec`, which outlives the call.
    let result = unsafe { libc::clock_gettime(clock, &raw mut time) };
    (result == 0).then_some(time.tv_sec * SECOND + time.tv_nsec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_runs_and_moves_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut clock = Clock::new(folder.path()).unwrap();
        let before = clock.now();
        clock.advance(300 * SECOND + 7).unwrap();
        assert!(clock.now() >= before + 300 * SECOND + 7);
        assert!(clock.elapsed() >= 300 * SECOND);
        clock.advance(-5).unwrap();
        assert_eq!(clock.offset(), 300 * SECOND + 7);
        let page = std::fs::read(clock.path()).unwrap();
        assert_eq!(page.len(), 4096);
        assert_eq!(page[..8], 300i64.to_ne_bytes());
        assert_eq!(page[8..16], 7i64.to_ne_bytes());
        assert_eq!(clock.read(libc::CLOCK_PROCESS_CPUTIME_ID), None);
    }

    #[test]
    fn a_time_in_which_nobody_watches_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let mut clock = Clock::new(folder.path()).unwrap();
        clock.advance(300 * SECOND).unwrap();
        clock.watch();
        let elapsed = clock.elapsed();
        // As if it had begun, and been watched, an hour ago.
        clock.began -= 3600 * SECOND;
        clock.watched -= 3600 * SECOND;
        assert!(clock.elapsed() >= 3900 * SECOND);
        clock.watch();
        assert!((elapsed - SECOND..elapsed + 60 * SECOND).contains(&clock.elapsed()), "{}", clock.elapsed());
    }

    #[test]
    fn processes_have_a_clock_of_their_own() {
        let me = rustix::process::getpid();
        let before = processor_time(me).unwrap();
        let sum: u64 = (0..1_000_000u64).map(std::hint::black_box).sum();
        assert!(sum > 0 && processor_time(me).unwrap() > before);
    }
}
