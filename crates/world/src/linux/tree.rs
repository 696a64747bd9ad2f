//! The threads and processes that a world has: all that was started in it and has not ended.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::io;

use rustix::process::Pid;

use super::clock::{self, Nanos};
use super::memory::Memory;
use super::network::Rewritten;
use super::proc;
use super::ticker::Ticker;
use super::timer::{GoOff, TimerCall, Timers};
use super::wait::Wait;
use super::watched::Watched;
use super::x86_64::{IMAGE, SLOT, SLOT_COUNT, SLOTS};

/// A thread.
pub(crate) struct Thread {
    pub(crate) process: Pid,
    /// What is to be done at the end of the system call that it is in. While there is something, that end stops it.
    pub(crate) call: PendingCall,
    /// A wait that was interrupted, and goes on when the thread asks for the rest of it.
    pub(crate) rest: Option<Wait>,
    /// Memory of its own, in its process, for what the kernel is to read.
    pub(crate) slot: u64,
    /// True while it waits for the child that runs in its memory.
    pub(crate) in_vfork: bool,
    /// True while its group is stopped, by SIGSTOP and its like.
    pub(crate) in_stop: bool,
    /// Why it was made to stop, if it was.
    pub(crate) wanted: OnStop,
    /// Since when it was seen to sleep in a call on a socket with a time limit: its turns then, and when it is over.
    pub(crate) socket_wait: Option<(u64, Nanos)>,
    pub(crate) ticker: Ticker,
    pub(crate) watched: Watched,
}

/// What a thread's system call needs at its end.
#[derive(Default)]
pub(crate) enum PendingCall {
    /// Nothing.
    #[default]
    None,
    /// It executes another program, which the image is to be put into.
    Exec,
    /// It waits with a time limit.
    Wait(Wait),
    /// It sets a timer, or asks how long one has to go.
    Timer(TimerCall),
    /// It makes a timer that goes by this clock, whose number the kernel writes to this address.
    TimerCreated(i32, u64),
    /// It connects or binds a socket.
    Socket(Rewritten),
    /// One of its arguments was replaced: the argument, and what it was.
    Argument(usize, u64),
}

impl Process {
    /// True if the image is in it. (Not so in the moment between the beginning of a program and its first instruction.)
    pub(crate) fn has_image(&self) -> bool {
        self.memory.read::<4>(IMAGE).as_ref() == Some(b"\x7fELF")
    }
}

impl PendingCall {
    /// The wait, if it is one.
    pub(crate) fn wait(&self) -> Option<&Wait> {
        match self {
            PendingCall::Wait(wait) => Some(wait),
            _ => None,
        }
    }
}

/// What a thread is to do when it has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnStop {
    /// Nothing: it was not made to stop.
    Nothing,
    /// To end its wait on a socket.
    SocketTimeout,
    /// To make the timers of its process go off.
    Timers,
}

/// A process.
pub(crate) struct Process {
    pub(crate) memory: Memory,
    pub(crate) timers: Timers,
    /// The timers whose moment has come, and which a thread is to make go off.
    pub(crate) due: Vec<GoOff>,
    /// How many threads it has.
    pub(crate) threads: usize,
    /// Its processor time, as it was last read.
    pub(crate) processor_time: Nanos,
}

/// All threads and processes of a world.
#[derive(Default)]
pub(crate) struct Tree {
    /// The processor time of processes that have ended.
    ended_time: Nanos,
    /// In the order of their ids, so that what is done to all is done in the same order each time.
    pub(crate) threads: BTreeMap<i32, Thread>,
    pub(crate) processes: HashMap<i32, Process>,
    /// The numbers of slots that were used and are free again, and the next one that never was.
    free_slots: Vec<u64>,
    next_slot: u64,
}

impl Tree {
    /// A thread that is known.
    pub(crate) fn thread(&mut self, thread: Pid) -> Option<&mut Thread> {
        self.threads.get_mut(&thread.as_raw_nonzero().get())
    }

    /// The process of a thread, and the thread.
    pub(crate) fn both(&mut self, thread: Pid) -> Option<(&mut Thread, &mut Process)> {
        let found = self.threads.get_mut(&thread.as_raw_nonzero().get())?;
        let process = self.processes.get_mut(&found.process.as_raw_nonzero().get())?;
        Some((found, process))
    }

