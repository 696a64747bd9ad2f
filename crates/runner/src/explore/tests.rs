//! The search, with samples that are functions: they ask a project what a program would ask the emulator.

use std::collections::HashSet;
use std::sync::Arc;

use rescind_engine::proto::{database as pb, longrunning};
use rescind_engine::spanner::database_admin::{CreateBackup, DeleteBackup, GetBackup};
use rescind_engine::{Project, Recording, Rpc, Setup, Status, Time, operations, services};
use rescind_model::{Code, Given, Schedule, Transport};

use super::alternatives::Bounds;
use super::search::Search;
use crate::testing;

const PARENT: &str = "projects/p/instances/i";
const BACKUP: &str = "projects/p/instances/i/backups/b1";

fn clock() -> Time {
    Time::parse("2026-11-30T12:00:00Z").unwrap()
}

fn setup() -> Setup {
    Setup { given: Given::default(), ..testing::setup() }
}

fn ask<R: Rpc>(project: &mut Project, request: R::Request) -> Result<R::Reply, Status> {
    project.handle::<R>(&request, Transport::Grpc, clock())
}

/// Asks again, once, while the service is not available.
fn insist<R: Rpc>(project: &mut Project, request: R::Request) -> Result<R::Reply, Status>
where
    R::Request: Clone,
{
    match ask::<R>(project, request.clone()) {
        Err(status) if status.code == Code::Unavailable => ask::<R>(project, request),
        other => other,
    }
}

fn delete(project: &mut Project) {
    // What is left is left.
    let _ = insist::<DeleteBackup>(project, pb::DeleteBackupRequest { name: BACKUP.into() });
}

/// Creates a backup, cancels, looks until the operation has ended, deletes what was completed.
fn sample(project: &mut Project, _: usize) {
    let expire_time = Some((clock() + rescind_engine::Span::days(1)).to_proto());
    let backup = pb::Backup { database: format!("{PARENT}/databases/d"), expire_time, ..Default::default() };
    let create = pb::CreateBackupRequest {
        parent: PARENT.into(),
        backup_id: "b1".into(),
        backup: Some(backup),
        ..Default::default()
    };
    let operation = match ask::<CreateBackup>(project, create) {
        Ok(operation) => operation,
        Err(status) => {
            let look = pb::GetBackupRequest { name: BACKUP.into() };
            if status.code == Code::Unavailable && insist::<GetBackup>(project, look).is_ok() {
                delete(project);
            }
            return;
        }
    };
    let name = operation.name;
    let _ = insist::<operations::CancelOperation>(
        project,
        longrunning::CancelOperationRequest { name: name.clone() },
    );
    for _ in 0..4 {
        let look = longrunning::GetOperationRequest { name: name.clone() };
        match insist::<operations::GetOperation>(project, look) {
            Ok(seen) if !seen.done => {}
            Ok(seen) => {
                if matches!(seen.result, Some(longrunning::operation::Result::Response(_))) {
                    delete(project);
                }
                return;
            }
            Err(_) => break,
        }
    }
    delete(project);
}

/// What a sample does by a schedule.
fn run(schedule: &Schedule, number: usize, sample: fn(&mut Project, usize)) -> (Project, Recording) {
    let decisions = Box::new(schedule.clone());
    let mut project = Project::new(Arc::new(services()), "p", decisions, true);
    let setup = Setup { given: setup().given.extended_by(schedule), schedule: schedule.clone(), ..setup() };
    project.give(&setup, clock()).unwrap();
    project.record(clock());
    sample(&mut project, number);
    let recording = project.recording().cloned().unwrap();
    (project, recording)
}

/// Explores to the end: the schedules that were played, those for which the sample was run, and what did not come by again.
fn explore(bounds: Bounds, sample: fn(&mut Project, usize)) -> (Search, usize, Vec<String>) {
    let mut search = Search::new(Arc::new(services()), "p".to_owned(), setup(), bounds);
    let (mut runs, mut diverged) = (0, Vec::new());
    while let Some(errand) = search.next().unwrap() {
        let (_, recording) = run(&errand.schedule(), runs, sample);
        runs += 1;
        if let Err(why) = search.tell(errand, recording) {
            diverged.push(why);
        }
    }
    (search, runs, diverged)
}

