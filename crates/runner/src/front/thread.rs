//! What the system tells of one of our threads.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use rustix::thread::gettid;

/// A thread of this process that is watched.
#[derive(Debug)]
pub struct Thread {
    stat: File,
    turns: Turns,
}

/// Where the system counts how often the thread got the processor. Each of these grows whenever it runs.
#[derive(Debug)]
enum Turns {
    /// The third number of `schedstat`.
    Schedstat(File),
    /// `voluntary_ctxt_switches` of `status`, for kernels without scheduler statistics: how often it fell asleep.
    Status(File),
}

impl Thread {
    /// The calling thread.
    ///
    /// # Errors
    /// The system does not tell of threads: there is no `/proc`.
    pub fn current() -> io::Result<Thread> {
        let folder = format!("/proc/self/task/{}", gettid());
        let stat = File::open(format!("{folder}/stat"))?;
        let schedstat = File::open(format!("{folder}/schedstat"));
        let turns = match schedstat.map(Turns::Schedstat) {
            Ok(turns) if turns.read()? > 0 => turns,
            _ => Turns::Status(File::open(format!("{folder}/status"))?),
        };
        Ok(Thread { stat, turns })
    }

    /// How often it has had its turn, if it sleeps now and waits for something to happen.
    ///
    /// # Errors
    /// The system does not tell; the thread may have ended.
    pub fn turns_if_asleep(&self) -> io::Result<Option<u64>> {
        let turns = self.turns.read()?;
        // Looked at after the count: a thread that ran in between would be found asleep with another count next time.
        let mut buffer = [0; 256];
        Ok((state(read(&self.stat, &mut buffer)?) == Some(b'S')).then_some(turns))
    }
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
    use std::sync::mpsc;

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

    #[test]
    fn a_thread_that_waits_is_asleep_and_its_count_grows_only_when_it_runs() {
        let (tell, told) = mpsc::channel();
        let (wake, woken) = mpsc::channel::<()>();
        let (say, said) = mpsc::channel();
        let waiting = std::thread::spawn(move || {
            tell.send(Thread::current().unwrap()).unwrap();
            for () in woken {
                say.send(()).unwrap();
            }
        });
        let thread = told.recv().unwrap();
        let asleep = || loop {
            if let Some(turns) = thread.turns_if_asleep().unwrap() {
                break turns;
            }
            std::thread::yield_now();
        };
        let before = asleep();
        assert_eq!(asleep(), before);
        wake.send(()).unwrap();
        said.recv().unwrap();
        assert!(asleep() > before);
        drop(wake);
        waiting.join().unwrap();
    }
}
