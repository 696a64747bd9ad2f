//! What holds after any sequence of requests.
//!
//! CI runs this with `PROPTEST_CASES=10000`; by default proptest makes 256 sequences.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rescind_engine::proto::{database as pb, longrunning};
use rescind_engine::spanner::database_admin as databases;
use rescind_model::{BackupState, Code, Entry, OperationState};

use crate::support::{Case, DATABASE, INSTANCE, backup_name, create_request};

#[derive(Clone, Debug)]
enum Step {
    Create { backup: u8, database: u8 },
    Get(u8),
    Delete(u8),
    Update { backup: u8, hours: i64 },
    Poll(u8),
    Cancel(u8),
    DropDatabase(u8),
    Settle,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4u8, 0..2u8).prop_map(|(backup, database)| Step::Create { backup, database }),
        1 => (0..4u8).prop_map(Step::Get),
        2 => (0..4u8).prop_map(Step::Delete),
        1 => (0..4u8, 0..9000i64).prop_map(|(backup, hours)| Step::Update { backup, hours }),
        4 => (0..8u8).prop_map(Step::Poll),
        3 => (0..8u8).prop_map(Step::Cancel),
        1 => (0..2u8).prop_map(Step::DropDatabase),
        1 => Just(Step::Settle),
    ]
}

const TERMS: &[&str] = &[
    "create:done",
    "create1:done-after",
    "create2:failed-after",
    "create1:lost",
    "create2:unavailable",
    "cancel:pending",
    "cancel1:ignored",
    "cancel2:unimplemented",
    "cancel1:lost",
    "poll:running",
    "poll1:done",
    "poll2:cancelled",
    "poll3:failed",
    "poll1:unavailable",
    "early-poll:done",
    "early-poll1:failed",
    "delete1:lost",
    "delete2:permission-denied",
    "get1:unavailable",
    "UpdateBackup:aborted",
];

fn schedule() -> impl Strategy<Value = String> {
    proptest::sample::subsequence(TERMS, 0..6).prop_map(|mut terms| {
        // A schedule decides no request twice.
        terms.sort_unstable_by_key(|term| term.split(':').next());
        terms.dedup_by_key(|term| term.split(':').next());
        terms.join(" ")
    })
}

fn database(number: u8) -> String {
    if number == 0 { DATABASE.into() } else { format!("{INSTANCE}/databases/other") }
}

fn run(case: &mut Case, step: &Step, operations: &mut Vec<String>) {
    let chosen = |operations: &[String], number: u8| operations.get(usize::from(number)).cloned();
    match step {
        Step::Create { backup, database: number } => {
            let mut request = create_request(&format!("b{backup}"));
            if let Some(backup) = &mut request.backup {
                backup.database = database(*number);
            }
            operations.extend(case.call::<databases::CreateBackup>(request).map(|operation| operation.name));
        }
        Step::Get(backup) => drop(case.get(&format!("b{backup}"))),
        Step::Delete(backup) => {
            let id = format!("b{backup}");
            if case.delete(&id).is_ok() {
                assert!(!exists(case, &id), "deleted and still there");
            }
        }
        Step::Update { backup, hours } => {
            let backup = pb::Backup {
                name: backup_name(&format!("b{backup}")),
                expire_time: crate::support::after(hours * 3600),
                ..Default::default()
            };
            let update_mask = Some(prost_types::FieldMask { paths: vec!["expire_time".into()] });
            let request = pb::UpdateBackupRequest { backup: Some(backup), update_mask };
            drop(case.call::<databases::UpdateBackup>(request));
        }
        Step::Poll(number) => drop(chosen(operations, *number).map(|name| case.poll(&name))),
        Step::Cancel(number) => drop(chosen(operations, *number).map(|name| case.cancel(&name))),
        Step::DropDatabase(number) => drop(case.drop_database(&database(*number))),
        Step::Settle => case.project.settle(crate::support::clock()),
    }
}

fn exists(case: &Case, id: &str) -> bool {
    case.project.snapshot().backups.iter().any(|backup| backup.name == backup_name(id))
}

