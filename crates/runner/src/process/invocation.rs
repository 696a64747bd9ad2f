//! A process: what is to be run, and what was seen of it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use rescind_model::{Captured, Ended, LeakedProcess};

use crate::scarcity::is_scarcity;

/// A program to run.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The absolute path of the program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The folder that it starts in.
    pub folder: PathBuf,
    /// Its whole environment: nothing is inherited.
    pub environment: BTreeMap<OsString, OsString>,
    /// When it must have ended, from its start, in real time.
    pub deadline: Duration,
}

/// What was seen of a process.
#[derive(Clone, Debug)]
pub struct FinishedProcess {
    /// How it ended.
    pub ended: Ended,
    /// Its standard output.
    pub stdout: Captured,
    /// Its standard error.
    pub stderr: Captured,
    /// The processes that it left behind, if it ended by itself. They have been killed.
    pub leaked: Vec<LeakedProcess>,
    /// What it asked for outside its world. Nobody knows where it had none.
    pub out_of_reach: Vec<String>,
    /// Real time from its start to its end.
    pub wall: Duration,
    /// The time from its start to its end by the clock of its world; none if it had none.
    pub virtual_time: Option<Duration>,
    /// Processor time, user and system, of it and of its children: in a world of all of them, else of those that it waited
    /// for.
    pub cpu: Duration,
}

/// Why nothing is known of a process.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started.
    #[error("cannot start {program}: {source}", program = program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It could not be waited for.
    #[error("lost sight of {program}: {source}", program = program.display())]
    Lost {
        /// The program.
        program: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is of a kind that cannot run in a closed world.
    #[error("{program} cannot run in a closed world: {what}; run it with --clock real", program = program.display())]
    Unsupported {
        /// The program.
        program: PathBuf,
        /// What cannot, in words.
        what: String,
    },
    /// The run was cancelled; the process and all that it started have been killed.
    #[error("interrupted")]
    Cancelled,
}

impl ProcessError {
    /// True if the machine has no more of something to give: descriptors, processes, memory, room on a disk.
    pub fn is_scarcity(&self) -> bool {
        match self {
            ProcessError::Start { source, .. } | ProcessError::Lost { source, .. } => is_scarcity(source),
            ProcessError::Unsupported { .. } | ProcessError::Cancelled => false,
        }
    }
}
