//! The REST calls of the documentation's pages, one by one, as curl makes them; the answers are in the snapshots.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::emulators::{Emulator, Emulators};

/// A test of a page, which gets the emulators.
pub struct Check {
    pub name: &'static str,
    pub run: fn(&Emulators),
}

/// All of them.
pub const CHECKS: &[Check] = &[
    Check { name: "operations_of_instances", run: operations_of_instances },
    Check { name: "operations_of_databases", run: operations_of_databases },
    Check { name: "a_change_of_a_schema_that_is_done", run: schema_change_that_is_done },
    Check { name: "a_change_of_a_schema_that_is_cancelled", run: schema_change_that_is_cancelled },
    Check { name: "a_backup_that_is_cancelled", run: backup_that_is_cancelled },
    Check { name: "a_backup_that_is_made_and_restored", run: backup_that_is_restored },
    Check { name: "an_operation_of_alloydb_that_is_cancelled", run: alloydb },
    Check { name: "a_backup_of_geminidb_that_is_stopped", run: geminidb },
];

/// curl, and what it has said and heard.
struct Curl {
    address: SocketAddr,
    credentials: &'static str,
    transcript: String,
}

impl Curl {
    /// For a project that is set up like this and runs free.
    fn new(emulator: &Emulator, project: &str, setup: &Value) -> Curl {
        emulator.put(project, setup);
        Curl {
            address: emulator.address,
            credentials: "Authorization: Bearer token",
            transcript: String::new(),
        }
    }

    fn spanner(emulator: &Emulator, project: &str) -> Curl {
        let setup = json!({ "service": "spanner", "instance": "test-instance", "database": "example-db" });
        Curl::new(emulator, project, &setup)
    }

    /// Makes a call that is answered with this status; the body of the answer.
    #[track_caller]
    fn call(&mut self, status: u16, method: &str, path: &str, body: Option<Value>) -> Value {
        let url = format!("http://{}{path}", self.address);
        let shown_body = body.clone().map(pretty);
        let body = body.map(|body| body.to_string());
        let mut arguments = vec![
            "--silent",
            "--show-error",
            "--write-out",
            "\n%{http_code}",
            "-X",
            method,
            "-H",
            self.credentials,
        ];
        if let Some(body) = &body {
            arguments.extend(["-H", "Content-Type: application/json; charset=utf-8", "-d", body]);
        }
        arguments.push(&url);
        let output = duct::cmd("curl", arguments).env("no_proxy", "*").read().unwrap();
        let (reply, code) = output.rsplit_once('\n').unwrap();
        let reply: Value = serde_json::from_str(reply).unwrap_or_else(|error| panic!("{error}: {reply}"));
        writeln!(self.transcript, "{method} {path}").unwrap();
        if let Some(body) = shown_body {
            writeln!(self.transcript, "{body}").unwrap();
        }
        writeln!(self.transcript, "\n{code}\n{}\n", pretty(reply.clone())).unwrap();
        assert_eq!(code, status.to_string(), "{}", self.transcript);
        reply
    }

    #[track_caller]
    fn ok(&mut self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.call(200, method, path, body)
    }

    #[track_caller]
    fn get(&mut self, name: &str) -> Value {
        self.ok("GET", &format!("/v1/{name}"), None)
    }
}

fn pretty(value: Value) -> String {
    serde_json::to_string_pretty(&without_times(value)).unwrap()
}

/// The same, with a word in the place of each time.
fn without_times(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("20") && text.contains("T") && text.contains(':') => {
            "[time]".into()
        }
        Value::Array(items) => items.into_iter().map(without_times).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, without_times(value))).collect(),
        value => value,
    }
}

fn name(operation: &Value) -> String {
    operation["name"].as_str().unwrap().to_owned()
}

