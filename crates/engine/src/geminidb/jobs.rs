//! Jobs: what the service does in the background, and "list jobs", by which clients watch it.

use std::sync::Arc;

use prost_types::Any;
use rescind_model::{OperationState, RequestKind};

use super::message::{JobInstance, JobItem, JobList, JobQuery, parse_time, time_text};
use super::problem::Problem;
use super::store::Store;
use super::{Answer, Call, Sent};
use crate::choices::Choices;
use crate::operation::{End, Ending, Key, Operation, Task, Timeline};
use crate::status::Status;
use crate::time::{Span, Time};
use crate::turn::{self, Turn};
use crate::world::World;

/// How far back jobs are listed where the request does not say it, and the longest span that it may ask for.
const LISTED_FOR: Span = Span::days(30);
/// How many jobs a page may have, the default last.
const LIMITS: [usize; 3] = [10, 20, 50];
const STATES: [&str; 3] = ["Running", "Completed", "Failed"];

/// What a job does.
#[derive(Debug)]
pub enum Job {
    /// It makes the backup that has its key.
    Backup {
        /// The id of the instance.
        instance: Arc<str>,
        /// The jobs that are to stop it.
        stops: Vec<Key>,
    },
    /// It stops the backup with this key: it is completed if it does, and failed if the backup ends otherwise.
    Stop {
        /// The id of the instance.
        instance: Arc<str>,
        /// The backup.
        backup: Key,
    },
    /// It deletes a backup.
    Delete {
        /// The id of the instance.
        instance: Arc<str>,
    },
}

impl Job {
    fn instance(&self) -> &Arc<str> {
        match self {
            Job::Backup { instance, .. } | Job::Stop { instance, .. } | Job::Delete { instance } => instance,
        }
    }

    fn name<'a>(&self, choices: &'a Choices) -> &'a str {
        match self {
            Job::Backup { .. } => "BackupInstance",
            Job::Stop { .. } => &choices.geminidb.stop_job,
            Job::Delete { .. } => &choices.geminidb.delete_job,
        }
    }
}

/// The id of the job with this key: a UUID.
pub fn job_id(key: Key) -> String {
    format!("00000000-0000-4000-8000-{key:012x}")
}

/// The key in the id of a job; none for what does not have the form of one.
fn key_of_job(id: &str) -> Option<Key> {
    let key = Key::from_str_radix(id.rsplit('-').next()?, 16).ok()?;
    // Comparing the whole refuses other spellings of the number.
    (job_id(key) == id).then_some(key)
}

impl Store {
    /// The key of the backup that the job with this id makes or is to stop.
    pub fn backup_of_job(&self, id: &str) -> Option<Key> {
        let key = key_of_job(id)?;
        match self.jobs.get(&key)? {
            Job::Backup { .. } => Some(key),
            Job::Stop { backup, .. } => Some(*backup),
            Job::Delete { .. } => None,
        }
    }
}

/// Starts a job.
pub fn start(world: &mut World, job: Job, now: Time) -> Key {
    let parent = format!("projects/{}", world.id);
    let task = Box::new(Run { makes_backup: matches!(job, Job::Backup { .. }) });
    let key = world.start(Operation::new(parent, task, now));
    world.geminidb.jobs.insert(key, job);
    key
}

/// A job as an operation. What it does stands in the store, where lists find it.
#[derive(Debug)]
struct Run {
    makes_backup: bool,
}

impl Task for Run {
    /// Jobs are not shown as operations of Google's.
    fn metadata(&self, _parent: &str, _timeline: &Timeline) -> Any {
        Any::default()
    }

    fn response(&self, _parent: &str) -> Option<Any> {
        None
    }

    /// The jobs that were to stop a backup end with the job that makes it.
    fn end(&mut self, world: &mut World, _parent: &str, ending: &Ending<'_>) {
        let stop = if ending.end == End::Cancelled { End::Completed } else { End::Failed };
        for key in world.geminidb.ended(ending) {
            world.end(key, stop, ending.now, ending.choices);
        }
    }

    /// Clients know a job by its id alone.
    fn name(&self, key: Key) -> Option<String> {
        Some(job_id(key))
    }

    fn creates_backup(&self) -> bool {
        self.makes_backup
    }
}

/// List jobs.
#[derive(Clone, Debug)]
pub struct ListJobs {
    /// Which.
    pub query: Sent<JobQuery>,
}

impl ListJobs {
    fn id(&self) -> Option<&str> {
        self.query.as_ref().ok()?.id.as_deref()
    }

    /// The backup whose progress the request looks at: that of the job which it names. A request that names none
    /// looks at the latest that the sample has begun.
    fn watched(&self, world: &World) -> Option<Key> {
        match self.id() {
            Some(id) => world.geminidb.backup_of_job(id),
            None => world.geminidb.latest_first().find(|(_, backup)| !backup.foreign).map(|(key, _)| key),
        }
    }
}

impl Call for ListJobs {
    type Reply = JobList;
    const NAME: &'static str = "ListJobs";
    const STATUS: u16 = 200;

    fn resource(&self, project: &str) -> String {
        match self.id() {
            Some(id) => format!("projects/{project}/jobs/{id}"),
            None => format!("projects/{project}/jobs"),
        }
    }

