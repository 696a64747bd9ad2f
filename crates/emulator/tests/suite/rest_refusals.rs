//! What REST refuses, and how.

use http::Method;
use rescind_model::BackupState;
use serde_json::{Value, json};

use crate::rest::{BACKUPS, Http, backup, message};
use crate::support::DATABASE;

#[tokio::test]
async fn errors_have_the_wrapped_body_with_details() {
    let http = Http::start("", &[("b1", BackupState::Ready)]).await;
    let reply = http.post(&format!("{BACKUPS}?backupId=b1"), &backup()).await;
    let name = "projects/p/instances/test/backups/b1";
    let expected = json!({ "error": {
        "code": 409,
        "message": format!("Backup already exists: {name}"),
        "status": "ALREADY_EXISTS",
        "details": [{
            "@type": "type.googleapis.com/google.rpc.ResourceInfo",
            "resourceType": "type.googleapis.com/google.spanner.admin.database.v1.Backup",
            "resourceName": name,
            "description": "Backup already exists.",
        }],
    }});
    assert_eq!(reply, (409, expected));
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused_with_the_name_of_the_field() {
    let http = Http::start("", &[]).await;
    let refusal = async |backup: Value| {
        let reply = http.post(&format!("{BACKUPS}?backupId=b1"), &backup).await;
        assert_eq!((reply.0, &reply.1["error"]["status"]), (400, &json!("INVALID_ARGUMENT")), "{backup}");
        let violation = &reply.1["error"]["details"][0]["fieldViolations"][0];
        assert_eq!(violation["description"], reply.1["error"]["message"]);
        format!("{}: {}", violation["field"].as_str().unwrap_or_default(), message(&reply))
    };
    insta::assert_snapshot!(refusal(json!({ "database": "d", "expireTime": 86400 })).await, @"backup.expire_time: Invalid value at 'backup.expire_time' (type.googleapis.com/google.protobuf.Timestamp), Field 'expireTime', Invalid data type for timestamp, value is 86400");
    insta::assert_snapshot!(refusal(json!({ "database": "d", "expireTime": "soon" })).await, @"backup.expire_time: Invalid value at 'backup.expire_time' (type.googleapis.com/google.protobuf.Timestamp), Field 'expireTime', Invalid time format, value is soon");
    insta::assert_snapshot!(refusal(json!({ "database": 5 })).await, @"backup.database: Invalid value at 'backup.database' (TYPE_STRING), 5");
    insta::assert_snapshot!(refusal(json!({ "sizeBytes": "many" })).await, @r#"backup.size_bytes: Invalid value at 'backup.size_bytes' (TYPE_INT64), "many""#);
    insta::assert_snapshot!(refusal(json!({ "state": "NO_SUCH_STATE" })).await, @"backup.state: Invalid value at 'backup.state' (type.googleapis.com/google.spanner.admin.database.v1.Backup.State), NO_SUCH_STATE");
    insta::assert_snapshot!(refusal(json!({ "colour": "red" })).await, @r#"backup: Invalid JSON payload received. Unknown name "colour" at 'backup': Cannot find field."#);
    insta::assert_snapshot!(refusal(json!({ "encryptionInfo": { "kmsKeyVersion": [] } })).await, @"backup.encryption_info.kms_key_version: Invalid value at 'backup.encryption_info.kms_key_version' (TYPE_STRING), []");
    insta::assert_snapshot!(refusal(json!({ "encryptionInformation": [{}, { "colour": 1 }] })).await, @r#"backup.encryption_information[1]: Invalid JSON payload received. Unknown name "colour" at 'backup.encryption_information[1]': Cannot find field."#);
}

#[tokio::test]
async fn a_schedule_of_two_kinds_is_refused() {
    let http = Http::start("", &[]).await;
    let path = format!("/v1/{DATABASE}/backupSchedules?backupScheduleId=s1");
    let mut schedule = json!({
        "spec": { "cronSpec": { "text": "0 2 * * *" } },
        "retentionDuration": "86400s",
        "fullBackupSpec": {},
        "incrementalBackupSpec": {},
    });
    let (status, reply) = http.post(&path, &schedule).await;
    assert_eq!((status, &reply["error"]["status"]), (400, &json!("INVALID_ARGUMENT")), "{reply}");
    schedule.as_object_mut().unwrap().remove("incrementalBackupSpec");
    assert_eq!(http.post(&path, &schedule).await.0, 200);
}

/// `:wait` has no meaning over HTTP, so it is a part of the id.
#[tokio::test]
async fn nobody_can_wait_for_an_operation() {
    let http = Http::start("", &[]).await;
    let name = http.create("b1").await["name"].as_str().unwrap().to_owned();
    let path = format!("/v1/{name}:wait");
    assert_eq!(http.post(&path, &json!({ "timeout": "1s" })).await.0, 405);
    assert_eq!(http.get(&path).await.0, 404);
    let journal = http.emulator.journal("p").unwrap();
    let rpcs: Vec<_> = journal.iter().map(|entry| entry.rpc.clone()).collect();
    assert_eq!(rpcs, ["CreateBackup".to_owned(), format!("POST {path}"), "GetOperation".to_owned()]);
}

#[tokio::test]
async fn what_is_no_json_and_unknown_query_parameters_are_refused() {
    let http = Http::start("", &[]).await;
    let create = format!("{BACKUPS}?backupId=b1");
    let reply = http.send(Method::POST, &create, "{\"database\": ").await;
    assert_eq!(reply.0, 400);
    insta::assert_snapshot!(message(&reply), @"Invalid JSON payload received. EOF while parsing a value at line 1 column 13");
    let reply = http.send(Method::POST, &create, "[1]").await;
    insta::assert_snapshot!(message(&reply), @"Invalid JSON payload received. An object is expected, not [1].");
    let reply = http.send(Method::POST, &format!("{create}&colour=red"), "{}").await;
    assert_eq!(reply.0, 400);
    insta::assert_snapshot!(message(&reply), @r#"Invalid JSON payload received. Unknown name "colour": Cannot bind query parameter. Field 'colour' could not be found in request message."#);

    let journal = http.emulator.journal("p").unwrap();
    assert_eq!(journal.len(), 3, "bad requests are journaled");
    assert!(
        journal
            .iter()
            .all(|entry| entry.rpc == "CreateBackup"
                && entry.reply.code == rescind_model::Code::InvalidArgument)
    );
}

#[tokio::test]
async fn a_list_of_operations_with_partial_success_is_not_implemented() {
    let http = Http::start("", &[]).await;
    http.create("b1").await;
    let list = format!("{BACKUPS}/b1/operations");
    for name in ["returnPartialSuccess", "return_partial_success"] {
        let reply = http.get(&format!("{list}?{name}=true")).await;
        assert_eq!((reply.0, &reply.1["error"]["status"]), (501, &json!("UNIMPLEMENTED")));
        let reply = http.get(&format!("{list}?{name}=false")).await;
        assert_eq!((reply.0, reply.1["operations"].as_array().unwrap().len()), (200, 1));
    }
    assert_eq!(http.get(&format!("{BACKUPS}?returnPartialSuccess=true")).await.0, 400, "no such field");
}

#[tokio::test]
async fn a_body_over_4_mib_is_refused() {
    let http = Http::start("", &[]).await;
    let reply =
        http.send(Method::POST, &format!("{BACKUPS}?backupId=b1"), vec![b' '; 4 * 1024 * 1024 + 1]).await;
    assert_eq!((reply.0, message(&reply)), (400, "Request payload size exceeds the limit: 4194304 bytes."));
}

#[tokio::test]
async fn unknown_paths_are_404_and_wrong_methods_405() {
    let http = Http::start("", &[]).await;
    let reply = http.get("/v1/projects/p/nothing").await;
    assert_eq!((reply.0, message(&reply)), (404, "GET /v1/projects/p/nothing: there is no such method."));
    let reply = http.send(Method::PUT, BACKUPS, "").await;
    assert_eq!((reply.0, &reply.1["error"]["code"]), (405, &json!(405)));
    assert_eq!(message(&reply), format!("{BACKUPS} takes POST, GET, not PUT."));
    assert_eq!(http.get("/").await.0, 404);
    let journal = http.emulator.journal("p").unwrap();
    let rpcs: Vec<_> = journal.iter().map(|entry| (entry.rpc.as_str(), entry.resource.as_str())).collect();
    let expected = [
        ("GET /v1/projects/p/nothing", "projects/p/nothing"),
        ("PUT /v1/projects/p/instances/test/backups", "projects/p/instances/test/backups"),
    ];
    assert_eq!(rpcs, expected);
}

#[tokio::test]
async fn what_is_not_served_is_501_by_name_and_journaled() {
    let http = Http::start("", &[]).await;
    let session = format!("{DATABASE}/sessions/s");
    let reply = http.post(&format!("/v1/{session}:rollback"), &json!({ "transactionId": "AA==" })).await;
    assert_eq!(reply.0, 501);
    assert_eq!(message(&reply), "google.spanner.v1.Spanner.Rollback is not implemented.");
    let entry = &http.emulator.journal("p").unwrap()[0];
    assert_eq!((&entry.rpc, &entry.resource), (&"Rollback".to_owned(), &session));
}
