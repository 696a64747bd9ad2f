//! The server, as an HTTP client of GeminiDB meets it.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rescind_emulator::{Emulator, Server};
use rescind_model::{BackupState, Code, Transport};
use serde_json::{Value, json};

use super::support::{INSTANCE, setup};
use crate::grpc::emulator;

const TOKEN: (&str, &str) = ("x-auth-token", "any");

struct Http {
    emulator: Emulator,
    server: Server,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Http {
    /// A server with the project `p`.
    async fn start(schedule: &str, given: &[(&str, BackupState)]) -> Http {
        let emulator = emulator();
        emulator.prepare("p", &setup(schedule, given)).unwrap();
        let server = Server::bind(emulator.clone(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        Http { emulator, server, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    async fn send_as(
        &self,
        (header, value): (&str, &str),
        method: &str,
        path: &str,
        body: impl Into<Bytes>,
    ) -> (u16, Value) {
        let request = Request::builder()
            .method(method.parse::<Method>().unwrap())
            .uri(format!("http://{}{path}", self.server.address()))
            .header(header, value)
            .body(Full::new(body.into()))
            .unwrap();
        let response = self.client.request(request).await.unwrap();
        let status = response.status().as_u16();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn send(&self, method: &str, path: &str, body: impl Into<Bytes>) -> (u16, Value) {
        self.send_as(TOKEN, method, path, body).await
    }

    async fn create(&self, name: &str) -> (String, String) {
        let path = format!("/v3/p/instances/{INSTANCE}/backups");
        let (status, reply) = self.send("POST", &path, json!({ "name": name }).to_string()).await;
        assert_eq!(status, 202, "{reply}");
        let text = |key: &str| reply[key].as_str().unwrap().to_owned();
        (text("job_id"), text("backup_id"))
    }
}

#[tokio::test]
async fn a_backup_is_created_stopped_and_journaled_over_http() {
    let http = Http::start("", &[]).await;
    let (job, backup) = http.create("nightly").await;
    let (status, stop) = http.send("PUT", &format!("/v3/p/backups/{backup}"), r#"{"action":"stop"}"#).await;
    assert_eq!(status, 202);
    let (status, jobs) = http.send("GET", &format!("/v3/p/jobs?id={job}"), "").await;
    assert_eq!((status, &jobs["total_count"]), (200, &json!(1)));
    assert_eq!(
        jobs["jobs"][0],
        json!({
            "id": job,
            "name": "BackupInstance",
            "status": "Failed",
            "start_time": "2026-11-21T12:00:00+0000",
            "end_time": "2026-11-21T12:00:00+0000",
            "progress": "",
            "instance": { "id": INSTANCE, "name": INSTANCE },
            "fail_reason": "The operation was cancelled.",
        })
    );
    let stop = stop["job_id"].as_str().unwrap();
    let (_, jobs) = http.send("GET", &format!("/v3/p/jobs?id={stop}"), "").await;
    assert_eq!(jobs["jobs"][0]["status"], "Completed");

    let journal = http.emulator.journal("p").unwrap();
    let rpcs: Vec<_> = journal.iter().map(|entry| (entry.transport, entry.rpc.as_str())).collect();
    assert_eq!(
        rpcs,
        ["CreateBackup", "StopBackup", "ListJobs", "ListJobs"].map(|rpc| (Transport::Rest, rpc))
    );
}

#[tokio::test]
async fn backups_are_listed_in_every_version_and_deleted() {
    let http = Http::start("", &[("one-", BackupState::Ready), ("two-", BackupState::Ready)]).await;
    let (_, list) = http.send("GET", "/v4/p/backups?limit=1&offset=1", "").await;
    assert_eq!(
        list,
        json!({ "total_count": 2, "backups": [{
        "id": "00000000000000000000000000000001br06",
        "name": "one-",
        "description": "",
        "instance_id": INSTANCE,
        "instance_name": INSTANCE,
        "datastore": { "type": "cassandra", "version": "3.11" },
        "type": "Manual",
        "status": "COMPLETED",
        "size": 0,
        "begin_time": "2026-11-14T12:00:00+0000",
        "end_time": "2026-11-14T12:00:00+0000",
        "database_tables": [],
    }] })
    );
    for path in ["/v3/p/backups?limit=1&offset=2", "/v3.1/p/backups?limit=1&offset=1"] {
        assert_eq!(http.send("GET", path, "").await, (200, list.clone()), "{path}");
    }
    let id = list["backups"][0]["id"].as_str().unwrap();
    let (status, reply) = http.send("DELETE", &format!("/v3/p/backups/{id}"), "").await;
    assert_eq!((status, reply["job_id"].is_string()), (202, true));
    let (_, list) = http
        .send("GET", "/v3/p/backups?begin_time=2026-11-01%2000:00:00&end_time=2026-11-30+00:00:00", "")
        .await;
    let rest = json!({ "backup_ids": [list["backups"][0]["id"]] });
    assert_eq!(http.send("DELETE", "/v3/p/instances/backups", rest.to_string()).await, (202, json!({})));
    assert!(http.emulator.snapshot("p").unwrap().backups.is_empty());
}

#[tokio::test]
async fn a_token_or_a_signature_is_asked_for_and_neither_is_401() {
    let http = Http::start("", &[]).await;
    let signature = "SDK-HMAC-SHA256 Access=ak, SignedHeaders=x-sdk-date, Signature=0";
    for header in [TOKEN, ("authorization", signature)] {
        assert_eq!(http.send_as(header, "GET", "/v3/p/jobs", "").await.0, 200, "{header:?}");
    }
    for header in [("x-auth-token", ""), ("authorization", "Basic dTpw"), ("x-other", "any")] {
        let (status, reply) = http.send_as(header, "GET", "/v3/p/jobs", "").await;
        assert_eq!((status, &reply["error_code"]), (401, &json!("APIGW.0301")), "{header:?}");
    }
    assert_eq!(http.emulator.journal("p").unwrap().len(), 5, "they are journaled all the same");
}

#[tokio::test]
async fn errors_have_a_number_a_text_and_an_http_status() {
    let http =
        Http::start("cancel2:unauthenticated cancel3:unavailable", &[("done", BackupState::Ready)]).await;
    let instance = format!("/v3/p/instances/{INSTANCE}/backups");
    let backup = "/v3/p/backups/00000000000000000000000000000001br06";
    let stop = r#"{"action":"stop"}"#;
    for (method, path, body, status, code, text) in [
        (
            "PUT",
            backup,
            stop,
            400,
            "DBS.201202",
            "Operation cannot be executed in current state of the DB instance.",
        ),
        ("PUT", backup, stop, 403, "DBS.280056", "Token invalid."),
        ("PUT", backup, stop, 503, "DBS.280005", "Server error."),
        ("POST", "/v3/p/instances/none/backups", "{}", 404, "DBS.200002", "The DB instance does not exist."),
        ("POST", &instance, r#"{"name":"done"}"#, 400, "DBS.201201", "The backup already exists."),
        (
            "POST",
            &instance,
            r#"{"name":5}"#,
            400,
            "DBS.280001",
            "Parameter error: invalid type: integer `5`, expected a string at line 1 column 9",
        ),
        (
            "POST",
            &instance,
            "{",
            400,
            "DBS.280001",
            "Parameter error: EOF while parsing an object at line 1 column 1",
        ),
        ("GET", "/v4/p/backups?limit=1000", "", 400, "DBS.280439", "Invalid limit: it must be 1 to 100"),
        ("DELETE", "/v3/p/backups/no-id", "", 400, "DBS.201212", "Backup ID is illegal."),
        (
            "GET",
            "/v3/p/instances",
            "",
            404,
            "APIGW.0101",
            "The API does not exist or has not been published in the environment",
        ),
        (
            "POST",
            "/v4/p/backups",
            "",
            404,
            "APIGW.0101",
            "The API does not exist or has not been published in the environment",
        ),
    ] {
        let reply = http.send(method, path, body.to_owned()).await;
        assert_eq!(reply, (status, json!({ "error_code": code, "error_msg": text })), "{method} {path}");
    }
    let journal = http.emulator.journal("p").unwrap();
    let unserved = journal.iter().find(|entry| entry.rpc == "GET /v3/p/instances").unwrap();
    assert_eq!(unserved.reply.code, Code::Unimplemented);
}

#[tokio::test]
async fn a_body_over_4_mib_is_refused() {
    let http = Http::start("", &[]).await;
    let path = format!("/v3/p/instances/{INSTANCE}/backups");
    let (status, reply) = http.send("POST", &path, vec![b' '; 4 * 1024 * 1024 + 1]).await;
    assert_eq!((status, &reply["error_code"]), (400, &json!("DBS.280001")));
}

#[tokio::test]
async fn a_project_that_was_never_prepared_has_no_instance_and_keeps_nothing() {
    let http = Http::start("", &[]).await;
    let path = format!("/v3/other/instances/{INSTANCE}/backups");
    assert_eq!(http.send("POST", &path, r#"{"name":"nightly"}"#).await.0, 404);
    assert_eq!(
        http.send("GET", "/v3/other/backups", "").await,
        (200, json!({ "total_count": 0, "backups": [] }))
    );
    assert!(http.emulator.journal("other").is_err());
}
