//! `given:same-name`: the backup that is given as `{backup}` has the name that the client asks for, in every service.

use rescind_model::{BackupState, Code, Entry, Snapshot};

use crate::{alloydb, geminidb, support};

const GIVEN: [(&str, BackupState); 1] = [("{backup}", BackupState::Ready)];
const SAME_NAME: &str = "given:same-name";

/// The ids of the backups in a snapshot, and whether each was there before.
fn backups(snapshot: &Snapshot) -> Vec<(&str, bool)> {
    let id = |name: &'_ str| name.rfind('/').map_or(0, |at| at + 1);
    snapshot.backups.iter().map(|backup| (&backup.name[id(&backup.name)..], backup.foreign)).collect()
}

/// What was decided at a request.
fn terms(entry: &Entry) -> Vec<String> {
    entry.terms().map(ToString::to_string).collect()
}

#[test]
fn a_name_that_the_client_made_up_is_taken() {
    let mut spanner = support::Case::given(SAME_NAME, &GIVEN);
    assert_eq!(spanner.create("made-up").unwrap_err().code, Code::AlreadyExists);
    assert_eq!(spanner.get("made-up").unwrap().name, support::backup_name("made-up"));
    assert_eq!(spanner.get("b1").unwrap_err().code, Code::NotFound);

    let mut alloydb = alloydb::support::Case::given(SAME_NAME, &GIVEN);
    assert_eq!(alloydb.create("made-up").unwrap_err().code, Code::AlreadyExists);
    assert_eq!(alloydb.get("made-up").unwrap().name, alloydb::support::backup_name("made-up"));

    let mut geminidb = geminidb::support::Case::given(SAME_NAME, &GIVEN);
    let problem = geminidb::support::refusal(geminidb.create("made-up"));
    assert_eq!(problem, geminidb::support::refusal(geminidb.create("made-up")));

    for project in [&spanner.project, &alloydb.project, &geminidb.project] {
        assert_eq!(backups(&project.snapshot()), [("made-up", true)]);
        let decided: Vec<String> = project.journal().iter().flat_map(terms).collect();
        assert_eq!(decided, [SAME_NAME], "decided once, and written down");
    }
}

#[test]
fn a_refused_create_has_said_the_name_too() {
    let mut case = support::Case::given("given:same-name create:unavailable", &GIVEN);
    assert_eq!(case.create("made-up").unwrap_err().code, Code::Unavailable);
    assert_eq!(backups(&case.project.snapshot()), [("made-up", true)]);
    assert_eq!(terms(&case.project.journal()[0]), [SAME_NAME, "create1:unavailable"]);
}

#[test]
fn the_first_create_decides_and_later_ones_find_what_is_there() {
    let mut case = support::Case::given(SAME_NAME, &GIVEN);
    assert!(case.create("first").is_err());
    assert!(case.create("second").is_ok());
    assert_eq!(backups(&case.project.snapshot()), [("first", true), ("second", false)]);
}

#[test]
fn without_the_decision_the_given_backup_keeps_its_name() {
    let mut case = support::Case::given("", &GIVEN);
    assert!(case.create("made-up").is_ok());
    assert_eq!(backups(&case.project.snapshot()), [("b1", true), ("made-up", false)]);
    assert_eq!(terms(&case.project.journal()[0]), ["create1:running"]);
}

#[test]
fn a_name_that_another_given_backup_has_stays_its_own() {
    let given = [GIVEN[0], ("other", BackupState::Ready)];
    let mut case = support::Case::given(SAME_NAME, &given);
    assert_eq!(case.create("other").unwrap_err().code, Code::AlreadyExists);
    assert_eq!(backups(&case.project.snapshot()), [("b1", true), ("other", true)]);
}

#[test]
fn there_must_be_a_ready_backup_to_take_the_name() {
    for given in [&[("other", BackupState::Ready)][..], &[("{backup}", BackupState::Creating)], &[]] {
        let error = support::Case::with(&support::setup(SAME_NAME, given)).err().unwrap();
        assert_eq!(error.to_string(), "`given:same-name` needs a given backup `{backup}` that is READY");
    }
}
