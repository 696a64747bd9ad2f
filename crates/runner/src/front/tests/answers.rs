//! What is answered, by whichever way it is asked for.

use rescind_engine::proto::database::{DeleteBackupRequest, GetBackupRequest};
use rescind_engine::spanner::database_admin::{DeleteBackup, GetBackup};

use super::client::{HOST, Http, WAYS, Way, call, channel, handshake};
use super::{House, PLACES, Place};

fn backup(project: &str) -> String {
    format!("projects/{project}/instances/i/backups/b1")
}

#[tokio::test]
async fn both_transports_are_answered_alike_in_clear_text_and_over_tls() {
    for (place, way) in PLACES.into_iter().flat_map(|place| WAYS.map(|way| (place, way))) {
        let house = House::new(place, "");
        let mut http = Http::connect(&house, way);
        let (status, body) = http.ask("GET", &format!("/v1/{}", backup("p"))).unwrap();
        assert_eq!((status, body.contains("\"READY\"")), (200, true), "{way:?}: {body}");
        let channel = channel(&house, way).await;
        let found = call::<GetBackup>(&channel, GetBackupRequest { name: backup("p") }).await.unwrap();
        assert_eq!(found.name, backup("p"));
        assert_eq!(house.journal("p"), ["Rest GetBackup OK", "Grpc GetBackup OK"], "{way:?}");
        assert!(house.front.strangers().is_empty());
        assert_eq!(house.front.activity(), 4);
    }
}

#[test]
fn both_versions_of_http_are_offered_by_alpn_and_the_client_s_order_counts_for_nothing() {
    let house = House::new(Place::Here, "");
    for (offered, agreed) in [
        (&["h2"][..], Some("h2")),
        (&["http/1.1"], Some("http/1.1")),
        (&["http/1.1", "h2"], Some("h2")),
        (&[], None),
    ] {
        let stream = handshake(&house, HOST, offered).unwrap();
        assert_eq!(stream.conn.alpn_protocol(), agreed.map(str::as_bytes), "{offered:?}");
    }
    assert!(handshake(&house, HOST, &["spdy/3"]).is_err());
}

#[test]
fn the_certificate_is_good_for_the_services_and_for_this_machine_and_for_nothing_else() {
    let house = House::new(Place::Here, "");
    for good in [
        HOST,
        "oauth2.googleapis.com",
        "gaussdb-nosql.cn-north-4.myhuaweicloud.com",
        "localhost",
        "127.0.0.1",
    ] {
        handshake(&house, good, &["h2"]).unwrap();
    }
    for bad in ["example.com", "googleapis.com", "a.b.googleapis.com", "127.0.0.2"] {
        assert!(handshake(&house, bad, &["h2"]).is_err(), "{bad}");
    }
}

#[test]
fn whoever_asks_for_a_token_gets_one() {
    let house = House::new(Place::Here, "");
    for way in WAYS {
        let mut http = Http::connect(&house, way);
        for path in ["/token", "/oauth2/v4/token"] {
            let (status, body) = http.ask("POST", path).unwrap();
            let token: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!((status, &token["token_type"]), (200, &"Bearer".into()));
            assert_eq!((token["expires_in"].as_u64(), token["access_token"].is_string()), (Some(3600), true));
        }
        assert_eq!(http.ask("GET", "/token").unwrap().0, 404);
    }
    assert!(house.front.strangers().is_empty());
}

#[tokio::test]
async fn another_project_and_the_control_api_are_out_of_reach_and_named() {
    for place in PLACES {
        strangers_are_named(&House::new(place, "")).await;
    }
}

async fn strangers_are_named(house: &House) {
    let mut http = Http::connect(house, Way::Clear);
    let (status, body) = http.ask("DELETE", &format!("/v1/{}", backup("q"))).unwrap();
    assert_eq!(status, 403, "{body}");
    assert!(body.contains("Permission denied on resource project q."), "{body}");
    // The path names the case's own project, and the query another in its place.
    let smuggled = format!("/v1/{}?name={}", backup("p"), backup("q"));
    assert_eq!(http.ask("DELETE", &smuggled).unwrap().0, 403);
    let (status, body) = http.ask("GET", "/v3/q/backups").unwrap();
    assert_eq!((status, body.contains("DBS.280032")), (403, true), "{body}");
    assert_eq!(http.ask("GET", "/rescind/v1/projects").unwrap(), (404, String::new()));

    let channel = channel(house, Way::Tls).await;
    let refused =
        call::<DeleteBackup>(&channel, DeleteBackupRequest { name: backup("q") }).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    // No project at all is none of another's.
    let malformed =
        call::<DeleteBackup>(&channel, DeleteBackupRequest { name: "b1".into() }).await.unwrap_err();
    assert_eq!(malformed.code(), tonic::Code::InvalidArgument);

    assert_eq!(
        house.front.strangers(),
        [
            "project q (DeleteBackup over REST)",
            "project q (DeleteBackup over REST)",
            "project q (ListBackups over REST)",
            "the control API (GET /rescind/v1/projects)",
            "project q (DeleteBackup over gRPC)",
        ]
    );
    assert!(house.journal("p").is_empty() && house.journal("q").is_empty());
    let backups = house.emulator.snapshot("q").unwrap().backups;
    assert_eq!(backups.len(), 1, "the neighbour's backup is still there");
}

#[test]
fn nothing_listens_any_more_where_a_front_was() {
    let house = House::new(Place::Here, "");
    let mut http = Http::connect(&house, Way::Clear);
    let address = house.front.address();
    drop(house);
    assert!(http.ask("GET", "/").is_err(), "its connections are gone");
    assert!(std::net::TcpStream::connect(address).is_err(), "and so is its listener");
}
