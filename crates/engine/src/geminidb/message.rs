//! The JSON messages of GeminiDB.

use rescind_model::BackupState;
use serde::{Deserialize, Serialize};

use crate::kernel::Time;

/// The versions in which backups can be listed. Version 3 counts pages, the later ones count backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiVersion {
    /// `/v3`
    V3,
    /// `/v3.1`
    V3_1,
    /// `/v4`
    V4,
}

/// A part of an instance that a backup is limited to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct DatabaseTable {
    /// The database.
    pub database_name: String,
    /// Its tables; all of them, if this is empty.
    #[serde(default)]
    pub table_names: Vec<String>,
}

/// The body of "create a backup".
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct NewBackup {
    /// The name, which the API requires.
    pub name: Option<String>,
    /// A description.
    pub description: Option<String>,
    /// What it is limited to; the whole instance, if this is empty. For Cassandra only.
    pub database_tables: Option<Vec<DatabaseTable>>,
}

/// The body of "stop a backup".
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct StopAction {
    /// `stop`
    pub action: Option<String>,
}

/// The body of "delete backups in a batch".
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct WantedBackups {
    /// The ids of the backups.
    pub backup_ids: Option<Vec<String>>,
}

/// The query of "list backups". Every value is as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct BackupQuery {
    /// Only those of this instance.
    pub instance_id: Option<String>,
    /// Only those of instances of this kind.
    pub datastore_type: Option<String>,
    /// Only the one with this id.
    pub backup_id: Option<String>,
    /// `Auto` or `Manual`.
    pub backup_type: Option<String>,
    /// `Instance` or `DatabaseTable`; not in version 3.
    pub r#type: Option<String>,
    /// Only those begun at this time or later.
    pub begin_time: Option<String>,
    /// Only those begun at this time or earlier.
    pub end_time: Option<String>,
    /// Where the page begins.
    pub offset: Option<String>,
    /// How long it is.
    pub limit: Option<String>,
}

/// The query of "list jobs". Every value is as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct JobQuery {
    /// Only the one with this id.
    pub id: Option<String>,
    /// Only those started at this time or later; 30 days ago, if it is left out.
    pub start_time: Option<String>,
    /// Only those started at this time or earlier; now, if it is left out.
    pub end_time: Option<String>,
    /// `Running`, `Completed` or `Failed`.
    pub status: Option<String>,
    /// What they do, `BackupInstance`.
    pub name: Option<String>,
    /// How many to leave out.
    pub offset: Option<String>,
    /// How many to answer: 10, 20 or 50.
    pub limit: Option<String>,
}

/// The answer to "create a backup".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StartedBackup {
    /// The job that creates it.
    pub job_id: String,
    /// Its id.
    pub backup_id: String,
}

/// The answer to what starts a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StartedJob {
    /// The job.
    pub job_id: String,
}

/// An answer that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Empty {}

/// What an instance runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Datastore {
    /// `cassandra`, `mongodb`, `influxdb` or `redis`.
    pub r#type: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// A backup in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupItem {
    /// Its id.
    pub id: String,
    /// The name that was chosen for it.
    pub name: String,
    /// The description that was given to it.
    pub description: String,
    /// The id of the instance.
    pub instance_id: String,
    /// The name of the instance, which is its id here.
    pub instance_name: String,
    /// What the instance runs.
    pub datastore: Datastore,
    /// `Manual`
    pub r#type: &'static str,
    /// `BUILDING`, `COMPLETED` or `FAILED`.
    pub status: &'static str,
    /// In KB.
    pub size: u64,
    /// When it was begun: `2019-05-27T03:38:51+0000`.
    pub begin_time: String,
    /// When it was completed or failed; missing while it is building.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// What it is limited to; empty for a backup of the whole instance.
    pub database_tables: Vec<DatabaseTable>,
}

/// A page of backups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupList {
    /// How many there are on all pages.
    pub total_count: usize,
    /// Those on this page.
    pub backups: Vec<BackupItem>,
}

/// The instance that a job works on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JobInstance {
    /// Its id.
    pub id: String,
    /// Its name, which is its id here.
    pub name: String,
}

/// A job in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JobItem {
    /// Its id.
    pub id: String,
    /// What it does: `BackupInstance`.
    pub name: String,
    /// `Running`, `Completed` or `Failed`.
    pub status: &'static str,
    /// When it was started.
    pub start_time: String,
    /// When it ended; missing while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// `60%` while it runs, then empty.
    pub progress: String,
    /// What it works on.
    pub instance: JobInstance,
    /// Why it failed; empty if it did not.
    pub fail_reason: String,
}

/// A page of jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JobList {
    /// How many there are on all pages.
    pub total_count: usize,
    /// Those on this page.
    pub jobs: Vec<JobItem>,
}

/// The status of a backup in this state. The API knows no word for one that is being deleted.
pub(super) fn status_word(state: BackupState) -> &'static str {
    match state {
        BackupState::Creating => "BUILDING",
        BackupState::Ready => "COMPLETED",
        BackupState::Failed | BackupState::Deleting => "FAILED",
    }
}

/// A moment as answers show it: `2019-05-27T03:38:51+0000`.
pub(super) fn time_text(time: Time) -> String {
    let second = Time::from_micros(time.micros().div_euclid(1_000_000) * 1_000_000);
    let text = second.to_string();
    format!("{}+0000", text.trim_end_matches('Z'))
}

/// Reads `yyyy-mm-dd hh:mm:ss` (UTC) and `yyyy-mm-ddThh:mm:ssZ`, where `Z` is an offset such as `+0800`.
pub(super) fn parse_time(text: &str) -> Option<Time> {
    let offset_at = text.len().checked_sub(5).filter(|at| text.is_char_boundary(*at))?;
    let (clock, offset) = text.split_at(offset_at);
    let is_offset = offset.starts_with(['+', '-']) && offset[1..].chars().all(|c| c.is_ascii_digit());
    match is_offset && clock.contains(['T', ' ']) {
        // RFC 3339 wants a colon.
        true => Time::parse(&format!("{clock}{}:{}", &offset[..3], &offset[3..])),
        false => Time::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_form_of_the_documentation_and_shown_in_one() {
        let time = parse_time("2019-05-27T03:38:51+0000").unwrap();
        for same in [
            "2019-05-27 03:38:51",
            "2019-05-27T03:38:51Z",
            "2019-05-27T11:38:51+0800",
            "2019-05-27T03:38:51+00:00",
        ] {
            assert_eq!(parse_time(same), Some(time), "{same}");
        }
        assert_eq!(time_text(time + crate::Span::MICROSECOND), "2019-05-27T03:38:51+0000");
        for text in ["", "soon", "+0800", "äöü+0800", "2019-05-27T03:38+0000"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
