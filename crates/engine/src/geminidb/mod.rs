//! GeminiDB (Huawei GaussDB for NoSQL): backups of instances, which only a Cassandra instance can stop, and jobs.
//!
//! Source of every rule that [`Choices`](super::Choices) does not list: the API reference of GeminiDB and the models of
//! the vendor's SDK (huaweicloudsdkgaussdbfornosql 3.1.219).

mod backups;
mod given;
mod jobs;
mod message;
mod problem;
mod query;
mod store;

use rescind_model::{RequestKind, Transport};
use serde::Serialize;

pub use backups::{BatchDeleteBackups, CreateBackup, DeleteBackup, ListBackups, StopBackup};
pub(super) use given::furnish;
pub use jobs::ListJobs;
pub use message::{
    ApiVersion, BackupItem, BackupList, BackupQuery, DatabaseTable, Datastore, Empty, JobInstance, JobItem,
    JobList, JobQuery, NewBackup, Started, StartedBackup, StopAction, WantedBackups,
};
pub use problem::Problem;
pub use store::backup_id;
pub(super) use store::{Store, full_name};

use super::operation::Key;
use super::project::Project;
use super::status::Status;
use super::time::Time;
use super::turn::{Arrival, Turn};
use super::world::World;

/// The key of the backup that a full name is about: one with the name of the backup, as requests that create one have
/// it, one with its id, or one of a job that makes or stops it.
pub(super) fn backup_in(world: &World, resource: &str) -> Option<Key> {
    let parts: Vec<&str> = resource.split('/').collect();
    match parts.as_slice() {
        ["projects", _, "instances", instance, "backups", name] => world.geminidb.key_named(instance, name),
        ["projects", _, "backups", id] => store::key_of_backup(id),
        ["projects", _, "jobs", id] => world.geminidb.backup_of_job(id),
        _ => None,
    }
}

/// Whether a request says who makes it: by `X-Auth-Token`, or signed by the SDK. Nobody is refused for what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// It says so.
    Given,
    /// It does not.
    Missing,
}

/// What a client sent in a body or in a query: the message, or why it is none.
pub type Sent<T> = Result<T, Status>;

/// What is answered to a request.
pub struct Answer<T> {
    body: T,
    /// The id of the job that creates a backup, where the answer shows it.
    job: Option<String>,
}

impl<T> Answer<T> {
    /// An answer that tells nothing about the job that creates a backup.
    fn plain(body: T) -> Answer<T> {
        Answer { body, job: None }
    }
}

/// A request of the API.
pub trait Call {
    /// What it is answered with.
    type Reply: Serialize;
    /// Its name in the journal.
    const NAME: &'static str;
    /// The status of an answer that is no error.
    const STATUS: u16;

    /// The full name of what it is about.
    fn resource(&self, project: &str) -> String;

    /// Called when it arrives, before anything is decided: says what it is counted as, and notes what stays true even
    /// if it then meets a fault.
    fn arrive(&self, world: &mut World) -> RequestKind;

    /// The rules of the service for it.
    ///
    /// # Errors
    /// What the rules answer.
    fn serve(self, turn: &mut Turn<'_>) -> Result<Answer<Self::Reply>, Status>;
}

impl Project {
    /// Serves a request to GeminiDB, received when the clock said `clock`.
    ///
    /// # Errors
    /// What the rules of the service answer, or a fault.
    pub fn handle_geminidb<C: Call>(
        &mut self,
        call: C,
        credentials: Credentials,
        clock: Time,
    ) -> Result<C::Reply, Status> {
        let kind = call.arrive(&mut self.world);
        let resource = call.resource(&self.world.id);
        let arrival = Arrival { transport: Transport::Rest, rpc: C::NAME, resource: &resource, kind };
        let answer = self.serve(
            &arrival,
            clock,
            |turn| match credentials {
                Credentials::Given => call.serve(turn),
                Credentials::Missing => Err(turn.choices.geminidb.no_credentials.status()),
            },
            |answer| answer.job.as_deref(),
        );
        answer.map(|answer| answer.body)
    }
}