fn operations_of_instances(emulators: &Emulators) {
    let mut curl = Curl::spanner(emulators.lasting(), "curl-instances");
    let project = "projects/curl-instances";
    let config = format!("{project}/instanceConfigs/regional-us-central1");
    let instance = json!({ "config": config, "displayName": "Another", "nodeCount": 1 });
    let body = json!({ "instanceId": "another", "instance": instance });
    let operation = name(&curl.ok("POST", &format!("/v1/{project}/instances"), Some(body)));
    assert!(operation.starts_with(&format!("{project}/instances/another/operations/")), "{operation}");
    curl.get(&operation);
    curl.get(&format!("{project}/instances/another/operations"));
    curl.ok("POST", &format!("/v1/{operation}:cancel"), None);
    curl.get(&operation);
    curl.ok("DELETE", &format!("/v1/{operation}"), None);
    curl.call(404, "GET", &format!("/v1/{operation}"), None);
    // The other method of the page that begins an operation.
    let body = json!({ "instance": { "nodeCount": 2 }, "fieldMask": "nodeCount" });
    curl.ok("PATCH", &format!("/v1/{project}/instances/test-instance"), Some(body));
    assert_snapshot!("operations_of_instances", curl.transcript);
}

fn operations_of_databases(emulators: &Emulators) {
    let mut curl = Curl::spanner(emulators.lasting(), "curl-databases");
    let instance = "projects/curl-databases/instances/test-instance";
    let body = json!({ "createStatement": "CREATE DATABASE `another`" });
    let operation = name(&curl.ok("POST", &format!("/v1/{instance}/databases"), Some(body)));
    curl.get(&operation);
    curl.get(&format!("{instance}/databases/another/operations"));
    curl.get(&format!("{instance}/databaseOperations"));
    // "Delete a long-running operation: unsupported."
    curl.call(501, "DELETE", &format!("/v1/{operation}"), None);
    curl.ok("POST", &format!("/v1/{operation}:cancel"), None);
    curl.get(&operation);
    assert_snapshot!("operations_of_databases", curl.transcript);
}

fn schema_change_that_is_done(emulators: &Emulators) {
    let mut curl = Curl::spanner(emulators.brief(), "curl-schema-done");
    let database = "projects/curl-schema-done/instances/test-instance/databases/example-db";
    let statements = ["CREATE TABLE T (Id INT64) PRIMARY KEY (Id)", "CREATE INDEX ById ON T (Id)"];
    let operation =
        name(&curl.ok("PATCH", &format!("/v1/{database}/ddl"), Some(json!({ "statements": statements }))));
    while curl.get(&operation)["done"] != true {}
    // How often it was asked is a matter of time, the last answer is not.
    curl.transcript.clear();
    curl.get(&operation);
    curl.get(&format!("{database}/ddl"));
    assert_snapshot!("a_change_of_a_schema_that_is_done", curl.transcript);
}

fn schema_change_that_is_cancelled(emulators: &Emulators) {
    let mut curl = Curl::spanner(emulators.lasting(), "curl-schema-cancelled");
    let database = "projects/curl-schema-cancelled/instances/test-instance/databases/example-db";
    let statements = ["CREATE TABLE T (Id INT64) PRIMARY KEY (Id)"];
    let operation =
        name(&curl.ok("PATCH", &format!("/v1/{database}/ddl"), Some(json!({ "statements": statements }))));
    curl.get(&operation);
    curl.get(&format!("{database}/operations"));
    curl.ok("POST", &format!("/v1/{operation}:cancel"), None);
    curl.get(&operation);
    assert_snapshot!("a_change_of_a_schema_that_is_cancelled", curl.transcript);
}

fn backup(database: &str) -> Value {
    let expiry = SystemTime::now() + Duration::from_secs(30 * 24 * 60 * 60);
    json!({ "database": database, "expireTime": humantime::format_rfc3339_seconds(expiry).to_string() })
}

