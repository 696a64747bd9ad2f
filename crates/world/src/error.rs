//! Why a command could not be run in a world.

use std::io;
use std::path::PathBuf;

/// A command could not be run in a world.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The program cannot be started.
    #[error("cannot start {program}: {source}", program = program.display())]
    Program {
        /// The program.
        program: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The world cannot be made, or was lost.
    #[error("cannot make a closed world: {source}")]
    World {
        /// What the system says.
        source: io::Error,
    },
    /// There are none here.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
}

/// Why there can be no worlds here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// It is another system.
    #[error("there are closed worlds on Linux on x86-64 only")]
    Platform,
    /// The system forbids what they stand on.
    #[error("this system does not let a process trace and filter its children: {0}")]
    Forbidden(String),
}
