//! What holds after any sequence of creations, copies, restores and deletions that take time.
//!
//! CI runs this with `PROPTEST_CASES=10000`, as [`properties`](crate::properties).

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rescind_engine::proto::database::{self as pb, database::State, restore_database_request::Source};
use rescind_engine::proto::longrunning;
use rescind_engine::spanner::database_admin as databases;
use rescind_model::Code;

use crate::support::{Case, DAY, INSTANCE, OPERATION_TIME, after, backup_name};

#[derive(Clone, Debug)]
enum Step {
    Create(u8),
    Copy {
        source: u8,
        backup: u8,
    },
    Restore {
        backup: u8,
        database: u8,
    },
    Delete(u8),
    Drop(u8),
    Cancel(u8),
    /// So many tenths of the time that an operation takes.
    Pass(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..4u8).prop_map(Step::Create),
        2 => (0..4u8, 0..4u8).prop_map(|(source, backup)| Step::Copy { source, backup }),
        3 => (0..4u8, 0..3u8).prop_map(|(backup, database)| Step::Restore { backup, database }),
        3 => (0..4u8).prop_map(Step::Delete),
        1 => (0..3u8).prop_map(Step::Drop),
        1 => (0..8u8).prop_map(Step::Cancel),
        4 => (1..12i64).prop_map(Step::Pass),
    ]
}

fn id(number: u8) -> String {
    format!("b{number}")
}

fn database(number: u8) -> String {
    format!("{INSTANCE}/databases/restored{number}")
}

/// Takes a step, and yields the operation that it started.
fn run(case: &mut Case, step: &Step, started: &[String]) -> Option<longrunning::Operation> {
    match step {
        Step::Create(backup) => case.create(&id(*backup)).ok(),
        Step::Copy { source, backup } => {
            let request = pb::CopyBackupRequest {
                parent: INSTANCE.into(),
                backup_id: id(*backup),
                source_backup: backup_name(&id(*source)),
                expire_time: after(2 * DAY),
                encryption_config: None,
            };
            case.call::<databases::CopyBackup>(request).ok()
        }
        Step::Restore { backup, database } => {
            let request = pb::RestoreDatabaseRequest {
                parent: INSTANCE.into(),
                database_id: format!("restored{database}"),
                encryption_config: None,
                source: Some(Source::Backup(backup_name(&id(*backup)))),
            };
            case.call::<databases::RestoreDatabase>(request).ok()
        }
        Step::Delete(backup) => {
            delete(case, &id(*backup));
            None
        }
        Step::Drop(number) => {
            // One that is being restored can be dropped as well; it is gone then.
            case.drop_database(&database(*number)).unwrap();
            assert_eq!(case.database(&database(*number)).unwrap_err().code, Code::NotFound);
            None
        }
        Step::Cancel(number) => {
            if let Some(name) = started.get(usize::from(*number)) {
                case.cancel(name).unwrap();
            }
            None
        }
        Step::Pass(tenths) => {
            case.pass(tenths * OPERATION_TIME / 10);
            None
        }
    }
}

/// Deletes a backup: it goes unless something is being made of it, and deleting it again changes nothing.
fn delete(case: &mut Case, id: &str) {
    let used = case.get(id).is_ok_and(|backup| {
        !backup.referencing_backups.is_empty() || !backup.referencing_databases.is_empty()
    });
    let first = case.delete(id).map_err(|status| status.code);
    assert_eq!(first, if used { Err(Code::FailedPrecondition) } else { Ok(()) }, "{id}");
    assert_eq!(case.get(id).is_ok(), used, "{id}");
    let before = case.project.snapshot();
    assert_eq!(case.delete(id).map_err(|status| status.code), first);
    assert_eq!(case.project.snapshot(), before, "deleting again changes nothing");
}

