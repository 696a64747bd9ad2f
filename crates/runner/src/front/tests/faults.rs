//! Faults look the same in clear text and over TLS, and wherever the emulator is.

use std::io::ErrorKind;

use rescind_engine::proto::database::GetBackupRequest;
use rescind_engine::spanner::database_admin::GetBackup;

use super::client::{Http, WAYS, call, channel};
use super::looks::until_quiet;
use super::{House, PLACES};

const BACKUP: &str = "projects/p/instances/i/backups/b1";

#[test]
fn a_reset_is_a_reset_and_a_lost_reply_an_error() {
    for (place, way) in PLACES.into_iter().flat_map(|place| WAYS.map(|way| (place, way))) {
        let house = House::new(place, "get1:reset get2:lost get3:delayed-1ms");
        let path = format!("/v1/{BACKUP}");
        let mut http = Http::connect(&house, way);
        let error = http.ask("GET", &path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{place:?} {way:?}: {error}");
        // A new connection is as good as ever.
        let mut http = Http::connect(&house, way);
        assert_eq!(http.ask("GET", &path).unwrap().0, 503, "{place:?} {way:?}");
        assert_eq!(http.ask("GET", &path).unwrap().0, 200, "{place:?} {way:?}");
        let outcomes = ["Rest GetBackup UNAVAILABLE", "Rest GetBackup UNAVAILABLE", "Rest GetBackup OK"];
        assert_eq!(house.journal("p"), outcomes, "{place:?} {way:?}");
    }
}

#[tokio::test]
async fn a_reset_takes_every_call_of_its_connection_along_and_leaves_nothing_behind() {
    for (place, way) in PLACES.into_iter().flat_map(|place| WAYS.map(|way| (place, way))) {
        let house = House::new(place, "get1:delayed-600000ms get2:reset");
        let channel = channel(&house, way).await;
        let get = async || call::<GetBackup>(&channel, GetBackupRequest { name: BACKUP.into() }).await;
        let (delayed, reset) = tokio::join!(get(), get());
        for error in [delayed.unwrap_err(), reset.unwrap_err()] {
            assert!(format!("{error:?}").contains("ConnectionReset"), "{place:?} {way:?}: {error:?}");
        }
        // Neither call is being answered any more, ten minutes early.
        until_quiet(&house, 1);
        get().await.unwrap();
        until_quiet(&house, 2);
    }
}
