//! Projects that run free: operations take time, cancels take effect at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost::Message;
use rescind_emulator::{ControlError, Emulator};
use rescind_engine::proto::{instance as instance_pb, longrunning};
use rescind_engine::{Arrival, Project, Span, Status, Time, services};
use rescind_model::{BackupState, Code, RequestKind, Transport};

use crate::alloydb::support as alloydb;
use crate::geminidb::support as geminidb;
use crate::support::{CONFIG, Case, OPERATION_TIME, clock, error_code, metadata, response, setup};

#[test]
fn a_backup_takes_its_time_with_visible_progress() {
    let mut case = Case::free_running();
    let operation = case.create("b1").unwrap().name;
    let mut percents = Vec::new();
    for _ in 0..OPERATION_TIME {
        percents.push(metadata(&case.poll(&operation).unwrap()).progress.unwrap().progress_percent);
        case.pass(1);
    }
    assert_eq!(percents[..3], [0, 10, 20]);
    let done = case.poll(&operation).unwrap();
    assert_eq!(metadata(&done).progress.unwrap().progress_percent, 100);
    assert_eq!(response(&done).unwrap(), case.get("b1").unwrap());
}

#[test]
fn a_cancel_takes_effect_at_once_and_looking_changes_nothing() {
    let mut case = Case::free_running();
    let operation = case.create("b1").unwrap().name;
    for _ in 0..20 {
        assert!(!case.poll(&operation).unwrap().done);
    }
    case.pass(5);
    case.cancel(&operation).unwrap();
    let cancelled = case.poll(&operation).unwrap();
    assert_eq!(error_code(&cancelled), Some(Code::Cancelled));
    assert_eq!(metadata(&cancelled).progress.unwrap().progress_percent, 50);
    case.pass(OPERATION_TIME);
    assert_eq!(case.poll(&operation).unwrap(), cancelled, "its time has no more meaning");
}

#[test]
fn operations_end_when_they_are_due_though_nobody_asks() {
    let mut case = Case::free_running();
    let operation = case.create("b1").unwrap().name;
    case.pass(100 * OPERATION_TIME);
    let progress = metadata(&case.poll(&operation).unwrap()).progress.unwrap();
    assert_eq!(progress.end_time.unwrap().seconds - progress.start_time.unwrap().seconds, OPERATION_TIME);
}

#[test]
fn settling_lets_all_the_time_pass() {
    let mut case = Case::free_running();
    case.create("b1").unwrap();
    case.project.settle(clock());
    assert!(case.project.snapshot().operations.iter().all(|operation| operation.state.is_done()));
}

#[test]
fn every_project_of_a_free_running_emulator_is_there_and_keeps_what_is_made() {
    let seconds = Arc::new(AtomicU64::new(clock().micros().unsigned_abs() / 1_000_000));
    let clock = seconds.clone();
    let now = move || -> SystemTime { UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed)) };
    let emulator = Emulator::free_running(Arc::new(now), Duration::from_secs(2));
    let call = |service: &str, request: Vec<u8>| emulator.call(service, Transport::Rest, &request);
    let request = instance_pb::CreateInstanceRequest {
        parent: "projects/p".into(),
        instance_id: "mine".into(),
        instance: Some(instance_pb::Instance { config: CONFIG.into(), ..Default::default() }),
    };
    let admin = "/google.spanner.admin.instance.v1.InstanceAdmin";
    let reply = call(&format!("{admin}/CreateInstance"), request.encode_to_vec()).unwrap();
    let operation = longrunning::Operation::decode(reply.as_slice()).unwrap();
    assert!(!operation.done);
    seconds.fetch_add(2, Ordering::Relaxed);
    let get = longrunning::GetOperationRequest { name: operation.name }.encode_to_vec();
    let reply = call("/google.longrunning.Operations/GetOperation", get).unwrap();
    assert!(longrunning::Operation::decode(reply.as_slice()).unwrap().done);
    let get =
        instance_pb::GetInstanceRequest { name: "projects/q/instances/mine".into(), ..Default::default() };
    let other = call(&format!("{admin}/GetInstance"), get.encode_to_vec());
    assert_eq!(other.unwrap_err().code, Code::NotFound, "projects share nothing");

    emulator.prepare("p", &setup("", &[])).unwrap();
    let get =
        instance_pb::GetInstanceRequest { name: "projects/p/instances/mine".into(), ..Default::default() };
    assert_eq!(call(&format!("{admin}/GetInstance"), get.encode_to_vec()).unwrap_err().code, Code::NotFound);
    assert_eq!(emulator.journal("p").unwrap().len(), 1);
}

