//! The requests and replies of GeminiDB, as a client has them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request over HTTP.
pub struct Http {
    pub method: &'static str,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Vec<u8>,
}

fn http(method: &'static str, path: &str, body: &impl Serialize) -> Http {
    let body = serde_json::to_vec(body).unwrap();
    Http { method, path: format!("/v3/p/{path}"), query: Vec::new(), body }
}

/// The fields of a query that are there.
fn get(version: &str, path: &str, query: &impl Serialize) -> Http {
    let Value::Object(fields) = serde_json::to_value(query).unwrap() else { panic!("a query is an object") };
    let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
    let query = fields.into_iter().filter_map(text).collect();
    Http { method: "GET", path: format!("/{version}/p/{path}"), query, body: Vec::new() }
}

/// What a client asks.
pub trait Call {
    type Reply: DeserializeOwned + std::fmt::Debug;

    fn http(&self) -> Http;
}

#[derive(Debug, Deserialize)]
pub struct Error {
    pub error_code: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NewBackup {
    pub name: Option<String>,
    pub description: Option<String>,
    pub database_tables: Option<Value>,
}

#[derive(Clone, Debug)]
pub struct CreateBackup {
    pub instance: String,
    pub body: NewBackup,
}

#[derive(Debug, Deserialize)]
pub struct StartedBackup {
    pub job_id: String,
    pub backup_id: String,
}

impl Call for CreateBackup {
    type Reply = StartedBackup;

    fn http(&self) -> Http {
        http("POST", &format!("instances/{}/backups", self.instance), &self.body)
    }
}

#[derive(Clone, Debug)]
pub struct StopBackup {
    pub backup: String,
    pub action: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Started {
    pub job_id: String,
}

impl Call for StopBackup {
    type Reply = Started;

    fn http(&self) -> Http {
        http("PUT", &format!("backups/{}", self.backup), &serde_json::json!({ "action": self.action }))
    }
}

#[derive(Clone, Debug)]
pub struct DeleteBackup {
    pub backup: String,
}

impl Call for DeleteBackup {
    type Reply = Started;

    fn http(&self) -> Http {
        http("DELETE", &format!("backups/{}", self.backup), &())
    }
}

#[derive(Clone, Debug)]
pub struct BatchDeleteBackups {
    pub backup_ids: Vec<String>,
}

/// An answer without contents.
#[derive(Debug, Deserialize)]
pub struct Empty {}

impl Call for BatchDeleteBackups {
    type Reply = Empty;

    fn http(&self) -> Http {
        http("DELETE", "instances/backups", &serde_json::json!({ "backup_ids": self.backup_ids }))
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BackupQuery {
    pub instance_id: Option<String>,
    pub datastore_type: Option<String>,
    pub backup_id: Option<String>,
    pub backup_type: Option<String>,
    pub r#type: Option<String>,
    pub begin_time: Option<String>,
    pub end_time: Option<String>,
    pub offset: Option<String>,
    pub limit: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ListBackups {
    pub version: &'static str,
    pub query: BackupQuery,
}

#[derive(Debug, Deserialize)]
pub struct BackupList {
    pub total_count: usize,
    pub backups: Vec<BackupItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BackupItem {
    pub id: String,
    pub name: String,
    pub status: String,
}

impl Call for ListBackups {
    type Reply = BackupList;

    fn http(&self) -> Http {
        get(self.version, "backups", &self.query)
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JobQuery {
    pub id: Option<String>,
    pub start_time: Option<String>,
    pub end_time: Option<String>,
    pub status: Option<String>,
    pub name: Option<String>,
    pub offset: Option<String>,
    pub limit: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ListJobs {
    pub query: JobQuery,
}

#[derive(Debug, Deserialize)]
pub struct JobList {
    pub total_count: usize,
    pub jobs: Vec<JobItem>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct JobItem {
    pub id: String,
    pub name: String,
    pub status: String,
    pub progress: String,
    pub fail_reason: String,
}

impl Call for ListJobs {
    type Reply = JobList;

    fn http(&self) -> Http {
        get("v3", "jobs", &self.query)
    }
}
