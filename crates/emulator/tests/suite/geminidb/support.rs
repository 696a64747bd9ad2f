//! A project of GeminiDB for a test, and the requests that tests make.

use std::sync::Arc;

use rescind_emulator::Setup;
use rescind_engine::geminidb::{
    ApiVersion, BackupList, BackupQuery, Call, CreateBackup, Credentials, DeleteBackup, JobList, JobQuery,
    ListBackups, ListJobs, NewBackup, Problem, Started, StartedBackup, StopAction, StopBackup,
};
use rescind_engine::{Choices, Project, Status};
use rescind_model::{BackupState, Given, GivenBackup};

use crate::support::clock;

pub const INSTANCE: &str = "0123in06";

pub fn setup(schedule: &str, given: &[(&str, BackupState)]) -> Setup {
    let backups = given.iter().map(|(id, state)| GivenBackup { id: (*id).to_owned(), state: *state });
    Setup {
        service: "geminidb".parse().unwrap(),
        instance: "eu-de".into(),
        database: INSTANCE.into(),
        backup: "nightly".into(),
        given: Given { backups: backups.collect(), ..Given::default() },
        schedule: schedule.parse().unwrap(),
        choices: rescind_engine::Settings::default(),
    }
}

/// A prepared project.
pub struct Case {
    pub project: Project,
}

impl Case {
    pub fn new(schedule: &str) -> Case {
        Case::given(schedule, &[])
    }

    pub fn given(schedule: &str, given: &[(&str, BackupState)]) -> Case {
        Case::with(&setup(schedule, given), Choices::default())
    }

    pub fn choosing(schedule: &str, choose: impl FnOnce(&mut Choices)) -> Case {
        let mut choices = Choices::default();
        choose(&mut choices);
        Case::with(&setup(schedule, &[]), choices)
    }

    pub fn with(setup: &Setup, choices: Choices) -> Case {
        let world = setup.world("p", clock(), &choices).unwrap();
        Case { project: Project::new(world, Arc::new(choices), Box::new(setup.schedule.clone()), true) }
    }

    pub fn call<C: Call>(&mut self, call: C) -> Result<C::Reply, Status> {
        self.project.handle_geminidb(call, Credentials::Given, clock())
    }

    pub fn create(&mut self, name: &str) -> Result<StartedBackup, Status> {
        self.call(create(name))
    }

    pub fn stop(&mut self, backup: &str) -> Result<Started, Status> {
        self.call(StopBackup { backup: backup.into(), body: Ok(StopAction { action: Some("stop".into()) }) })
    }

    pub fn delete(&mut self, backup: &str) -> Result<Started, Status> {
        self.call(DeleteBackup { backup: backup.into() })
    }

    pub fn list(&mut self, query: BackupQuery) -> Result<BackupList, Status> {
        self.call(ListBackups { version: ApiVersion::V4, query: Ok(query) })
    }

    /// Status of the backup with this id, if there is one.
    pub fn status(&mut self, id: &str) -> Option<&'static str> {
        let query = BackupQuery { backup_id: Some(id.into()), ..BackupQuery::default() };
        self.list(query).unwrap().backups.first().map(|backup| backup.status)
    }

    pub fn jobs(&mut self, query: JobQuery) -> Result<JobList, Status> {
        self.call(ListJobs { query: Ok(query) })
    }

    /// Status and reason of the job with this id.
    pub fn job(&mut self, id: &str) -> (&'static str, String) {
        let list = self.jobs(JobQuery { id: Some(id.into()), ..JobQuery::default() }).unwrap();
        let [job] = list.jobs.as_slice() else { panic!("not one job: {list:?}") };
        (job.status, job.fail_reason.clone())
    }

    /// The ids of the given backups, in the order in which they were given.
    pub fn given_ids(&mut self) -> Vec<String> {
        let list = self.list(BackupQuery::default()).unwrap();
        list.backups.into_iter().rev().map(|backup| backup.id).collect()
    }
}

/// A request that every rule lets pass.
pub fn create(name: &str) -> CreateBackup {
    let body = NewBackup { name: Some(name.into()), ..NewBackup::default() };
    CreateBackup { instance: INSTANCE.into(), body: Ok(body) }
}

/// Number and HTTP status of a refusal.
pub fn refusal<T: std::fmt::Debug>(reply: Result<T, Status>) -> (&'static str, u16) {
    let (problem, _) = Problem::of(&reply.unwrap_err());
    (problem.number, problem.http)
}
