//! The emulator in this process: the default back-end.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rescind_emulator::{ControlError, Emulator, WallClock};
use rescind_engine::Recording;
use rescind_model::{Entry, ResourceChange, Snapshot};

use super::{Backend, BackendError};
use crate::{Setup, Upstream};

/// An emulator in this process. It listens nowhere: each case reaches it by the case's own front, and nobody but this
/// process can tell it what to do.
pub struct Embedded {
    emulator: Emulator,
    /// What was recorded of the project that was removed last; none if nothing is recorded.
    recording: Option<Mutex<Recording>>,
}

impl Embedded {
    /// An emulator to which `clock` tells the time.
    pub fn new(clock: Arc<dyn WallClock>) -> Embedded {
        Embedded { emulator: Emulator::new(clock), recording: None }
    }

    /// The same, which records the requests to each project from its preparation to its removal. Cases of one exploration all
    /// have the same project, so that they can be compared; each has such an emulator of its own.
    pub(crate) fn recording(clock: Arc<dyn WallClock>) -> Embedded {
        Embedded { recording: Some(Mutex::default()), ..Embedded::new(clock) }
    }

    /// What was recorded of the project that was removed last.
    pub(crate) fn take_recording(&self) -> Recording {
        let recording = self.recording.as_ref().map(|it| it.lock().unwrap_or_else(PoisonError::into_inner));
        recording.map(|mut it| std::mem::take(&mut *it)).unwrap_or_default()
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

    fn upstream(&self) -> Upstream {
        Upstream::Embedded(self.emulator.clone())
    }

    async fn prepare(&self, project: &str, setup: &Setup) -> Result<(), BackendError> {
        self.emulator.prepare_new(project, setup).map_err(failed("prepare", project))?;
        match self.recording {
            Some(_) => self.emulator.record(project).map_err(failed("record", project)),
            None => Ok(()),
        }
    }

    async fn snapshot(&self, project: &str) -> Result<Snapshot, BackendError> {
        self.emulator.snapshot(project).map_err(failed("look at", project))
    }

    async fn settle(&self, project: &str) -> Result<(), BackendError> {
        self.emulator.settle(project).map_err(failed("settle", project))
    }

    async fn changes(&self, project: &str) -> Result<Vec<ResourceChange>, BackendError> {
        self.emulator.changes(project).map_err(failed("compare", project))
    }

    async fn journal(&self, project: &str) -> Result<Vec<Entry>, BackendError> {
        self.emulator.journal(project).map_err(failed("read the journal of", project))
    }

    async fn remove(&self, project: &str) -> Result<(), BackendError> {
        if let Some(last) = &self.recording {
            let recording = self.emulator.recording(project);
            let recording = recording.map_err(failed("read what was recorded of", project))?;
            *last.lock().unwrap_or_else(PoisonError::into_inner) = recording;
        }
        self.emulator.remove(project).map_err(failed("remove", project))
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use rescind_model::{BackupState, Transport};

    use super::*;
    use crate::testing::setup;

    #[tokio::test]
    async fn a_project_is_there_from_its_preparation_to_its_removal() {
        let embedded = Embedded::new(Arc::new(SystemTime::now));
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
        let embedded = Embedded::new(Arc::new(SystemTime::now));
        let mut setup = setup();
        setup.given.backups[0].state = BackupState::Deleting;
        insta::assert_snapshot!(embedded.prepare("p", &setup).await.unwrap_err(), @"the emulator cannot prepare project p: given backup `b1`: backups of Spanner are never DELETING");
    }

    #[tokio::test]
    async fn requests_are_recorded_from_the_preparation_of_a_project_to_its_removal() {
        let recorder = Embedded::recording(Arc::new(SystemTime::now));
        recorder.prepare("p", &setup()).await.unwrap();
        let path = "/google.spanner.admin.database.v1.DatabaseAdmin/NoSuchThing";
        assert!(recorder.emulator.call(path, Transport::Grpc, &[]).is_err());
        assert!(recorder.take_recording().requests.is_empty(), "it named no project");
        recorder.remove("p").await.unwrap();
        assert!(recorder.take_recording().began > Default::default());
        assert!(recorder.remove("p").await.is_err());
    }
}
