//! What is asked of an emulator from outside its services: to set projects up, to tell what became of them.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use parking_lot::Mutex;
use rescind_model::{Entry as Request, ResourceChange, Schedule, Snapshot};

use super::{Emulator, Projects};
use rescind_engine::{Decisions, FreeRunning, InvalidSetting, InvalidSetup, Project, Recording, Setup, Span};

/// Why the emulator could not be controlled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// The project was never prepared, or was removed.
    #[error("the emulator has no project `{0}`; prepare it first")]
    UnknownProject(String),
    /// The project is there, and was not to be replaced.
    #[error("project `{0}` is there already, perhaps of another run; remove it first, if nobody uses it")]
    ProjectExists(String),
    /// The project runs free and was opened by a request, or at the start.
    #[error("project `{0}` keeps no journal; put it through the control API to have one")]
    NoJournal(String),
    /// Nothing runs free here.
    #[error("this emulator lets no project run free; put the project with a schedule")]
    NotFreeRunning,
    /// A project cannot have this choice.
    #[error("cannot prepare project `{project}`: {source}")]
    InvalidSetting {
        /// The project.
        project: String,
        /// What is wrong.
        source: InvalidSetting,
    },
    /// A project cannot be set up like this.
    #[error("cannot prepare project `{project}`: {source}")]
    InvalidSetup {
        /// The project.
        project: String,
        /// What is wrong.
        source: InvalidSetup,
    },
}

fn invalid(project: &str) -> impl FnOnce(InvalidSetup) -> ControlError {
    |source| ControlError::InvalidSetup { project: project.to_owned(), source }
}

impl Emulator {
    /// Sets a project up for a case, whatever it was before: given state, schedule, empty journal.
    ///
    /// # Errors
    /// The set-up asks for a state that the service cannot be in; the project then stays as it was.
    pub fn prepare(&self, project: &str, setup: &Setup) -> Result<(), ControlError> {
        self.put(project, self.case(project, setup)?);
        Ok(())
    }

    /// As [`prepare`](Self::prepare), unless the project is there.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare); and the project is there, which then stays as it was.
    pub fn prepare_new(&self, project: &str, setup: &Setup) -> Result<(), ControlError> {
        let case = self.case(project, setup)?;
        match self.shared.projects.write().entry(project.to_owned()) {
            Entry::Occupied(_) => Err(ControlError::ProjectExists(project.to_owned())),
            Entry::Vacant(vacant) => {
                vacant.insert(Arc::new(Mutex::new(case)));
                Ok(())
            }
        }
    }

    fn case(&self, id: &str, setup: &Setup) -> Result<Project, ControlError> {
        self.given(id, &[setup], Box::new(setup.schedule.clone()), None, true)
    }

    /// Sets a project up to run free, at the pace of the emulator, whatever it was before: given state, empty journal.
    /// Of the schedule of the set-up only the faults count.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare); and the emulator is [one of cases](Self::new).
    pub fn prepare_free_running(&self, project: &str, setup: &Setup) -> Result<(), ControlError> {
        self.shared.pace.ok_or(ControlError::NotFreeRunning)?;
        let mut project_running_free = self.given_running_free(project, &[setup], true)?;
        project_running_free.put_faults(setup.schedule.clone());
        self.put(project, project_running_free);
        Ok(())
    }

    /// Gives a free-running emulator what it begins with, and what a [reset](Self::reset) returns to. These projects
    /// keep no journal, which would grow for as long as the emulator runs.
    ///
    /// # Errors
    /// As [`prepare_free_running`](Self::prepare_free_running); and an id is none that the service gives. Nothing is then
    /// changed.
    pub fn seed(&self, seeds: Vec<(String, Setup)>) -> Result<(), ControlError> {
        self.shared.pace.ok_or(ControlError::NotFreeRunning)?;
        for (id, setup) in &seeds {
            self.shared.services.check_ids(id, setup).map_err(invalid(id))?;
        }
        let projects = self.seeded(&seeds)?;
        self.shared.projects.write().extend(projects);
        *self.shared.seeds.lock() = seeds;
        Ok(())
    }

    /// Forgets every project, and begins again with what the emulator began with.
    ///
    /// # Errors
    /// None that [seeding](Self::seed) did not meet.
    pub fn reset(&self) -> Result<(), ControlError> {
        let seeds = self.shared.seeds.lock().clone();
        let projects = self.seeded(&seeds)?;
        *self.shared.projects.write() = projects;
        Ok(())
    }

