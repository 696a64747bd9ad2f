//! The emulator in this process: the default back-end.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use rescind_emulator::{Clock, ControlError, Emulator, ServeError, Server};
use rescind_model::{Entry, Snapshot};

use super::{Backend, BackendError};
use crate::{Setup, Upstream};

/// An emulator in this process, on a free port of the loopback interface. Dropping it stops it at once.
pub struct Embedded {
    emulator: Emulator,
    server: Server,
}

impl Embedded {
    /// Starts an emulator, to which `clock` tells the time. When this returns, clients can connect.
    ///
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// If there is no port to listen on.
    pub async fn start(clock: Arc<dyn Clock>) -> Result<Embedded, ServeError> {
        let emulator = Emulator::new(clock);
        let server = Server::bind(emulator.clone(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        Ok(Embedded { emulator, server })
    }
}

fn failed(action: &str, project: &str) -> impl FnOnce(ControlError) -> BackendError {
    let action = format!("{action} project {project}");
    move |error| {
        let message = match error {
            ControlError::InvalidSetup { source, .. } => source.to_string(),
            error => error.to_string(),
        };
        BackendError { action, message }
    }
}

#[async_trait]
impl Backend for Embedded {
    fn name(&self) -> String {
        "embedded".to_owned()
    }

    fn address(&self) -> String {
        self.server.address().to_string()
    }

    fn upstream(&self) -> Upstream {
        Upstream::Embedded(self.emulator.clone())
    }

    async fn prepare(&self, project: &str, setup: &Setup) -> Result<(), BackendError> {
        self.emulator.prepare_new(project, setup).map_err(failed("prepare", project))
    }

    async fn snapshot(&self, project: &str) -> Result<Snapshot, BackendError> {
        self.emulator.snapshot(project).map_err(failed("look at", project))
    }

    async fn settle(&self, project: &str) -> Result<(), BackendError> {
        self.emulator.settle(project).map_err(failed("settle", project))
    }

    async fn journal(&self, project: &str) -> Result<Vec<Entry>, BackendError> {
        self.emulator.journal(project).map_err(failed("read the journal of", project))
    }

    async fn remove(&self, project: &str) -> Result<(), BackendError> {
        self.emulator.remove(project).map_err(failed("remove", project))
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::SystemTime;

    use rescind_model::BackupState;

    use super::*;
    use crate::testing::setup;

    #[tokio::test]
    async fn a_project_is_there_from_its_preparation_to_its_removal() {
        let embedded = Embedded::start(Arc::new(SystemTime::now)).await.unwrap();
        assert!(embedded.address().starts_with("127.0.0.1:"), "{}", embedded.address());
        TcpStream::connect(embedded.address()).unwrap();
        embedded.prepare("p", &setup()).await.unwrap();
        let given = embedded.snapshot("p").await.unwrap();
        assert_eq!(given.backups[0].name, "projects/p/instances/i/backups/b1");
        assert!(given.backups[0].foreign);
        embedded.settle("p").await.unwrap();
        assert_eq!(embedded.snapshot("p").await.unwrap(), given);
        assert!(embedded.journal("p").await.unwrap().is_empty());
        embedded.remove("p").await.unwrap();
        insta::assert_snapshot!(embedded.snapshot("p").await.unwrap_err(), @"the emulator cannot look at project p: the emulator has no project `p`; prepare it first");
    }

    #[tokio::test]
    async fn what_cannot_be_set_up_is_told_once() {
        let embedded = Embedded::start(Arc::new(SystemTime::now)).await.unwrap();
        let mut setup = setup();
        setup.given.backups[0].state = BackupState::Deleting;
        insta::assert_snapshot!(embedded.prepare("p", &setup).await.unwrap_err(), @"the emulator cannot prepare project p: given backup `b1`: backups of Spanner are never DELETING");
    }
}
