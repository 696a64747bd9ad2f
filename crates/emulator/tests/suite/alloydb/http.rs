//! AlloyDB over REST, in its three versions.

use http::Method;
use rescind_model::BackupState;
use serde_json::json;

use super::support::{CLUSTER, LOCATION, setup};
use crate::rest::Http;

#[tokio::test]
async fn a_backup_is_created_cancelled_and_gone_in_every_version() {
    for version in ["v1", "v1alpha", "v1beta"] {
        let http = Http::with(&setup("", &[])).await;
        let backups = format!("/{version}/{LOCATION}/backups");
        let (status, operation) =
            http.post(&format!("{backups}?backupId=b1"), &json!({ "clusterName": CLUSTER })).await;
        assert_eq!(status, 200, "{operation}");
        let type_url = format!("type.googleapis.com/google.cloud.alloydb.{version}.OperationMetadata");
        assert_eq!(operation["metadata"]["@type"], type_url);
        let name = operation["name"].as_str().unwrap();
        let (_, list) = http.get(&format!("/{version}/{LOCATION}/operations")).await;
        assert_eq!(list["operations"][0]["name"], name);
        assert_eq!(http.get(&format!("{backups}/b1")).await.1["state"], "CREATING");

        let cancelled = http.send(Method::POST, &format!("/{version}/{name}:cancel"), "").await;
        assert_eq!(cancelled, (200, json!({})));
        let (_, operation) = http.get(&format!("/{version}/{name}")).await;
        assert_eq!((&operation["done"], &operation["error"]["code"]), (&json!(true), &json!(1)));
        assert_eq!(operation["metadata"]["requestedCancellation"], true);
        assert_eq!(http.get(&format!("{backups}/b1")).await.0, 404);
        assert_eq!(http.send(Method::DELETE, &format!("/{version}/{name}"), "").await, (200, json!({})));
    }
}

#[tokio::test]
async fn the_query_has_the_options_of_every_request() {
    let http = Http::with(&setup("create:done", &[("b1", BackupState::Ready)])).await;
    let backup = format!("/v1beta/{LOCATION}/backups/b1");
    let body = json!({ "displayName": "New", "description": "left alone" });
    let path = format!("{backup}?updateMask=displayName&allowMissing=true");
    let (status, operation) = http.send(Method::PATCH, &path, body.to_string()).await;
    assert_eq!((status, &operation["response"]["displayName"]), (200, &json!("New")), "{operation}");
    assert_eq!(http.send(Method::DELETE, &format!("{backup}?etag=stale"), "").await.0, 409);
    let (status, error) = http.send(Method::DELETE, &format!("{backup}?requestId=x"), "").await;
    assert_eq!((status, &error["error"]["status"]), (400, &json!("INVALID_ARGUMENT")));
    let (status, operation) = http.send(Method::DELETE, &format!("{backup}?validateOnly=true"), "").await;
    assert_eq!((status, &operation["done"]), (200, &json!(true)));
    let list =
        format!("/v1beta/{LOCATION}/backups?filter=state%3DREADY&orderBy=create_time%20desc&pageSize=1");
    assert_eq!(http.get(&list).await.1["backups"][0]["displayName"], "New");
    assert_eq!(http.send(Method::DELETE, &backup, "").await.0, 200);
    assert_eq!(http.get(&backup).await.0, 404);
}

#[tokio::test]
async fn rpcs_that_are_not_served_are_unimplemented_by_name() {
    let http = Http::with(&setup("", &[])).await;
    let (status, error) = http.get(&format!("/v1beta/{CLUSTER}/databases")).await;
    assert_eq!(status, 501);
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains("AlloyDBAdmin.ListDatabases"), "{message}");
}

#[tokio::test]
async fn every_version_has_words_for_the_versions_of_postgresql() {
    for version in ["v1", "v1alpha", "v1beta"] {
        let http = Http::with(&setup("", &[])).await;
        let (_, cluster) = http.get(&format!("/{version}/{CLUSTER}")).await;
        assert_eq!(cluster["databaseVersion"], "POSTGRES_15", "{version}");
        let cluster = json!({ "databaseVersion": "POSTGRES_15", "displayName": "Another" });
        let path = format!("/{version}/{LOCATION}/clusters?clusterId=another");
        let (status, operation) = http.post(&path, &cluster).await;
        assert_eq!(status, 200, "{operation}");
        let (_, operation) = http.get(&format!("/{version}/{}", operation["name"].as_str().unwrap())).await;
        assert_eq!(operation["response"]["databaseVersion"], "POSTGRES_15", "{version}");
    }
}