    fn arrive(&self, world: &mut World) -> RequestKind {
        let kind = self.watched(world).and_then(|key| turn::poll_kind(world, key));
        kind.unwrap_or_else(|| RequestKind::Rpc(Self::NAME.to_owned()))
    }

    fn serve(self, turn: &mut Turn<'_>) -> Result<Answer<JobList>, Status> {
        let watched = self.watched(turn.world);
        let wanted = Wanted::read(self.query?, turn.now)?;
        let looks = matches!(turn.kind(), RequestKind::Poll | RequestKind::EarlyPoll);
        let runs = |key: &Key| turn.world.operations.get(*key).is_some_and(Operation::is_running);
        if let Some(key) = watched.filter(runs).filter(|_| looks) {
            turn.look_at(key);
        }
        let found: Vec<JobItem> = (turn.world.geminidb.jobs.iter().rev())
            .filter_map(|(key, job)| Some((*key, job, turn.world.operations.get(*key)?)))
            .filter(|(key, job, operation)| wanted.matches(*key, operation, job.name(turn.choices)))
            .map(|(key, job, operation)| item(turn, key, job, operation))
            .collect();
        let total_count = found.len();
        let jobs: Vec<JobItem> = found.into_iter().skip(wanted.offset).take(wanted.limit).collect();
        let shown = watched.filter(|key| {
            let id = job_id(*key);
            jobs.iter().any(|job| job.id == id) || wanted.id.is_some() && !jobs.is_empty()
        });
        Ok(Answer { body: JobList { total_count, jobs }, job: shown.map(job_id) })
    }
}

/// Which jobs are asked for.
struct Wanted {
    id: Option<String>,
    name: Option<String>,
    status: Option<String>,
    from: Time,
    to: Time,
    offset: usize,
    limit: usize,
}

impl Wanted {
    fn read(query: JobQuery, now: Time) -> Result<Wanted, Status> {
        let JobQuery { id, start_time, end_time, status, name, offset, limit } = query;
        let time = |what: &str, text: Option<String>, default: Time| match text {
            None => Ok(default),
            Some(text) => parse_time(&text).ok_or_else(|| {
                Problem::PARAMETER.about(format!("{what} must have the form yyyy-mm-ddThh:mm:ssZ"))
            }),
        };
        let to = time("end_time", end_time, now)?;
        let from = time("start_time", start_time, to - LISTED_FOR)?;
        if from >= to || to - LISTED_FOR > from {
            let rule = "end_time must be later than start_time by at most 30 days";
            return Err(Problem::PARAMETER.about(rule));
        }
        if status.as_ref().is_some_and(|status| !STATES.contains(&status.as_str())) {
            return Err(Problem::PARAMETER.about("status must be Running, Completed or Failed"));
        }
        let limit = match limit {
            None => LIMITS[2],
            Some(text) => LIMITS
                .into_iter()
                .find(|limit| limit.to_string() == text)
                .ok_or_else(|| Problem::LIMIT.about("it must be 10, 20 or 50"))?,
        };
        let offset = offset.map_or(Ok(0), |text| text.parse()).map_err(|_| Problem::OFFSET.status())?;
        Ok(Wanted { id, name, status, from, to, offset, limit })
    }

    fn matches(&self, key: Key, operation: &Operation, name: &str) -> bool {
        self.id.as_ref().is_none_or(|id| *id == job_id(key))
            && self.name.as_ref().is_none_or(|wanted| wanted == name)
            && self.status.as_ref().is_none_or(|status| status == status_word(operation))
            && (self.from..=self.to).contains(&operation.start)
    }
}

fn status_word(operation: &Operation) -> &'static str {
    match operation.state() {
        OperationState::Running => STATES[0],
        OperationState::Completed => STATES[1],
        OperationState::Failed(_) => STATES[2],
    }
}

fn item(turn: &Turn<'_>, key: Key, job: &Job, operation: &Operation) -> JobItem {
    let running = operation.is_running();
    let fail_reason = match (job, &operation.error) {
        (_, None) => "",
        (Job::Stop { .. }, Some(_)) => &turn.choices.geminidb.not_stopped_reason,
        (_, Some(error)) => &error.message,
    };
    let instance = job.instance().to_string();
    JobItem {
        id: job_id(key),
        name: job.name(turn.choices).to_owned(),
        status: status_word(operation),
        start_time: time_text(operation.start),
        end_time: operation.end.map(time_text),
        progress: if running { format!("{}%", operation.percent(turn.now)) } else { String::new() },
        instance: JobInstance { id: instance.clone(), name: instance },
        fail_reason: fail_reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_of_jobs_yield_their_keys(key in 1u64..1 << 48) {
            prop_assert_eq!(key_of_job(&job_id(key)), Some(key));
            prop_assert_eq!(job_id(key).len(), 36);
        }

        #[test]
        fn no_text_makes_reading_ids_of_jobs_panic(id in "[0-9a-f+-]{0,40}|.{0,40}") {
            if let Some(key) = key_of_job(&id) {
                prop_assert_eq!(job_id(key), id);
            }
        }
    }
}