#[test]
fn the_sample_is_run_once_for_each_history_and_every_schedule_comes_to_what_running_it_would() {
    for faults in 0..=2 {
        let (mut search, runs, diverged) = explore(Bounds { faults, polls: 2 }, sample);
        assert_eq!(diverged, [""; 0]);
        assert_eq!((search.histories(), search.left()), (runs, 0));
        let seen = search.take_seen();
        assert_eq!(search.schedules(), seen.len());
        assert!(seen.len() > runs, "{runs} runs for {} schedules", seen.len());
        let mut schedules = HashSet::new();
        for seen in seen {
            assert!(schedules.insert(seen.schedule.to_string()), "{} was played twice", seen.schedule);
            let (mut project, _) = run(&seen.schedule, 0, sample);
            assert_eq!(project.journal(), seen.play.journal, "{}", seen.schedule);
            assert_eq!(project.snapshot(), seen.play.at_exit, "{}", seen.schedule);
            project.settle(clock());
            assert_eq!(project.snapshot(), seen.play.settled, "{}", seen.schedule);
            let faults_met = seen.play.points.iter().filter(|met| met.fault.is_some());
            let kinds: HashSet<_> = faults_met.map(|met| (met.point.request.clone(), met.fault)).collect();
            // A lasting one is met by looks before a cancel and after it.
            assert!(kinds.len() <= 2 * faults as usize, "{}", seen.schedule);
        }
        for wanted in ["", "given:same-name", "cancel1:pending poll1+:running", "create1:done-after"] {
            assert!(schedules.contains(wanted), "`{wanted}` was not played");
        }
        let denied = "poll1+:permission-denied";
        assert_eq!(schedules.contains(denied), faults > 0, "{denied}");
    }
}

#[test]
fn shorter_schedules_come_first() {
    let (mut search, ..) = explore(Bounds { faults: 1, polls: 1 }, sample);
    let lengths: Vec<usize> = search.take_seen().iter().map(|seen| seen.length).collect();
    assert!(lengths.is_sorted(), "{lengths:?}");
    assert_eq!(lengths[0], 0);
}

/// Looks at its backup first, every other time that it is run.
fn now_and_then(project: &mut Project, number: usize) {
    if number % 2 == 1 {
        let _ = ask::<GetBackup>(project, pb::GetBackupRequest { name: BACKUP.into() });
    }
    sample(project, number);
}

#[test]
fn a_sample_with_chance_in_it_does_not_come_by_again() {
    let (_, _, diverged) = explore(Bounds { faults: 0, polls: 1 }, now_and_then);
    insta::assert_snapshot!(diverged[0], @"request 1 was CreateBackup of projects/p/instances/i/backups/b1 and is now GetBackup of projects/p/instances/i/backups/b1, told the same");
}

/// Asks for nothing.
fn silent(_: &mut Project, _: usize) {}

#[test]
fn a_sample_that_asks_for_nothing_has_one_history() {
    let (search, runs, diverged) = explore(Bounds::default(), silent);
    assert_eq!((search.histories(), runs, diverged.len()), (1, 1, 0));
    assert_eq!(search.schedules(), 4, "with nothing given, and with each that can be");
}

#[test]
fn what_could_not_be_run_is_left_and_keeps_nothing_else_from_being_played() {
    let bounds = Bounds { faults: 0, polls: 1 };
    let mut search = Search::new(Arc::new(services()), "p".to_owned(), setup(), bounds);
    let first = search.next().unwrap().unwrap();
    assert!(search.next().unwrap().is_none(), "all others wait for what the first one shows");
    let left = search.left();
    search.leave(&first);
    assert_eq!(search.left(), left - 1);
    let second = search.next().unwrap().unwrap();
    let (_, recording) = run(&second.schedule(), 0, sample);
    search.tell(second, recording).unwrap();
    assert!(search.next().unwrap().is_some());
}
