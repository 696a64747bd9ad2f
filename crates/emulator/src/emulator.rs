//! The emulator: projects by id, each behind a lock of its own.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use rescind_model::{Code, Entry, Schedule, Snapshot, Transport};

use crate::clock::Clock;
use crate::engine::rpc::Method;
use crate::engine::{self, Choices, InvalidSetup, Project, Setup, Status, Time, World};

/// An emulator. Clones are the same emulator.
#[derive(Clone)]
pub struct Emulator {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    choices: Arc<Choices>,
    projects: RwLock<HashMap<String, Arc<Mutex<Project>>>>,
}

/// Why the emulator could not be controlled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// The project was never prepared, or was removed.
    #[error("the emulator has no project `{0}`; prepare it first")]
    UnknownProject(String),
    /// A project cannot be set up like this.
    #[error("cannot prepare project `{project}`: {source}")]
    InvalidSetup {
        /// The project.
        project: String,
        /// What is wrong.
        source: InvalidSetup,
    },
}

impl Emulator {
    /// An emulator without projects, to which `clock` tells the time.
    pub fn new(clock: Arc<dyn Clock>) -> Emulator {
        let shared = Shared { clock, choices: Arc::default(), projects: RwLock::default() };
        Emulator { shared: Arc::new(shared) }
    }

    /// Sets a project up for a case, whatever it was before: given state, schedule, empty journal.
    ///
    /// # Errors
    /// The set-up asks for a state that the service knows not; the project then stays as it was.
    pub fn prepare(&self, project: &str, setup: &Setup) -> Result<(), ControlError> {
        let choices = self.shared.choices.clone();
        let world = setup
            .world(project, self.now(), &choices)
            .map_err(|source| ControlError::InvalidSetup { project: project.to_owned(), source })?;
        let prepared = Project::new(world, choices, Box::new(setup.schedule.clone()), true);
        self.shared.projects.write().insert(project.to_owned(), Arc::new(Mutex::new(prepared)));
        Ok(())
    }

    /// Every request to a project since it was prepared.
    ///
    /// # Errors
    /// There is no such project.
    pub fn journal(&self, project: &str) -> Result<Vec<Entry>, ControlError> {
        Ok(self.prepared(project)?.lock().journal().to_vec())
    }

    /// The backups of a project, and the operations that create them, as they are now.
    ///
    /// # Errors
    /// There is no such project.
    pub fn snapshot(&self, project: &str) -> Result<Snapshot, ControlError> {
        Ok(self.prepared(project)?.lock().snapshot())
    }

    /// Lets the operations that the sample started run to their end, as the schedule says it at further polls, which no
    /// journal shows. An operation that never ends by the schedule keeps running.
    ///
    /// # Errors
    /// There is no such project.
    pub fn settle(&self, project: &str) -> Result<(), ControlError> {
        self.prepared(project)?.lock().settle(self.now());
        Ok(())
    }

    /// Forgets a project.
    ///
    /// # Errors
    /// There is no such project.
    pub fn remove(&self, project: &str) -> Result<(), ControlError> {
        let removed = self.shared.projects.write().remove(project);
        removed.map(drop).ok_or_else(|| ControlError::UnknownProject(project.to_owned()))
    }

    /// Serves an RPC: decodes the request, finds its project, encodes the reply. A project that was never prepared
    /// answers as an empty one, and keeps nothing.
    ///
    /// # Errors
    /// What the rules of the service answer, or a fault; INTERNAL for bytes that are no such request, as gRPC servers
    /// answer it.
    pub fn call(&self, method: &Method, transport: Transport, request: &[u8]) -> Result<Vec<u8>, Status> {
        let call = method.decode(request).map_err(|error| {
            let message = format!("{}.{}: malformed request: {error}", method.service, method.name);
            Status::new(Code::Internal, message)
        })?;
        let id = engine::project_of(&call.resource()).unwrap_or_default().to_owned();
        let found = self.shared.projects.read().get(&id).cloned();
        let clock = self.now();
        match found {
            Some(project) => call.serve(&mut project.lock(), transport, clock),
            None => {
                let (world, choices) = (World::new(id), self.shared.choices.clone());
                let mut empty = Project::new(world, choices, Box::new(Schedule::default()), false);
                call.serve(&mut empty, transport, clock)
            }
        }
    }

    fn now(&self) -> Time {
        self.shared.clock.now().into()
    }

    fn prepared(&self, project: &str) -> Result<Arc<Mutex<Project>>, ControlError> {
        let found = self.shared.projects.read().get(project).cloned();
        found.ok_or_else(|| ControlError::UnknownProject(project.to_owned()))
    }
}