fn backup_that_is_cancelled(emulators: &Emulators) {
    let mut curl = Curl::spanner(emulators.lasting(), "curl-backup-cancelled");
    let instance = "projects/curl-backup-cancelled/instances/test-instance";
    let body = backup(&format!("{instance}/databases/example-db"));
    let operation =
        name(&curl.ok("POST", &format!("/v1/{instance}/backups?backupId=test-backup"), Some(body)));
    curl.get(&operation);
    curl.get(&format!("{instance}/backups/test-backup/operations"));
    curl.get(&format!("{instance}/backupOperations"));
    curl.ok("POST", &format!("/v1/{operation}:cancel"), None);
    curl.get(&operation);
    curl.call(404, "GET", &format!("/v1/{instance}/backups/test-backup"), None);
    assert_snapshot!("a_backup_that_is_cancelled", curl.transcript);
}

fn backup_that_is_restored(emulators: &Emulators) {
    let mut curl = Curl::spanner(emulators.brief(), "curl-backup-restored");
    let instance = "projects/curl-backup-restored/instances/test-instance";
    let body = backup(&format!("{instance}/databases/example-db"));
    let operation =
        name(&curl.ok("POST", &format!("/v1/{instance}/backups?backupId=test-backup"), Some(body)));
    while curl.get(&operation)["done"] != true {}
    let body = json!({ "databaseId": "restored", "backup": format!("{instance}/backups/test-backup") });
    let restore = name(&curl.ok("POST", &format!("/v1/{instance}/databases:restore"), Some(body)));
    while curl.get(&restore)["done"] != true {}
    let metadata = curl.get(&restore)["metadata"].take();
    let optimize = metadata["optimizeDatabaseOperationName"].as_str().unwrap();
    while curl.get(optimize)["done"] != true {}
    curl.transcript.clear();
    curl.get(&operation);
    curl.get(&restore);
    curl.get(&format!("{instance}/databases/restored/operations"));
    assert_snapshot!("a_backup_that_is_made_and_restored", curl.transcript);
}

fn alloydb(emulators: &Emulators) {
    let project = "curl-alloydb";
    let setup = json!({ "service": "alloydb", "instance": "us-central1", "database": "test-cluster" });
    let mut curl = Curl::new(emulators.lasting(), project, &setup);
    let location = format!("projects/{project}/locations/us-central1");
    let body = json!({ "clusterName": format!("{location}/clusters/test-cluster") });
    let path = format!("/v1beta/{location}/backups?backupId=test-backup");
    let operation = name(&curl.ok("POST", &path, Some(body)));
    // "The request body must be empty. If successful, the response body is an empty JSON object."
    assert_eq!(curl.ok("POST", &format!("/v1beta/{operation}:cancel"), None), json!({}));
    // "An operation with an Operation.error value with a google.rpc.Status.code of 1."
    let ended = curl.ok("GET", &format!("/v1beta/{operation}"), None);
    assert_eq!(ended["error"]["code"], 1);
    assert_snapshot!("an_operation_of_alloydb_that_is_cancelled", curl.transcript);
}

fn geminidb(emulators: &Emulators) {
    let project = "curl-geminidb";
    let setup = json!({ "service": "geminidb", "instance": "", "database": "test-instance" });
    let mut curl = Curl::new(emulators.lasting(), project, &setup);
    curl.credentials = "X-Auth-Token: token";
    let path = format!("/v3/{project}/instances/test-instance/backups");
    let started = curl.call(202, "POST", &path, Some(json!({ "name": "test-backup" })));
    let path = format!("/v3/{project}/backups/{}", started["backup_id"].as_str().unwrap());
    let stopped = curl.call(202, "PUT", &path, Some(json!({ "action": "stop" })));
    assert_eq!(stopped.as_object().unwrap().keys().collect::<Vec<_>>(), ["job_id"]);
    curl.ok("GET", &format!("/v3/{project}/jobs?id={}", stopped["job_id"].as_str().unwrap()), None);
    curl.call(400, "PUT", &path, Some(json!({ "action": "pause" })));
    curl.credentials = "Accept: application/json";
    curl.call(401, "PUT", &path, Some(json!({ "action": "stop" })));
    assert_snapshot!("a_backup_of_geminidb_that_is_stopped", curl.transcript);
}