    fn seeded(&self, seeds: &[(String, Setup)]) -> Result<Projects, ControlError> {
        let mut by_project: BTreeMap<&str, Vec<&Setup>> = BTreeMap::new();
        for (id, setup) in seeds {
            by_project.entry(id).or_default().push(setup);
        }
        let project = |(id, setups): (&str, Vec<&Setup>)| {
            Ok((id.to_owned(), Arc::new(Mutex::new(self.given_running_free(id, &setups, false)?))))
        };
        by_project.into_iter().map(project).collect()
    }

    /// A project with what set-ups give, which runs free.
    fn given_running_free(
        &self,
        id: &str,
        setups: &[&Setup],
        journal: bool,
    ) -> Result<Project, ControlError> {
        self.given(id, setups, Box::new(FreeRunning), self.shared.pace, journal)
    }

    /// A project with what set-ups give. At a pace what is being made there takes its time as well, and ends.
    fn given(
        &self,
        id: &str,
        setups: &[&Setup],
        decisions: Box<dyn Decisions>,
        pace: Option<Span>,
        journal: bool,
    ) -> Result<Project, ControlError> {
        let services = self.services_of(setups.iter().copied());
        let unknown = |source| ControlError::InvalidSetting { project: id.to_owned(), source };
        let services = services.map_err(unknown)?;
        let mut project = Project::new(services, id, decisions, journal).at_pace(pace);
        for setup in setups {
            project.give(setup, self.now()).map_err(invalid(id))?;
        }
        Ok(project)
    }

    fn put(&self, id: &str, project: Project) {
        self.shared.projects.write().insert(id.to_owned(), Arc::new(Mutex::new(project)));
    }

    /// The ids of all projects that are there, in their order.
    pub fn projects(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.shared.projects.read().keys().cloned().collect();
        ids.sort_unstable();
        ids
    }

    /// Lets requests to a project meet faults from now on, in the place of those that were put before: requests are
    /// counted anew, and of the schedule only the faults count.
    ///
    /// # Errors
    /// There is no such project, and none is opened: the emulator is not free-running.
    pub fn put_faults(&self, project: &str, faults: Schedule) -> Result<(), ControlError> {
        let project = match self.prepared(project) {
            Ok(project) => project,
            Err(unknown) => self.open(project).ok_or(unknown)?,
        };
        project.lock().put_faults(faults);
        Ok(())
    }

    /// Records the requests to a project from now on, as they come.
    ///
    /// # Errors
    /// There is no such project.
    pub fn record(&self, project: &str) -> Result<(), ControlError> {
        self.prepared(project)?.lock().record(self.now());
        Ok(())
    }

    /// The requests to a project since they are recorded.
    ///
    /// # Errors
    /// There is no such project.
    pub fn recording(&self, project: &str) -> Result<Recording, ControlError> {
        Ok(self.prepared(project)?.lock().recording().cloned().unwrap_or_default())
    }

    /// Every request to a project since it was prepared.
    ///
    /// # Errors
    /// There is no such project, or it keeps no journal.
    pub fn journal(&self, project: &str) -> Result<Vec<Request>, ControlError> {
        let found = self.prepared(project)?;
        let found = found.lock();
        let journal = found.keeps_journal().then(|| found.journal().to_vec());
        journal.ok_or_else(|| ControlError::NoJournal(project.to_owned()))
    }

    /// The backups of a project, and the operations that create them, as they are now.
    ///
    /// # Errors
    /// There is no such project.
    pub fn snapshot(&self, project: &str) -> Result<Snapshot, ControlError> {
        Ok(self.prepared(project)?.lock().snapshot())
    }

    /// What is there in a project, and is not as it was when it was prepared; nothing if it keeps no journal.
    ///
    /// # Errors
    /// There is no such project.
    pub fn changes(&self, project: &str) -> Result<Vec<ResourceChange>, ControlError> {
        Ok(self.prepared(project)?.lock().changes())
    }

    /// Lets the operations that the sample started run to their end, as the schedule says it at further polls, which no
    /// journal shows; in a project that runs free, as after all their time. An operation that never ends by the schedule
    /// keeps running.
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

    fn prepared(&self, project: &str) -> Result<Arc<Mutex<Project>>, ControlError> {
        let found = self.shared.projects.read().get(project).cloned();
        found.ok_or_else(|| ControlError::UnknownProject(project.to_owned()))
    }
}
