//! A project of GeminiDB for a test.

use rescind_emulator::Setup;
use rescind_engine::geminidb::Problem;
use rescind_engine::{Project, RestRequest};
use rescind_model::{BackupState, Given, GivenBackup};
use serde::de::DeserializeOwned;

pub use super::requests::*;
use crate::support::{clock, prepared};

pub const INSTANCE: &str = "0123in06";

pub fn setup(schedule: &str, given: &[(&str, BackupState)]) -> Setup {
    let backups = given.iter().map(|(id, state)| GivenBackup { id: (*id).to_owned(), state: *state });
    Setup {
        service: "geminidb".parse().unwrap(),
        instance: "eu-de".into(),
        database: INSTANCE.into(),
        backup: "nightly".into(),
        given: Given { backups: backups.collect(), ..Given::default() },
        bystanders: false,
        schedule: schedule.parse().unwrap(),
        choices: rescind_engine::Settings::default(),
    }
}

/// Number and HTTP status of an error.
pub type Refusal = (String, u16);

/// A prepared project.
pub struct Case {
    pub project: Project,
}

impl Case {
    pub fn new(schedule: &str) -> Case {
        Case::given(schedule, &[])
    }

    pub fn given(schedule: &str, given: &[(&str, BackupState)]) -> Case {
        Case::with(&setup(schedule, given))
    }

    /// A project with choices, `NAME=VALUE`.
    pub fn choosing(settings: &[&str]) -> Case {
        let mut setup = setup("", &[]);
        settings.iter().for_each(|setting| setup.choices.extend(&setting.parse().unwrap()));
        Case::with(&setup)
    }

    pub fn with(setup: &Setup) -> Case {
        Case { project: prepared(setup).unwrap() }
    }

    pub fn call<C: Call>(&mut self, call: C) -> Result<C::Reply, Refusal> {
        self.ask(call, Some("token"))
    }

    /// Makes a request with this token.
    pub fn ask<C: Call>(&mut self, call: C, token: Option<&str>) -> Result<C::Reply, Refusal> {
        let Http { method, path, query, body } = call.http();
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let mut builder = http::Request::builder().method(method).uri(format!("{path}?{query}"));
        if let Some(token) = token {
            builder = builder.header("x-auth-token", token);
        }
        let (head, ()) = builder.body(()).unwrap().into_parts();
        let reply = self.project.handle_rest(&RestRequest { head: &head, body: Ok(&body) }, clock()).unwrap();
        if reply.status < 400 {
            return Ok(read(&reply.body));
        }
        let error: Error = read(&reply.body);
        Err((error.error_code, reply.status))
    }

    pub fn create(&mut self, name: &str) -> Result<StartedBackup, Refusal> {
        self.call(create(name))
    }

    pub fn stop(&mut self, backup: &str) -> Result<Started, Refusal> {
        self.call(StopBackup { backup: backup.into(), action: Some("stop".into()) })
    }

    pub fn delete(&mut self, backup: &str) -> Result<Started, Refusal> {
        self.call(DeleteBackup { backup: backup.into() })
    }

    pub fn list(&mut self, query: BackupQuery) -> Result<BackupList, Refusal> {
        self.call(ListBackups { version: "v4", query })
    }

    /// Status of the backup with this id, if there is one.
    pub fn status(&mut self, id: &str) -> Option<String> {
        let query = BackupQuery { backup_id: Some(id.into()), ..BackupQuery::default() };
        self.list(query).unwrap().backups.into_iter().next().map(|backup| backup.status)
    }

    pub fn jobs(&mut self, query: JobQuery) -> Result<JobList, Refusal> {
        self.call(ListJobs { query })
    }

    /// Status and reason of the job with this id.
    pub fn job(&mut self, id: &str) -> (String, String) {
        let list = self.jobs(JobQuery { id: Some(id.into()), ..JobQuery::default() }).unwrap();
        let [job] = list.jobs.as_slice() else { panic!("not one job: {list:?}") };
        (job.status.clone(), job.fail_reason.clone())
    }

    /// The ids of the given backups, in the order in which they were given.
    pub fn given_ids(&mut self) -> Vec<String> {
        let list = self.list(BackupQuery::default()).unwrap();
        list.backups.into_iter().rev().map(|backup| backup.id).collect()
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> T {
    serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(body)))
}

/// A request that every rule lets pass.
pub fn create(name: &str) -> CreateBackup {
    let body = NewBackup { name: Some(name.into()), ..NewBackup::default() };
    CreateBackup { instance: INSTANCE.into(), body }
}

/// The id of the backup that the job with this number makes.
pub fn backup_id(number: u64) -> String {
    format!("{number:032x}br06")
}

/// Number and HTTP status of a refusal by the rules, whose numbers are published.
pub fn refusal<T: std::fmt::Debug>(reply: Result<T, Refusal>) -> (&'static str, u16) {
    let (number, status) = reply.unwrap_err();
    let Some(problem) = Problem::numbered(&number) else { panic!("{number} is not published") };
    (problem.number, status)
}
