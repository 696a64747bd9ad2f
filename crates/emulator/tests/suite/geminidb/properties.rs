//! What holds after any sequence of requests.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rescind_model::{BackupState, OperationState};

use super::support::{BackupQuery, BatchDeleteBackups, Case, JobItem, JobQuery, backup_id, setup};

#[derive(Clone, Debug)]
enum Step {
    Create(u8),
    Stop(u8),
    Delete(u8),
    Batch(u8, u8),
    Job(u8),
    Jobs,
    Settle,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3u8).prop_map(Step::Create),
        4 => (1..10u8).prop_map(Step::Stop),
        2 => (1..10u8).prop_map(Step::Delete),
        1 => (1..10u8, 1..10u8).prop_map(|(first, second)| Step::Batch(first, second)),
        4 => (0..10u8).prop_map(Step::Job),
        1 => Just(Step::Jobs),
        1 => Just(Step::Settle),
    ]
}

const TERMS: &[&str] = &[
    "create1:done-after",
    "create2:failed-after",
    "create3:lost",
    "create4:unavailable",
    "cancel:pending",
    "cancel1:ignored",
    "cancel2:unimplemented",
    "cancel3:lost",
    "poll:running",
    "poll1:done",
    "poll2:cancelled",
    "poll3:failed",
    "early-poll:done",
    "early-poll1:failed",
    "delete1:lost",
    "delete2:permission-denied",
];

fn run(case: &mut Case, step: &Step, jobs: &mut Vec<String>) {
    match step {
        Step::Create(name) => jobs.extend(case.create(&format!("name{name}")).map(|started| started.job_id)),
        Step::Stop(key) => jobs.extend(case.stop(&backup_id(u64::from(*key))).map(|started| started.job_id)),
        Step::Delete(key) => {
            let id = backup_id(u64::from(*key));
            if case.delete(&id).is_ok() {
                assert_eq!(case.status(&id), None, "deleted and still there");
            }
        }
        Step::Batch(first, second) => {
            let ids = [first, second].map(|key| backup_id(u64::from(*key)));
            let _ = case.call(BatchDeleteBackups { backup_ids: ids.to_vec() });
        }
        Step::Job(number) => {
            let id = jobs.get(usize::from(*number)).cloned();
            let _ = case.jobs(JobQuery { id, ..JobQuery::default() });
        }
        Step::Jobs => drop(case.jobs(JobQuery::default())),
        Step::Settle => case.project.settle(crate::support::clock()),
    }
}

/// The jobs that have ended, by id, without a look at those that run, which could end by it.
fn ended(case: &Case) -> BTreeMap<String, OperationState> {
    let operations = case.project.snapshot().operations;
    let ended = operations.into_iter().filter(|operation| operation.state.is_done());
    ended.map(|operation| (operation.name, operation.state)).collect()
}

fn check(case: &mut Case, before: &BTreeMap<String, OperationState>) {
    let after = ended(case);
    for (name, state) in before {
        assert_eq!(after.get(name), Some(state), "a job that had ended changed");
    }
    let snapshot = case.project.snapshot();
    let building = snapshot.backups.iter().filter(|backup| backup.state == BackupState::Creating).count();
    let running = snapshot.operations.iter().filter(|job| job.state == OperationState::Running).count();
    assert_eq!(building, running, "a backup is BUILDING while its job runs");
    assert!(building <= 1, "an instance has at most one backup that is building");
    let mut names: Vec<_> = snapshot.backups.iter().map(|backup| &backup.name).collect();
    names.dedup();
    assert_eq!(names.len(), snapshot.backups.len(), "no two backups have one name");
}

/// The pages of both lists cover them once.
fn check_pages(case: &mut Case, size: usize) {
    let whole = case.list(BackupQuery::default()).unwrap().backups;
    let mut paged = Vec::new();
    while paged.len() < whole.len() {
        let query = BackupQuery {
            offset: Some(paged.len().to_string()),
            limit: Some(size.to_string()),
            ..BackupQuery::default()
        };
        paged.extend(case.list(query).unwrap().backups);
    }
    assert_eq!(whole, paged);
    // Jobs of the one backup that may still be building progress when they are looked at, so they are settled first.
    case.project.settle(crate::support::clock());
    let mut jobs: Vec<JobItem> = Vec::new();
    loop {
        let query = JobQuery {
            offset: Some(jobs.len().to_string()),
            limit: Some("10".into()),
            ..JobQuery::default()
        };
        let page = case.jobs(query).unwrap();
        let total = page.total_count;
        jobs.extend(page.jobs);
        if jobs.len() >= total {
            break;
        }
    }
    let mut ids: Vec<_> = jobs.iter().map(|job| &job.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), jobs.len());
    let backups = jobs.iter().filter(|job| job.name == "BackupInstance").count();
    assert_eq!(backups, case.project.snapshot().operations.len());
}

proptest! {
    #[test]
    fn any_sequence_of_requests_keeps_the_invariants(
        terms in proptest::sample::subsequence(TERMS, 0..6),
        cassandra in proptest::bool::weighted(0.9),
        steps in proptest::collection::vec(step(), 0..24),
        size in 1..5usize,
    ) {
        let run_all = || {
            let mut setup = setup(&terms.join(" "), &[("given", BackupState::Ready)]);
            setup.given.not_cassandra = !cassandra;
            let mut case = Case::with(&setup);
            let mut jobs = Vec::new();
            for step in &steps {
                let before = ended(&case);
                run(&mut case, step, &mut jobs);
                check(&mut case, &before);
            }
            check_pages(&mut case, size);
            case
        };
        let (first, second) = (run_all(), run_all());
        prop_assert_eq!(first.project.journal(), second.project.journal());
    }
}