/// The operations of all lists, by name.
fn all_operations(case: &mut Case) -> BTreeMap<String, longrunning::Operation> {
    let listed = case.list_operations("").unwrap();
    listed.into_iter().map(|operation| (operation.name.clone(), operation)).collect()
}

/// Checks what must hold after every request, given the operations before it; yields those after it.
fn check(
    case: &mut Case,
    before: &BTreeMap<String, longrunning::Operation>,
) -> BTreeMap<String, longrunning::Operation> {
    let after = all_operations(case);
    for (name, operation) in before.iter().filter(|(_, operation)| operation.done) {
        assert_eq!(after.get(name), Some(operation), "a done operation changed");
    }
    let backups = case.list("").unwrap();
    let snapshot = case.project.snapshot();
    let creating: BTreeSet<_> = backups
        .iter()
        .filter(|backup| backup.state() == pb::backup::State::Creating)
        .map(|backup| &backup.name)
        .collect();
    let running: BTreeSet<_> = (snapshot.operations.iter())
        .filter(|operation| operation.state == OperationState::Running)
        .map(|operation| operation.name.split("/operations/").next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        creating.into_iter().cloned().collect::<BTreeSet<_>>(),
        running,
        "a backup is CREATING while its operation runs"
    );
    for database in [database(0), database(1)] {
        let pending = backups
            .iter()
            .filter(|backup| backup.database == database && backup.state() == pb::backup::State::Creating);
        assert!(pending.count() <= 1, "two pending backups of {database}");
    }
    for operation in snapshot
        .operations
        .iter()
        .filter(|operation| operation.state == OperationState::Failed(Code::Cancelled))
    {
        assert!(after[&operation.name].done);
    }
    after
}

/// List and get say the same, and pages cover the list once.
fn check_lists(case: &mut Case, page_size: i32) {
    let whole = case.list("").unwrap();
    let mut paged = Vec::new();
    let mut page_token = String::new();
    loop {
        let request =
            pb::ListBackupsRequest { parent: INSTANCE.into(), page_size, page_token, ..Default::default() };
        let reply = case.call::<databases::ListBackups>(request).unwrap();
        paged.extend(reply.backups);
        page_token = reply.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(whole, paged);
    for backup in &whole {
        let id = backup.name.rsplit('/').next().unwrap_or_default();
        // A fault may hide the backup, but only a fault.
        match case.get(id) {
            Ok(found) => assert_eq!(found, *backup),
            Err(status) => assert_eq!(status.code, Code::Unavailable),
        }
    }
    let snapshot = case.project.snapshot();
    let states: BTreeMap<_, _> = whole.iter().map(|backup| (backup.name.clone(), backup.state())).collect();
    assert_eq!(snapshot.backups.len(), states.len());
    for backup in snapshot.backups {
        let ready = states[&backup.name] == pb::backup::State::Ready;
        assert_eq!(backup.state == BackupState::Ready, ready);
    }
}

proptest! {
    #[test]
    fn any_sequence_of_requests_keeps_the_invariants(
        schedule in schedule(),
        steps in proptest::collection::vec(step(), 0..24),
        page_size in 1..5i32,
    ) {
        let start = |schedule: &str| {
            let mut case = Case::given(schedule, &[("given", BackupState::Ready)]);
            case.create_database("other");
            (case, Vec::new())
        };
        let (mut checked, mut operations) = start(&schedule);
        let mut before = BTreeMap::new();
        for step in &steps {
            run(&mut checked, step, &mut operations);
            before = check(&mut checked, &before);
        }
        check_lists(&mut checked, page_size);

        let play = |schedule: &str| {
            let (mut case, mut operations) = start(schedule);
            steps.iter().for_each(|step| run(&mut case, step, &mut operations));
            case.project
        };
        let played = play(&schedule);
        // What a journal says was decided is a schedule that leads to the same journal and to the same state; but what
        // was decided while the case settled is in no journal.
        let decided = played.journal().iter().flat_map(Entry::terms);
        let decided = decided.map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let settles = steps.iter().any(|step| matches!(step, Step::Settle));
        let replayed = play(if settles { &schedule } else { &decided });
        prop_assert_eq!(replayed.journal(), played.journal());
        prop_assert_eq!(replayed.snapshot(), played.snapshot());
    }
}
