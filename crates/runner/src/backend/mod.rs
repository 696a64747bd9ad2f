//! Emulator back-ends: where the service is that the samples talk to.

mod container;
mod control;
mod embedded;
mod health;
mod image;
mod remote;

pub use container::{Container, ContainerError};
pub use control::{Control, ControlAt};
pub use embedded::Embedded;
pub use image::ImageError;
pub use remote::{ConnectError, Remote, find_emulator};

use async_trait::async_trait;
use rescind_emulator::Setup;
use rescind_model::{Entry, ResourceChange, Snapshot};

use crate::Upstream;

/// The emulator failed: nothing is known about the sample.
#[derive(Debug, thiserror::Error)]
#[error("the emulator cannot {action}: {message}")]
pub struct BackendError {
    /// What was asked of it: `prepare project p`.
    pub action: String,
    /// What it said.
    pub message: String,
}

/// A running emulator. Projects share nothing, so cases use it side by side.
#[async_trait]
pub trait Backend: Send + Sync {
    /// The name in results: `embedded`, `container`, `HOST:PORT`.
    fn name(&self) -> String;

    /// Where the requests of a case go from its front.
    fn upstream(&self) -> Upstream;

    /// Makes a project.
    ///
    /// # Errors
    /// If the emulator cannot; and if there is one of that name, which another run may be using.
    async fn prepare(&self, project: &str, setup: &Setup) -> Result<(), BackendError>;

    /// The backups and operations of a project now.
    ///
    /// # Errors
    /// If the emulator cannot tell.
    async fn snapshot(&self, project: &str) -> Result<Snapshot, BackendError>;

    /// Lets every operation of a project run to its end.
    ///
    /// # Errors
    /// If the emulator cannot.
    async fn settle(&self, project: &str) -> Result<(), BackendError>;

    /// What of a project is not as it was when it was prepared, in the order of the names.
    ///
    /// # Errors
    /// If the emulator cannot tell.
    async fn changes(&self, project: &str) -> Result<Vec<ResourceChange>, BackendError>;

    /// Every request that a project received.
    ///
    /// # Errors
    /// If the emulator cannot tell.
    async fn journal(&self, project: &str) -> Result<Vec<Entry>, BackendError>;

    /// Forgets a project.
    ///
    /// # Errors
    /// If the emulator cannot.
    async fn remove(&self, project: &str) -> Result<(), BackendError>;

    /// Leaves nothing behind that was started for this back-end. It cannot be used any more then.
    ///
    /// # Errors
    /// If something is left behind.
    async fn close(&self) -> Result<(), BackendError> {
        Ok(())
    }
}