/// A request that is nobody's: time passes for every service.
fn pass(project: &mut Project, now: Time) {
    let kind = RequestKind::Rpc("None".to_owned());
    let arrival = Arrival { transport: Transport::Rest, rpc: "None", resource: "", kind };
    project.refuse(&arrival, Status::new(Code::NotFound, "none"), now);
}

#[test]
fn what_is_being_made_from_the_start_takes_its_time_and_ends_in_every_service() {
    let given = [("{backup}", BackupState::Creating)];
    for setup in [setup("", &given), alloydb::setup("", &given), geminidb::setup("", &given)] {
        let project = Project::new(Arc::new(services()), "p", Box::new(rescind_engine::FreeRunning), true);
        let mut project = project.at_pace(Some(Span::seconds(OPERATION_TIME)));
        project.give(&setup, clock()).unwrap();
        let state = |project: &Project| {
            let snapshot = project.snapshot();
            (snapshot.backups[0].state, snapshot.operations[0].state.is_done())
        };
        pass(&mut project, clock() + Span::seconds(OPERATION_TIME - 2));
        assert_eq!(state(&project), (BackupState::Creating, false), "{}", setup.service.name());
        pass(&mut project, clock() + Span::seconds(OPERATION_TIME + 1));
        assert_eq!(state(&project), (BackupState::Ready, true), "{}", setup.service.name());
    }
}

#[test]
fn an_emulator_begins_with_ids_that_its_services_could_have_given() {
    let seed = |project: &str, change: &dyn Fn(&mut rescind_emulator::Setup)| {
        let emulator = Emulator::free_running(Arc::new(SystemTime::now), Duration::from_secs(2));
        let mut wanted = setup("", &[]);
        change(&mut wanted);
        emulator.seed(vec![(project.to_owned(), wanted)]).map_err(|error| match error {
            ControlError::InvalidSetup { source, .. } => source.to_string(),
            error => error.to_string(),
        })
    };
    assert_eq!(seed("p", &|_| {}), Ok(()));
    assert_eq!(seed("example.com:p", &|setup| setup.instance = "my-instance".into()), Ok(()));
    let refused = |project, change: &dyn Fn(&mut rescind_emulator::Setup)| seed(project, change).unwrap_err();
    insta::assert_snapshot!(refused("my project", &|_| {}), @"`my project` is no id of a project: it holds letters, digits, `-`, `_`, `.` and `:`, and begins with a letter or a digit");
    insta::assert_snapshot!(refused("p", &|setup| setup.instance = "Test_1".into()), @"`Test_1` is no id of an instance in Spanner: it has 2 to 64 characters, lower-case letters, digits and `-`, begins with a letter and does not end with `-`");
    insta::assert_snapshot!(refused("p", &|setup| setup.database = "d".into()), @"`d` is no id of a database in Spanner: it has 2 to 30 characters, lower-case letters, digits, `_` and `-`, begins with a letter and ends with a letter or a digit");
    let alloydb = |location: &str| {
        let location = location.to_owned();
        move |setup: &mut rescind_emulator::Setup| {
            *setup = alloydb::setup("", &[]);
            setup.instance.clone_from(&location);
        }
    };
    assert_eq!(seed("p", &alloydb("us-central1")), Ok(()));
    insta::assert_snapshot!(refused("p", &alloydb("US")), @"`US` is no location of AlloyDB; one is `us-central1`");
}
