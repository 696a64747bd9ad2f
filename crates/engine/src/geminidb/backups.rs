//! Backups: create, stop, delete, delete in a batch, list.

use rescind_model::{BackupState, Decision, RequestKind};

use super::job::{Job, job_id};
use super::jobs;
use super::message::{
    ApiVersion, BackupList, BackupQuery, Empty, NewBackup, StartedBackup, StartedJob, StopAction,
    WantedBackups,
};
use super::problem::Problem;
use super::query::BackupFilter;
use super::request::{ApiRequest, Sent};
use super::state::{Backup, Store, Turn, backup_id, full_name, is_backup_id};
use crate::kernel::Status;
use crate::kernel::operation::{Cancel, End, Key};

/// How many backups can be deleted at once.
const LARGEST_BATCH: usize = 10;

/// Create a backup.
#[derive(Clone, Debug)]
pub struct CreateBackup {
    /// The id of the instance.
    pub instance: String,
    /// What is asked for.
    pub body: Sent<NewBackup>,
}

impl ApiRequest for CreateBackup {
    type Reply = StartedBackup;
    const NAME: &'static str = "CreateBackup";
    const STATUS: u16 = 202;

    fn resource(&self, project: &str) -> String {
        let name = self.body.as_ref().ok().and_then(|body| body.name.as_deref());
        full_name(project, &self.instance, name.unwrap_or_default())
    }

    fn arrive(&self, _store: &mut Store) -> RequestKind {
        RequestKind::Create
    }

    fn serve(self, turn: &mut Turn<'_>) -> Result<StartedBackup, Status> {
        let backup = check_create(turn, &self.instance, self.body?)?;
        let job = Job::Backup { instance: backup.instance.clone(), stops: Vec::new() };
        let key = jobs::start(turn.store, job, turn.now);
        turn.store.state.insert(key, backup);
        // The answer does not show how far the job is: that it be completed already cannot be told from `done-after`.
        match turn.choose(&[Decision::Running, Decision::DoneAfter, Decision::FailedAfter]) {
            Decision::DoneAfter => turn.store.end_later(key, End::Completed),
            Decision::FailedAfter => turn.store.end_later(key, End::Failed),
            _ => {}
        }
        turn.shows(key);
        Ok(StartedBackup { job_id: job_id(key), backup_id: backup_id(key) })
    }
}

/// Every rule that is checked before a backup is begun; the backup.
fn check_create(turn: &Turn<'_>, instance: &str, body: NewBackup) -> Result<Backup, Status> {
    let state = &turn.store.state;
    let instance = state.instances.get(instance).ok_or_else(|| Problem::NO_INSTANCE.status())?;
    let name = body.name.filter(|name| is_name(name)).ok_or_else(|| {
        Problem::BACKUP_NAME.about("4 to 64 letters, digits, `-` and `_`, of which the first is a letter")
    })?;
    let description = body.description.unwrap_or_default();
    if description.chars().count() > 256 || description.contains(['>', '!', '<', '"', '&', '\'', '=']) {
        return Err(Problem::DESCRIPTION.about("at most 256 characters, none of them one of >!<\"&'="));
    }
    let tables = body.database_tables.unwrap_or_default();
    if !tables.is_empty() && !instance.is_cassandra() {
        return Err(Problem::PARAMETER.about("only backups of Cassandra can be limited by database_tables"));
    }
    if state.key_named(&instance.id, &name).is_some() {
        return Err(Problem::BACKUP_EXISTS.status());
    }
    if instance.building.is_some() {
        return Err(turn.store.state.choices.another_backup.status());
    }
    Ok(Backup {
        given_id: None,
        name: name.into(),
        description: description.into(),
        instance: instance.id.clone(),
        datastore: instance.datastore.clone(),
        tables,
        state: BackupState::Creating,
        begin: turn.now,
        end: None,
        foreign: false,
    })
}

/// True for what can be the name of a backup.
pub fn is_name(name: &str) -> bool {
    (4..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// The key and the record of the backup with this id.
fn find<'a>(turn: &'a Turn<'_>, id: &str) -> Result<(Key, &'a Backup), Status> {
    let state = &turn.store.state;
    let found = state.key_with_id(id).and_then(|key| Some((key, state.get(key)?)));
    // One that was given another id is not known by the one that the emulator would have made.
    let found = found.filter(|(key, backup)| backup.id(*key) == id);
    found.ok_or_else(|| if is_backup_id(id) { Problem::NO_BACKUP } else { Problem::BACKUP_ID }.status())
}

/// Stop a backup: only in BUILDING, and only of a Cassandra instance.
#[derive(Clone, Debug)]
pub struct StopBackup {
    /// The id of the backup.
    pub backup: String,
    /// What is to be done.
    pub body: Sent<StopAction>,
}

impl ApiRequest for StopBackup {
    type Reply = StartedJob;
    const NAME: &'static str = "StopBackup";
    const STATUS: u16 = 202;

    fn resource(&self, project: &str) -> String {
        format!("projects/{project}/backups/{}", self.backup)
    }

    /// Notes that a stop was received: looks at the job are counted apart from now on, whatever becomes of it.
    fn arrive(&self, store: &mut Store) -> RequestKind {
        let key = store.state.key_with_id(&self.backup).filter(|key| store.state.get(*key).is_some());
        let job = key.and_then(|key| store.operations.get_mut(key));
        if let Some(job) = job.filter(|job| job.cancel == Cancel::None) {
            job.cancel = Cancel::Received;
        }
        RequestKind::Cancel
    }

    fn serve(self, turn: &mut Turn<'_>) -> Result<StartedJob, Status> {
        if self.body?.action.as_deref() != Some("stop") {
            return Err(Problem::ACTION.about("action must be `stop`"));
        }
        let (key, backup) = find(turn, &self.backup)?;
        if backup.datastore.r#type != "cassandra" {
            return Err(turn.store.state.choices.not_cassandra.status());
        }
        if backup.state != BackupState::Creating {
            return Err(turn.store.state.choices.stop_in_wrong_state.status());
        }
        let stop = Job::Stop { instance: backup.instance.clone(), backup: key };
        let stop = jobs::start(turn.store, stop, turn.now);
        let takes_effect = turn.decide_cancel(key);
        if let Some(job) = turn.store.operations.get_mut(key) {
            job.cancel_time.get_or_insert(turn.now);
        }
        if let Some(Job::Backup { stops, .. }) = turn.store.state.jobs.get_mut(&key) {
            stops.push(stop);
        }
        if takes_effect {
            turn.end(key, End::Cancelled);
        }
        Ok(StartedJob { job_id: job_id(stop) })
    }
}

