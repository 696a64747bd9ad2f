//! The server, as an HTTP client with JSON meets it.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rescind_emulator::{Emulator, Server, Setup};
use rescind_model::{BackupState, Transport};
use serde_json::{Value, json};

use crate::grpc::emulator;
use crate::support::{DATABASE, setup};

pub const BACKUPS: &str = "/v1/projects/p/instances/test/backups";

pub struct Http {
    pub emulator: Emulator,
    server: Server,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Http {
    /// A server with the project `p`.
    pub async fn start(schedule: &str, given: &[(&str, BackupState)]) -> Http {
        Http::with(&setup(schedule, given)).await
    }

    pub async fn with(setup: &Setup) -> Http {
        let emulator = emulator();
        emulator.prepare("p", setup).unwrap();
        let server = Server::bind(emulator.clone(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        Http { emulator, server, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    pub async fn send(&self, method: Method, path: &str, body: impl Into<Bytes>) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.server.address()))
            .body(Full::new(body.into()))
            .unwrap();
        let response = self.client.request(request).await.unwrap();
        let status = response.status().as_u16();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json; charset=UTF-8");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    /// The body of the answer to a GET, as it comes.
    pub async fn text(&self, path: &str) -> String {
        let uri = format!("http://{}{path}", self.server.address());
        let request = Request::builder().uri(uri).body(Full::new(Bytes::new())).unwrap();
        let body = self.client.request(request).await.unwrap().into_body();
        String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(Method::POST, path, body.to_string()).await
    }

    pub async fn create(&self, id: &str) -> Value {
        let (status, operation) = self.post(&format!("{BACKUPS}?backupId={id}"), &backup()).await;
        assert_eq!(status, 200, "{operation}");
        operation
    }
}

pub fn backup() -> Value {
    json!({ "database": DATABASE, "expireTime": "2026-11-22T12:00:00Z" })
}

pub fn message(reply: &(u16, Value)) -> &str {
    reply.1["error"]["message"].as_str().unwrap()
}

#[tokio::test]
async fn a_backup_is_created_cancelled_and_journaled_over_rest() {
    let http = Http::start("", &[]).await;
    let operation = http.create("b1").await;
    let name = operation["name"].as_str().unwrap().to_owned();
    assert_eq!(
        operation["metadata"]["@type"],
        "type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata"
    );
    assert_eq!(operation["metadata"]["progress"], json!({ "startTime": "2026-11-21T12:00:00Z" }));
    assert!(operation.get("done").is_none(), "defaults are left out");

    assert_eq!(http.send(Method::POST, &format!("/v1/{name}:cancel"), "").await, (200, json!({})));
    let (_, operation) = http.get(&format!("/v1/{name}")).await;
    assert_eq!(operation["error"], json!({ "code": 1, "message": "The operation was cancelled." }));
    assert_eq!(http.get(&format!("{BACKUPS}/b1")).await.0, 404);

    let journal = http.emulator.journal("p").unwrap();
    let rpcs: Vec<_> = journal.iter().map(|entry| (entry.transport, entry.rpc.as_str())).collect();
    let expected =
        ["CreateBackup", "CancelOperation", "GetOperation", "GetBackup"].map(|rpc| (Transport::Rest, rpc));
    assert_eq!(rpcs, expected);
}

#[tokio::test]
async fn a_cancel_may_come_without_a_body_with_an_empty_one_and_with_a_bare_question_mark() {
    let http = Http::start("cancel:ignored", &[]).await;
    let name = http.create("b1").await["name"].as_str().unwrap().to_owned();
    for (tail, body) in
        [("", ""), ("", "{}"), ("?", ""), ("?alt=json", " "), ("?%24alt=json%3Benum-encoding%3Dint", "{}")]
    {
        let reply = http.send(Method::POST, &format!("/v1/{name}:cancel{tail}"), body).await;
        assert_eq!(reply, (200, json!({})), "{tail} {body}");
    }
    // "The request body must be empty."
    for body in [json!({ "name": name }), json!({ "reason": "none" })] {
        let reply = http.post(&format!("/v1/{name}:cancel"), &body).await;
        assert_eq!(reply.0, 400, "{body}");
        assert!(message(&reply).contains("Cannot find field."), "{}", message(&reply));
    }
}

#[tokio::test]
async fn keys_come_in_the_order_of_the_proto() {
    let http = Http::start("", &[("b1", BackupState::Ready)]).await;
    let text = http.text(&format!("{BACKUPS}/b1?prettyPrint=false")).await;
    // By the numbers of the fields, as Google's front ends write what they get.
    let keys = ["name", "database", "expireTime", "createTime", "state", "versionTime"];
    let places: Vec<usize> = keys.iter().map(|key| text.find(&format!("\"{key}\":")).expect(key)).collect();
    assert!(places.is_sorted(), "{text}");
    let text = http.text(&format!("{BACKUPS}/none?prettyPrint=false")).await;
    assert!(text.starts_with("{\"error\":{\"code\":404,\"message\":"), "{text}");
}

#[tokio::test]
async fn truth_values_in_the_query_may_be_spelled_as_python_has_them() {
    let http = Http::start("", &[]).await;
    let location = "/v1/projects/p/locations/us-central1";
    let cluster = json!({ "network": "projects/p/global/networks/default" });
    for (spelled, done) in [("True", true), ("true", true), ("False", false)] {
        let path =
            format!("{location}/clusters?clusterId=c-{}&validateOnly={spelled}", spelled.to_lowercase());
        let (status, operation) = http.post(&path, &cluster).await;
        assert_eq!((status, operation["name"].is_null()), (200, done), "{spelled}: {operation}");
    }
}

#[tokio::test]
async fn enumerations_are_words_or_on_request_numbers() {
    let http = Http::start("", &[("b1", BackupState::Ready)]).await;
    let path = format!("{BACKUPS}/b1");
    assert_eq!(http.get(&path).await.1["state"], "READY");
    for query in [
        "%24alt=json%3Benum-encoding%3Dint",
        "$alt=json;enum-encoding=int",
        "$alt=json%3Benum-encoding=int&$unknown=1",
    ] {
        assert_eq!(http.get(&format!("{path}?{query}")).await.1["state"], 2, "{query}");
    }
}

/// Source: the page on long-running operations, where a change of a schema is done; Python's clients refuse any other
/// form.
#[tokio::test]
async fn a_response_without_content_has_its_type_and_no_value() {
    let http = Http::start("", &[]).await;
    let body = json!({ "statements": ["CREATE TABLE T (Id INT64) PRIMARY KEY (Id)"] });
    let (_, operation) = http.send(Method::PATCH, &format!("/v1/{DATABASE}/ddl"), body.to_string()).await;
    let name = operation["name"].as_str().unwrap();
    let empty = json!({ "@type": "type.googleapis.com/google.protobuf.Empty" });
    let (_, operation) = http.get(&format!("/v1/{name}")).await;
    assert_eq!(operation["response"], empty, "{operation}");
    let (_, list) = http.get(&format!("/v1/{DATABASE}/operations")).await;
    assert_eq!(list["operations"][0]["response"], empty, "{list}");
}

#[tokio::test]
async fn update_masks_come_in_both_spellings_and_bodies_with_defaults() {
    let http = Http::start("", &[("b1", BackupState::Ready)]).await;
    for mask in ["expireTime", "expire_time"] {
        let body = json!({ "expireTime": "2026-11-23T12:00:00Z", "sizeBytes": "0", "referencingBackups": [], "state": 2 });
        let path = format!("{BACKUPS}/b1?updateMask={mask}");
        let (status, backup) = http.send(Method::PATCH, &path, body.to_string()).await;
        assert_eq!((status, &backup["expireTime"]), (200, &json!("2026-11-23T12:00:00Z")), "{backup}");
    }
    let reply = http.send(Method::PATCH, &format!("{BACKUPS}/b1?updateMask=expireTime"), "{}").await;
    assert_eq!(reply.0, 400);
    assert!(message(&reply).starts_with("Invalid request for backup"));
}

#[tokio::test]
async fn a_mask_in_the_body_comes_in_both_spellings() {
    let http = Http::start("", &[]).await;
    for mask in ["displayName", "display_name"] {
        let body = json!({ "instance": { "displayName": mask }, "fieldMask": mask });
        let (status, operation) =
            http.send(Method::PATCH, "/v1/projects/p/instances/test", body.to_string()).await;
        assert_eq!((status, &operation["response"]["displayName"]), (200, &json!(mask)), "{operation}");
    }
}

#[tokio::test]
async fn the_answer_of_a_streaming_rpc_is_a_list() {
    let http = Http::start("", &[]).await;
    let (_, session) = http.post(&format!("/v1/{DATABASE}/sessions"), &json!({})).await;
    let session = session["name"].as_str().unwrap();
    let query = json!({ "sql": "SELECT 1" });
    let (status, streamed) = http.post(&format!("/v1/{session}:executeStreamingSql"), &query).await;
    assert_eq!((status, &streamed[0]["values"]), (200, &json!(["1"])), "{streamed}");
    let (_, whole) = http.post(&format!("/v1/{session}:executeSql"), &query).await;
    assert_eq!(whole["metadata"]["rowType"]["fields"][0]["type"]["code"], "INT64");
    assert_eq!(whole["rows"], json!([["1"]]));
}

#[tokio::test]
async fn the_query_reaches_nested_and_repeated_fields() {
    let http = Http::start("create:done", &[]).await;
    let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
    let query = format!(
        "backupId=b1&encryptionConfig.encryptionType=CUSTOMER_MANAGED_ENCRYPTION&encryptionConfig.kmsKeyNames={key}"
    );
    let (status, operation) = http.post(&format!("{BACKUPS}?{query}"), &backup()).await;
    assert_eq!(status, 200, "{operation}");
    assert_eq!(
        operation["response"]["encryptionInfo"]["kmsKeyVersion"],
        format!("{key}/cryptoKeyVersions/1")
    );
    let query = "backup_id=b2&encryption_config.encryption_type=1";
    assert_eq!(http.post(&format!("{BACKUPS}?{query}"), &backup()).await.0, 200);
}

#[tokio::test]
async fn lists_take_filter_and_pages_from_the_query() {
    let http = Http::start("", &[("b1", BackupState::Ready), ("b2", BackupState::Ready)]).await;
    let (_, first) = http.get(&format!("{BACKUPS}?pageSize=1&filter=state%3AREADY+AND+name:b")).await;
    assert_eq!(first["backups"].as_array().unwrap().len(), 1);
    let token = first["nextPageToken"].as_str().unwrap();
    let (_, second) = http.get(&format!("{BACKUPS}?pageSize=1&pageToken={token}")).await;
    assert!(second.get("nextPageToken").is_none());
    assert_ne!(first["backups"], second["backups"]);
    let (_, listed) = http.get("/v1/projects/p/instances?filter=name:i").await;
    assert_eq!(listed["instances"][0]["nodeCount"], 1);
    let (_, masked) = http.get("/v1/projects/p/instances/test?fieldMask=name,displayName").await;
    assert_eq!(masked, json!({ "name": "projects/p/instances/test", "displayName": "test" }));
}

#[tokio::test]
async fn output_is_pretty_unless_the_client_objects() {
    let http = Http::start("", &[]).await;
    let text = async |query: &str| {
        let uri =
            format!("http://{}/v1/projects/p/instances/test?fieldMask=name&{query}", http.server.address());
        let response = http.client.get(uri.parse().unwrap()).await.unwrap();
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    };
    assert_eq!(text("").await, "{\n  \"name\": \"projects/p/instances/test\"\n}\n");
    assert_eq!(text("prettyPrint=false").await, "{\"name\":\"projects/p/instances/test\"}\n");
}

mod any_bytes {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn no_body_and_no_path_makes_the_server_fail(
            body in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..80),
                "[{}\\[\\]\":,a-z0-9]{0,60}".prop_map(String::into_bytes),
            ],
            path in "(/v1)?(/projects/p|/instances|/i|/backups|:cancel|/[a-zA-Z0-9%:]{0,6}){0,6}",
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let http = Http::start("", &[]).await;
                let create = http.send(Method::POST, &format!("{BACKUPS}?backupId=b1"), body.clone()).await;
                assert!(matches!(create.0, 200 | 400 | 404), "{create:?}");
                // What is no URI at all is refused by the client library already.
                if format!("http://h{path}").parse::<http::Uri>().is_ok() && (path.is_empty() || path.starts_with('/')) {
                    let other = http.send(Method::GET, &path, body).await;
                    assert!(other.0 < 500 || other.0 == 501, "{other:?}");
                }
            });
        }
    }
}
