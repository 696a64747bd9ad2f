//! What was recorded of a project, played to another one.

use rescind_engine::{Arrival, Project, Status};
use rescind_model::{Code, Entry, RequestKind, Transport};

use crate::geminidb::support::{Case as GeminiDbCase, setup as geminidb_setup};
use crate::support::{Case, backup_name, clock, prepared, setup};

/// The same requests, in a project in which other things are decided.
fn played(recorded: &Project, other: &mut Project) -> Vec<Entry> {
    let recording = recorded.recording().unwrap();
    assert_eq!(recording.began, clock());
    for request in &recording.requests {
        let _ = other.play(request);
    }
    other.journal().to_vec()
}

#[test]
fn the_same_requests_with_the_same_decisions_have_the_same_journal() {
    let schedule = "create:running cancel:pending poll1:running poll2:cancelled";
    let mut case = Case::new(schedule);
    case.project.record(clock());
    let name = case.create("b1").unwrap().name;
    case.pass(5);
    case.cancel(&name).unwrap();
    case.poll(&name).unwrap();
    case.poll(&name).unwrap();
    let resource = backup_name("b1");
    let arrival = Arrival {
        transport: Transport::Rest,
        rpc: "POST /v1/nothing",
        resource: &resource,
        kind: RequestKind::Rpc("POST /v1/nothing".to_owned()),
    };
    case.project.refuse(&arrival, Status::new(Code::NotFound, "There is nothing."), clock());
    assert_eq!(case.project.recording().unwrap().requests[4].names(), ("POST /v1/nothing", &*resource));

    let mut other = prepared(&setup(schedule, &[])).unwrap();
    assert_eq!(played(&case.project, &mut other), case.project.journal());
    assert_eq!(other.snapshot(), case.project.snapshot());
}

#[test]
fn replies_tell_from_which_request_on_it_matters_what_else_was_decided() {
    let mut case = Case::new("create:running cancel:honoured");
    case.project.record(clock());
    let name = case.create("b1").unwrap().name;
    case.cancel(&name).unwrap();
    case.poll(&name).unwrap();
    let requests = &case.project.recording().unwrap().requests;
    let replies = |schedule: &str| {
        let mut project = prepared(&setup(schedule, &[])).unwrap();
        requests.iter().map(|request| project.play(request)).collect::<Vec<_>>()
    };
    let first = replies("create:running cancel:honoured");
    let same = |schedule: &str| {
        let other = replies(schedule);
        first.iter().zip(&other).take_while(|(a, b)| a == b).count()
    };
    assert_eq!(same("cancel:honoured"), 3);
    assert_eq!(same("cancel:ignored"), 2, "a cancel that is acknowledged looks as one that has an effect");
    assert_eq!(same("cancel:lost"), 1);
    assert_eq!(same("create:done"), 0);
}

#[test]
fn requests_to_a_rest_api_of_a_services_own_are_played_too() {
    let mut case = GeminiDbCase::new("cancel:pending");
    case.project.record(clock());
    let started = case.create("nightly").unwrap();
    case.stop(&started.backup_id).unwrap();
    case.stop("no-such-backup").unwrap_err();
    let mut other = prepared(&geminidb_setup("cancel:pending", &[])).unwrap();
    assert_eq!(played(&case.project, &mut other), case.project.journal());
    assert_eq!(other.journal().len(), 3);
}

#[test]
fn nothing_is_recorded_unless_it_is_asked_for() {
    let mut case = Case::new("");
    case.create("b1").unwrap();
    assert!(case.project.recording().is_none());
}