/// Refuses to delete a backup that is being made, unless that is chosen to stop it.
fn check_delete(turn: &Turn<'_>, id: &str) -> Result<Key, Status> {
    let (key, backup) = find(turn, id)?;
    match turn.store.state.choices.delete_while_building {
        Some(refusal) if backup.state == BackupState::Creating => Err(refusal.status()),
        _ => Ok(key),
    }
}

fn remove(turn: &mut Turn<'_>, key: Key) -> Key {
    let instance = turn.store.state.get(key).map(|backup| backup.instance.clone()).unwrap_or_default();
    // Without effect on a job that has ended.
    turn.end(key, End::Cancelled);
    turn.store.state.remove(key);
    let job = jobs::start(turn.store, Job::Delete { instance }, turn.now);
    turn.end(job, End::Completed);
    job
}

/// Delete a backup.
#[derive(Clone, Debug)]
pub struct DeleteBackup {
    /// The id of the backup.
    pub backup: String,
}

impl ApiRequest for DeleteBackup {
    type Reply = StartedJob;
    const NAME: &'static str = "DeleteBackup";
    const STATUS: u16 = 202;

    fn resource(&self, project: &str) -> String {
        format!("projects/{project}/backups/{}", self.backup)
    }

    fn arrive(&self, _store: &mut Store) -> RequestKind {
        RequestKind::Delete
    }

    fn serve(self, turn: &mut Turn<'_>) -> Result<StartedJob, Status> {
        let key = check_delete(turn, &self.backup)?;
        let job = remove(turn, key);
        Ok(StartedJob { job_id: job_id(job) })
    }
}

/// Delete backups in a batch: all of them, or none if one of them cannot be deleted.
#[derive(Clone, Debug)]
pub struct BatchDeleteBackups {
    /// Which.
    pub body: Sent<WantedBackups>,
}

impl ApiRequest for BatchDeleteBackups {
    type Reply = Empty;
    const NAME: &'static str = "BatchDeleteBackups";
    const STATUS: u16 = 202;

    /// The first backup stands for all: the journal tells the state of one.
    fn resource(&self, project: &str) -> String {
        let ids = self.body.as_ref().ok().and_then(|body| body.backup_ids.as_deref());
        match ids.and_then(<[String]>::first) {
            Some(id) => format!("projects/{project}/backups/{id}"),
            None => format!("projects/{project}/backups"),
        }
    }

    fn arrive(&self, _store: &mut Store) -> RequestKind {
        RequestKind::Delete
    }

    fn serve(self, turn: &mut Turn<'_>) -> Result<Empty, Status> {
        let ids = self.body?.backup_ids.unwrap_or_default();
        if !(1..=LARGEST_BATCH).contains(&ids.len()) {
            return Err(Problem::PARAMETER.about(format!("backup_ids must hold 1 to {LARGEST_BATCH} ids")));
        }
        let keys: Vec<Key> = ids.iter().map(|id| check_delete(turn, id)).collect::<Result<_, _>>()?;
        for key in keys {
            // The same id may stand there twice.
            if turn.store.state.get(key).is_some() {
                remove(turn, key);
            }
        }
        Ok(Empty {})
    }
}

/// List backups.
#[derive(Clone, Debug)]
pub struct ListBackups {
    /// The version of the API.
    pub version: ApiVersion,
    /// Which.
    pub query: Sent<BackupQuery>,
}

impl ListBackups {
    fn id(&self) -> Option<&str> {
        self.query.as_ref().ok()?.backup_id.as_deref()
    }
}

impl ApiRequest for ListBackups {
    type Reply = BackupList;
    const NAME: &'static str = "ListBackups";
    const STATUS: u16 = 200;

    fn resource(&self, project: &str) -> String {
        match self.id() {
            Some(id) => format!("projects/{project}/backups/{id}"),
            None => format!("projects/{project}/backups"),
        }
    }

    /// A list of the one backup with an id is the only way to get it.
    fn arrive(&self, _store: &mut Store) -> RequestKind {
        if self.id().is_some() { RequestKind::Get } else { RequestKind::List }
    }

    fn serve(self, turn: &mut Turn<'_>) -> Result<BackupList, Status> {
        let wanted = BackupFilter::read(self.query?, self.version)?;
        let found = turn.store.state.latest_first();
        let matching: Vec<(Key, &Backup)> =
            found.filter(|(key, backup)| wanted.matches(*key, backup)).collect();
        let page = matching.iter().skip(wanted.skip).take(wanted.limit);
        let size = u64::try_from(turn.store.state.choices.backup_size.0).unwrap_or_default();
        let backups = page.map(|(key, backup)| backup.item(*key, size)).collect();
        Ok(BackupList { total_count: matching.len(), backups })
    }
}
