//! An emulator of one case, which records its requests.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rescind_emulator::{Emulator, WallClock};
use rescind_engine::Recording;
use rescind_model::{Entry, ResourceChange, Snapshot};

use super::embedded::Embedded;
use super::{Backend, BackendError};
use crate::{Setup, Upstream};

/// An emulator in this process that records the requests to the project that is prepared in it. Cases of one exploration all
/// have the same project, so that they can be compared; each has an emulator of its own.
pub struct Recorder {
    emulator: Emulator,
    embedded: Embedded,
    recording: Mutex<Recording>,
}

impl Recorder {
    /// An emulator to which `clock` tells the time.
    pub fn new(clock: Arc<dyn WallClock>) -> Recorder {
        let emulator = Emulator::new(clock);
        Recorder { embedded: Embedded::of(emulator.clone()), emulator, recording: Mutex::default() }
    }

    /// What was recorded of the project that was removed last.
    pub fn take(&self) -> Recording {
        std::mem::take(&mut self.recording.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Backend for Recorder {
    fn name(&self) -> String {
        self.embedded.name()
    }

    fn upstream(&self) -> Upstream {
        self.embedded.upstream()
    }

    async fn prepare(&self, project: &str, setup: &Setup) -> Result<(), BackendError> {
        self.embedded.prepare(project, setup).await?;
        self.emulator.record(project).map_err(super::embedded::failed("record", project))
    }

    async fn snapshot(&self, project: &str) -> Result<Snapshot, BackendError> {
        self.embedded.snapshot(project).await
    }

    async fn settle(&self, project: &str) -> Result<(), BackendError> {
        self.embedded.settle(project).await
    }

    async fn changes(&self, project: &str) -> Result<Vec<ResourceChange>, BackendError> {
        self.embedded.changes(project).await
    }

    async fn journal(&self, project: &str) -> Result<Vec<Entry>, BackendError> {
        self.embedded.journal(project).await
    }

    async fn remove(&self, project: &str) -> Result<(), BackendError> {
        let recording = self.emulator.recording(project);
        let recording = recording.map_err(super::embedded::failed("read what was recorded of", project))?;
        *self.recording.lock().unwrap_or_else(PoisonError::into_inner) = recording;
        self.embedded.remove(project).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use rescind_model::Transport;

    use super::*;
    use crate::testing::setup;

    #[tokio::test]
    async fn requests_are_recorded_from_the_preparation_of_a_project_to_its_removal() {
        let recorder = Recorder::new(Arc::new(SystemTime::now));
        recorder.prepare("p", &setup()).await.unwrap();
        let path = "/google.spanner.admin.database.v1.DatabaseAdmin/NoSuchThing";
        assert!(recorder.emulator.call(path, Transport::Grpc, &[]).is_err());
        assert!(recorder.take().requests.is_empty(), "it named no project");
        recorder.remove("p").await.unwrap();
        assert!(recorder.take().began > Default::default());
        assert!(recorder.remove("p").await.is_err());
    }
}
