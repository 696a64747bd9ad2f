//! What holds after any sequence of requests to AlloyDB.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rescind_engine::alloydb::v1beta as rpc;
use rescind_engine::proto::alloydb::v1beta as pb;
use rescind_engine::proto::longrunning;
use rescind_model::{BackupState, Code};

use super::support::{CLUSTER, Case, backup_name, create_request, id_of, list_request};

#[derive(Clone, Debug)]
enum Step {
    Create { backup: u8, request_id: u8 },
    Update { backup: u8, allow_missing: bool },
    Delete { backup: u8, request_id: u8 },
    Poll(u8),
    Cancel(u8),
    Settle,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3u8, 0..3u8).prop_map(|(backup, request_id)| Step::Create { backup, request_id }),
        1 => (0..3u8, any::<bool>()).prop_map(|(backup, allow_missing)| Step::Update { backup, allow_missing }),
        2 => (0..3u8, 0..3u8).prop_map(|(backup, request_id)| Step::Delete { backup, request_id }),
        3 => (0..6u8).prop_map(Step::Poll),
        2 => (0..6u8).prop_map(Step::Cancel),
        1 => Just(Step::Settle),
    ]
}

fn schedule() -> impl Strategy<Value = String> {
    let term = prop_oneof![
        Just("create1:done"),
        Just("create2:done-after"),
        Just("create:lost"),
        Just("cancel1:pending"),
        Just("cancel:ignored"),
        Just("poll:running"),
        Just("poll2:failed"),
        Just("early-poll1:done"),
        Just("delete1:unavailable"),
    ];
    proptest::collection::btree_set(term, 0..4).prop_map(|terms| Vec::from_iter(terms).join(" "))
}

/// The first of these numbers is no id at all.
fn request_id(number: u8) -> String {
    if number == 0 { String::new() } else { format!("00000000-0000-4000-8000-00000000000{number}") }
}

fn run(case: &mut Case, step: &Step, operations: &mut Vec<String>) {
    let id = |backup: u8| format!("b{backup}");
    let reply = match step {
        Step::Create { backup, request_id: number } => {
            let request_id = request_id(*number);
            case.call::<rpc::CreateBackup>(pb::CreateBackupRequest {
                request_id,
                ..create_request(&id(*backup))
            })
        }
        Step::Update { backup, allow_missing } => {
            let backup = pb::Backup {
                name: backup_name(&id(*backup)),
                cluster_name: CLUSTER.into(),
                ..Default::default()
            };
            case.call::<rpc::UpdateBackup>(pb::UpdateBackupRequest {
                backup: Some(backup),
                allow_missing: *allow_missing,
                ..Default::default()
            })
        }
        Step::Delete { backup, request_id: number } => {
            let (name, request_id) = (backup_name(&id(*backup)), request_id(*number));
            case.call::<rpc::DeleteBackup>(pb::DeleteBackupRequest { name, request_id, ..Default::default() })
        }
        Step::Poll(number) => return drop(chosen(operations, *number).map(|name| case.poll(&name))),
        Step::Cancel(number) => return drop(chosen(operations, *number).map(|name| case.cancel(&name))),
        Step::Settle => return case.project.settle(case.now),
    };
    operations.extend(reply.map(|operation| operation.name));
}

fn chosen(operations: &[String], number: u8) -> Option<String> {
    operations.get(usize::from(number)).cloned()
}

/// The operations that were started, as they are shown without being looked at by a poll.
fn listed(case: &mut Case) -> BTreeMap<String, longrunning::Operation> {
    use rescind_engine::operations::ListOperations;
    let name = super::support::LOCATION.into();
    let request = longrunning::ListOperationsRequest { name, ..Default::default() };
    let operations = case.call::<ListOperations>(request).unwrap().operations;
    operations.into_iter().map(|operation| (operation.name.clone(), operation)).collect()
}

proptest! {
    #[test]
    fn any_sequence_of_requests_keeps_the_invariants(
        schedule in schedule(),
        steps in proptest::collection::vec(step(), 0..24),
        page_size in 1..4i32,
    ) {
        let mut case = Case::given(&schedule, &[("given", BackupState::Ready)]);
        let mut operations = Vec::new();
        let mut before = BTreeMap::new();
        for step in &steps {
            run(&mut case, step, &mut operations);
            let after = listed(&mut case);
            for (name, operation) in before.iter().filter(|(_, operation): &(_, &longrunning::Operation)| operation.done) {
                prop_assert_eq!(after.get(name), Some(operation), "a done operation changed");
            }
            let backups = case.call::<rpc::ListBackups>(list_request("", "")).unwrap().backups;
            for backup in &backups {
                let running = after.values().any(|operation| {
                    !operation.done && super::support::metadata(operation).target == backup.name
                });
                let working = matches!(backup.state(), pb::backup::State::Creating | pb::backup::State::Deleting);
                prop_assert_eq!(working, running, "{} is {:?}", &backup.name, backup.state());
            }
            prop_assert!(backups.iter().any(|backup| backup.name == backup_name("given")), "foreign and untouched");
            before = after;
        }

        let whole = case.list("", "").unwrap();
        let mut paged = Vec::new();
        let mut request = pb::ListBackupsRequest { page_size, ..list_request("", "create_time") };
        loop {
            let reply = case.call::<rpc::ListBackups>(request.clone()).unwrap();
            for backup in reply.backups {
                prop_assert_eq!(&case.get(&id_of(&backup.name)).unwrap(), &backup);
                paged.push(id_of(&backup.name));
            }
            request.page_token = reply.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        paged.sort();
        prop_assert_eq!(&paged, &whole, "pages cover the list once");
        let snapshot = case.project.snapshot();
        prop_assert_eq!(snapshot.backups.iter().map(|backup| id_of(&backup.name)).collect::<Vec<_>>(), whole);

        // Deleting twice is deleting once.
        for id in paged {
            let first = case.delete(&id);
            let second = case.delete(&id);
            if first.is_ok() {
                prop_assert_eq!(second.unwrap_err().code, Code::NotFound);
            }
        }
    }

    #[test]
    fn the_same_requests_have_the_same_journal(
        schedule in schedule(),
        steps in proptest::collection::vec(step(), 0..16),
    ) {
        let play = || {
            let mut case = Case::new(&schedule);
            let mut operations = Vec::new();
            steps.iter().for_each(|step| run(&mut case, step, &mut operations));
            case.project.journal().to_vec()
        };
        prop_assert_eq!(play(), play());
    }
}
