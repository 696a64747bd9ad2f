//! Jobs as operations, and "list jobs", by which clients watch them.

use prost_types::Any;
use rescind_model::{OperationState, RequestKind};

use super::job::{Job, job_id};
use super::message::{JobInstance, JobItem, JobList, JobQuery, parse_time, time_text};
use super::problem::Problem;
use super::request::{ApiRequest, Sent};
use super::state::{Store, Turn};
use crate::kernel::operation::{End, Ending, Key, Operation, Task, Timeline};
use crate::kernel::turn::poll_kind;
use crate::kernel::{Span, Status, Time};

/// How far back jobs are listed where the request does not say it, and the longest span that it may ask for.
const LISTED_FOR: Span = Span::days(30);
/// How many jobs a page may have, the default last.
const LIMITS: [usize; 3] = [10, 20, 50];
const STATES: [&str; 3] = ["Running", "Completed", "Failed"];

/// Starts a job.
pub fn start(store: &mut Store, job: Job, now: Time) -> Key {
    let parent = format!("projects/{}", store.id);
    let task = Box::new(Run { makes_backup: matches!(job, Job::Backup { .. }) });
    let key = store.start(Operation::new(parent, task, now));
    store.state.jobs.insert(key, job);
    key
}

/// A job as an operation. What it does stands in the store, where lists find it.
#[derive(Debug)]
struct Run {
    makes_backup: bool,
}

impl Task<Store> for Run {
    /// Jobs are not shown as operations of Google's.
    fn metadata(&self, _parent: &str, _timeline: &Timeline) -> Any {
        Any::default()
    }

    fn response(&self, _parent: &str) -> Option<Any> {
        None
    }

    /// The jobs that were to stop a backup end with the job that makes it.
    fn end(&mut self, store: &mut Store, _parent: &str, ending: &Ending<'_>) {
        let stop = if ending.end == End::Cancelled { End::Completed } else { End::Failed };
        for key in store.state.ended(ending) {
            store.end(key, stop, ending.now, ending.choices);
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
    fn watched(&self, store: &Store) -> Option<Key> {
        match self.id() {
            Some(id) => store.state.backup_of_job(id),
            None => store.state.latest_first().find(|(_, backup)| !backup.foreign).map(|(key, _)| key),
        }
    }
}

impl ApiRequest for ListJobs {
    type Reply = JobList;
    const NAME: &'static str = "ListJobs";
    const STATUS: u16 = 200;

    fn resource(&self, project: &str) -> String {
        match self.id() {
            Some(id) => format!("projects/{project}/jobs/{id}"),
            None => format!("projects/{project}/jobs"),
        }
    }

    fn arrive(&self, store: &mut Store) -> RequestKind {
        let kind = self.watched(store).and_then(|key| poll_kind(store, key));
        kind.unwrap_or_else(|| RequestKind::Rpc(Self::NAME.to_owned()))
    }

    fn serve(self, turn: &mut Turn<'_>) -> Result<JobList, Status> {
        let watched = self.watched(turn.store);
        let wanted = JobFilter::read(self.query?, turn.now)?;
        let looks = matches!(turn.kind(), RequestKind::Poll | RequestKind::EarlyPoll);
        let runs = |key: &Key| turn.store.operations.get(*key).is_some_and(Operation::is_running);
        if let Some(key) = watched.filter(runs).filter(|_| looks) {
            turn.look_at(key);
        }
        let found: Vec<JobItem> = (turn.store.state.jobs.iter().rev())
            .filter_map(|(key, job)| Some((*key, job, turn.store.operations.get(*key)?)))
            .filter(|(key, job, operation)| {
                wanted.matches(*key, operation, job.name(&turn.store.state.choices))
            })
            .map(|(key, job, operation)| item(turn, key, job, operation))
            .collect();
        let total_count = found.len();
        let jobs: Vec<JobItem> = found.into_iter().skip(wanted.offset).take(wanted.limit).collect();
        let shown = watched.filter(|key| {
            let id = job_id(*key);
            jobs.iter().any(|job| job.id == id) || wanted.id.is_some() && !jobs.is_empty()
        });
        if let Some(key) = shown {
            turn.shows(key);
        }
        Ok(JobList { total_count, jobs })
    }
}

/// Which jobs are asked for.
struct JobFilter {
    id: Option<String>,
    name: Option<String>,
    status: Option<String>,
    from: Time,
    to: Time,
    offset: usize,
    limit: usize,
}

impl JobFilter {
    fn read(query: JobQuery, now: Time) -> Result<JobFilter, Status> {
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
        Ok(JobFilter { id, name, status, from, to, offset, limit })
    }

    fn matches(&self, key: Key, operation: &Operation<Store>, name: &str) -> bool {
        self.id.as_ref().is_none_or(|id| *id == job_id(key))
            && self.name.as_ref().is_none_or(|wanted| wanted == name)
            && self.status.as_ref().is_none_or(|status| status == status_word(operation))
            && (self.from..=self.to).contains(&operation.start)
    }
}

fn status_word(operation: &Operation<Store>) -> &'static str {
    match operation.state() {
        OperationState::Running => STATES[0],
        OperationState::Completed => STATES[1],
        OperationState::Failed(_) => STATES[2],
    }
}

fn item(turn: &Turn<'_>, key: Key, job: &Job, operation: &Operation<Store>) -> JobItem {
    let running = operation.is_running();
    let fail_reason = match (job, &operation.error) {
        (_, None) => "",
        (Job::Stop { .. }, Some(_)) => &turn.store.state.choices.not_stopped_reason,
        (_, Some(error)) => &error.message,
    };
    let instance = job.instance().to_string();
    JobItem {
        id: job_id(key),
        name: job.name(&turn.store.state.choices).to_owned(),
        status: status_word(operation),
        start_time: time_text(operation.start),
        end_time: operation.end.map(time_text),
        progress: if running { format!("{}%", operation.percent(turn.now)) } else { String::new() },
        instance: JobInstance { id: instance.clone(), name: instance },
        fail_reason: fail_reason.to_owned(),
    }
}
