//! The start of a command in a world.

use crate::command::Command;
use crate::error::SpawnError;
use crate::running::Running;
use crate::world::World;

impl World {
    /// Starts a command in a new world of this kind, as the first process of its session.
    ///
    /// # Errors
    /// If there are no worlds here. What else may prevent it, [`Running::wait`] tells.
    pub fn spawn(&self, command: Command) -> Result<Running, SpawnError> {
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        return crate::linux::spawn(self, command);
        #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
        {
            let _ = command;
            Err(crate::error::Unsupported::Platform.into())
        }
    }
}