/// What the resources that are being made say that they are made of, by the name of the backup.
fn made_of(case: &mut Case, backups: &[pb::Backup]) -> BTreeMap<String, BTreeSet<String>> {
    let mut made_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in (0..3).map(database) {
        let Ok(restored) = case.database(&name) else { continue };
        if let (State::Creating | State::ReadyOptimizing, Some(source)) =
            (restored.state(), restore_source(case, &restored))
        {
            made_of.entry(source).or_default().insert(restored.name);
        }
    }
    for copy in backups.iter().filter(|backup| backup.state() == pb::backup::State::Creating) {
        let operation = running(case, "CopyBackupMetadata", &copy.name);
        if let Some(operation) = operation {
            let metadata: pb::CopyBackupMetadata = crate::support::metadata_as(&operation);
            made_of.entry(metadata.source_backup).or_default().insert(copy.name.clone());
        }
    }
    made_of
}

fn restore_source(case: &mut Case, restored: &pb::Database) -> Option<String> {
    use pb::restore_info::SourceInfo;
    match &restored.restore_info {
        Some(pb::RestoreInfo { source_info: Some(SourceInfo::BackupInfo(info)), .. }) => {
            Some(info.backup.clone())
        }
        _ => {
            let request = pb::ListDatabaseOperationsRequest {
                parent: INSTANCE.into(),
                filter: format!("metadata.@type:RestoreDatabaseMetadata AND metadata.name={}", restored.name),
                ..Default::default()
            };
            let operations = case.call::<databases::ListDatabaseOperations>(request).unwrap().operations;
            let metadata: pb::RestoreDatabaseMetadata = crate::support::metadata_as(operations.first()?);
            let pb::restore_database_metadata::SourceInfo::BackupInfo(info) = metadata.source_info?;
            Some(info.backup)
        }
    }
}

/// The running operation of a type that works on a resource.
fn running(case: &mut Case, metadata: &str, name: &str) -> Option<longrunning::Operation> {
    let filter = format!("metadata.@type:{metadata} AND metadata.name={name} AND done:false");
    case.list_operations(&filter).unwrap().pop()
}

/// Checks what must hold after every step.
fn check(case: &mut Case, done: &mut BTreeMap<String, longrunning::Operation>) {
    let backups = case.list("").unwrap();
    let made_of = made_of(case, &backups);
    let told: BTreeMap<String, BTreeSet<String>> = (backups.iter())
        .map(|backup| {
            let users = backup.referencing_databases.iter().chain(&backup.referencing_backups);
            (backup.name.clone(), users.cloned().collect::<BTreeSet<_>>())
        })
        .filter(|(_, users)| !users.is_empty())
        .collect();
    assert_eq!(told, made_of, "what is referenced is there, and by what refers to it");

    let creations = case.list_operations("metadata.@type:CreateBackupMetadata AND done:false").unwrap();
    assert!(creations.len() <= 1, "one pending backup of the database");

    for operation in case.list_operations("done:true").unwrap() {
        let kept = done.entry(operation.name.clone()).or_insert_with(|| operation.clone());
        assert_eq!(*kept, operation, "a done operation never changes");
    }
}

proptest! {
    #[test]
    fn no_sequence_of_requests_leaves_a_reference_to_what_is_gone(
        steps in proptest::collection::vec(step(), 0..20),
    ) {
        let mut case = Case::free_running();
        let (mut started, mut done) = (Vec::new(), BTreeMap::new());
        for step in &steps {
            let operation = run(&mut case, step, &started);
            started.extend(operation.map(|operation| operation.name));
            check(&mut case, &mut done);
        }
        // In the end nothing is left to be made, and nothing is referenced.
        case.pass(3 * OPERATION_TIME);
        case.pass(3 * OPERATION_TIME);
        for backup in case.list("").unwrap() {
            prop_assert_eq!(backup.state(), pb::backup::State::Ready);
            prop_assert!(backup.referencing_databases.is_empty() && backup.referencing_backups.is_empty());
        }
    }
}