    /// Adds a thread that is seen for the first time. `parent` is the thread that made it, if that is known.
    pub(crate) fn add(&mut self, thread: Pid, parent: Option<Pid>) -> io::Result<()> {
        let id = thread.as_raw_nonzero().get();
        if self.threads.contains_key(&id) {
            return Ok(());
        }
        let parent = parent.and_then(|parent| self.threads.get(&parent.as_raw_nonzero().get()));
        let process = match parent {
            Some(parent) if proc::is_thread_of(thread, parent.process) => Some(parent.process),
            Some(_) => Some(thread),
            None => proc::process_of(thread),
        };
        let Some(process) = process else { return Ok(()) };
        let process_id = process.as_raw_nonzero().get();
        match self.processes.entry(process_id) {
            Entry::Occupied(mut found) => found.get_mut().threads += 1,
            Entry::Vacant(place) => {
                let memory = Memory::open(process)?;
                let timers = Timers::default();
                place.insert(Process { memory, timers, due: Vec::new(), threads: 1, processor_time: 0 });
            }
        }
        let slot = self.take_slot()?;
        let added = Thread {
            process,
            call: PendingCall::None,
            rest: None,
            slot,
            in_vfork: false,
            in_stop: false,
            wanted: OnStop::Nothing,
            socket_wait: None,
            ticker: Ticker::new(thread == process),
            watched: Watched::new(process, thread),
        };
        self.threads.insert(id, added);
        Ok(())
    }

    fn take_slot(&mut self) -> io::Result<u64> {
        let number = self.free_slots.pop().unwrap_or_else(|| {
            self.next_slot += 1;
            self.next_slot - 1
        });
        if number >= SLOT_COUNT {
            return Err(io::Error::other(format!("more than {SLOT_COUNT} threads at once")));
        }
        Ok(SLOTS + number * SLOT)
    }

    /// Forgets a thread that has ended, and its process with the last of its threads.
    pub(crate) fn remove(&mut self, thread: Pid) {
        let Some(removed) = self.threads.remove(&thread.as_raw_nonzero().get()) else { return };
        self.free_slots.push((removed.slot - SLOTS) / SLOT);
        let id = removed.process.as_raw_nonzero().get();
        let Some(process) = self.processes.get_mut(&id) else { return };
        process.threads -= 1;
        if process.threads == 0 {
            self.ended_time += process.processor_time;
            self.processes.remove(&id);
        }
    }

    /// Reads the processor time of a process, which may be about to end.
    pub(crate) fn read_processor_time(&mut self, process: Pid) {
        if let Some(found) = self.processes.get_mut(&process.as_raw_nonzero().get()) {
            found.processor_time = clock::processor_time(process).unwrap_or(found.processor_time);
        }
    }

    /// The processor time of all processes, also of those that have ended.
    pub(crate) fn processor_time(&mut self) -> Nanos {
        for process in self.process_ids() {
            self.read_processor_time(process);
        }
        self.ended_time + self.processes.values().map(|process| process.processor_time).sum::<Nanos>()
    }

    /// A process executes another program: of its threads one is left, which has the id of the process now; before, it
    /// had the id `former`.
    pub(crate) fn exec(&mut self, process: Pid, former: Pid) -> io::Result<()> {
        let id = process.as_raw_nonzero().get();
        let timers = self.processes.get_mut(&id).map(|process| std::mem::take(&mut process.timers));
        let ended_time = self.ended_time;
        let threads = self.threads.iter().filter(|(_, thread)| thread.process == process);
        let gone: Vec<Pid> =
            threads.filter_map(|(id, _)| Pid::from_raw(*id)).chain([former, process]).collect();
        gone.into_iter().for_each(|thread| self.remove(thread));
        // It goes on, and with it its processor time.
        self.ended_time = ended_time;
        self.add(process, None)?;
        if let (Some(process), Some(mut timers)) = (self.processes.get_mut(&id), timers) {
            timers.after_exec();
            process.timers = timers;
        }
        Ok(())
    }

    /// A thread of a process that can still be asked about its descriptors: the first one may have ended.
    pub(crate) fn any_thread(&self, process: Pid) -> Pid {
        let of_process = |id: &i32| self.threads.get(id).is_some_and(|thread| thread.process == process);
        let first = process.as_raw_nonzero().get();
        let alive = |id: &i32| {
            let thread = Pid::from_raw(*id);
            thread.and_then(|thread| proc::state(process, thread)).is_some_and(|state| state != 'Z')
        };
        if of_process(&first) && alive(&first) {
            return process;
        }
        let other = self.threads.iter().find(|(id, thread)| thread.process == process && **id != first);
        other.and_then(|(id, _)| Pid::from_raw(*id)).unwrap_or(process)
    }

    /// The ids of all processes, in their order.
    pub(crate) fn process_ids(&self) -> Vec<Pid> {
        let mut ids: Vec<i32> = self.processes.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(Pid::from_raw).collect()
    }

    /// True if a process or a thread of this id lives in the world.
    pub(crate) fn has(&self, id: i32) -> bool {
        self.processes.contains_key(&id) || self.threads.contains_key(&id)
    }
}
