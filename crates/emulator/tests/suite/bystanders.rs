//! What is there beside what a sample is told to use, and what is told of whoever changes it.

use rescind_emulator::Setup;
use rescind_engine::Project;
use rescind_engine::proto::alloydb::v1beta as alloydb_pb;
use rescind_engine::proto::{database as pb, iam, instance as instance_pb};
use rescind_engine::spanner::{database_admin as databases, instance_admin};
use rescind_model::{BackupState, ChangeKind};

use crate::support::{Case, DATABASE, DAY, INSTANCE, after, backup_name, clock};
use crate::{alloydb::support as alloydb, geminidb::support as geminidb, support as spanner};

fn among(setup: Setup) -> Setup {
    Setup { bystanders: true, ..setup }
}

fn case() -> Case {
    Case::with(&among(spanner::setup("", &[]))).unwrap()
}

fn changes(project: &Project) -> Vec<String> {
    project.changes().iter().map(ToString::to_string).collect()
}

#[test]
fn whoever_minds_their_own_business_changes_nothing() {
    let mut spanner = case();
    let operation = spanner.create("b1").unwrap().name;
    spanner.cancel(&operation).unwrap();
    spanner.poll(&operation).unwrap();
    let mut alloydb = alloydb::Case::with(&among(alloydb::setup("", &[]))).unwrap();
    let operation = alloydb.create("b1").unwrap().name;
    alloydb.cancel(&operation).unwrap();
    alloydb.poll(&operation).unwrap();
    let mut geminidb = geminidb::Case::with(&among(geminidb::setup("", &[])));
    let started = geminidb.create("nightly").unwrap();
    geminidb.stop(&started.backup_id).unwrap();
    for mut project in [spanner.project, alloydb.project, geminidb.project] {
        project.settle(clock());
        assert_eq!(changes(&project), [""; 0]);
        let snapshot = project.snapshot();
        let states: Vec<BackupState> = snapshot.backups.iter().map(|backup| backup.state).collect();
        assert_eq!(states, [BackupState::Ready, BackupState::Creating], "{snapshot:?}");
        assert!(snapshot.backups.iter().all(|backup| backup.foreign && backup.name.contains("bystander")));
        let foreign = snapshot.operations.iter().filter(|operation| operation.foreign);
        assert_eq!(foreign.filter(|operation| !operation.state.is_done()).count(), 1, "{snapshot:?}");
    }
}

#[test]
fn a_backup_that_was_completed_is_new_and_what_was_given_the_name_is_not() {
    let taken = spanner::setup("given:same-name", &[("{backup}", BackupState::Ready)]);
    let mut case = Case::with(&among(taken)).unwrap();
    case.create("other-name").unwrap_err();
    assert_eq!(changes(&case.project), [""; 0], "it has taken the name that was asked for");
    let mut case = Case::with(&among(spanner::setup("create:done", &[]))).unwrap();
    case.create("b1").unwrap();
    assert_eq!(changes(&case.project), [format!("created the backup {}", backup_name("b1"))]);
    let created = &case.project.changes()[0];
    assert_eq!((created.change, created.fields.len()), (ChangeKind::Created, 0));
}

#[test]
fn whatever_is_changed_in_spanner_is_told() {
    let mut case = case();
    let schedule = format!("{DATABASE}/backupSchedules/bystander-schedule");
    case.call::<databases::DeleteBackupSchedule>(pb::DeleteBackupScheduleRequest { name: schedule.clone() })
        .unwrap();
    let backup = backup_name("bystander-backup");
    let expiring = pb::Backup { name: backup.clone(), expire_time: after(DAY), ..Default::default() };
    let paths = vec!["expire_time".to_owned()];
    case.call::<databases::UpdateBackup>(pb::UpdateBackupRequest {
        backup: Some(expiring),
        update_mask: Some(prost_types::FieldMask { paths }),
    })
    .unwrap();
    case.call::<instance_admin::SetIamPolicy>(iam::SetIamPolicyRequest {
        resource: INSTANCE.to_owned(),
        policy: Some(iam::Policy::default()),
        ..Default::default()
    })
    .unwrap();
    let unlabelled = instance_pb::Instance { name: INSTANCE.to_owned(), ..Default::default() };
    let paths = vec!["labels".to_owned()];
    case.call::<instance_admin::UpdateInstance>(instance_pb::UpdateInstanceRequest {
        instance: Some(unlabelled),
        field_mask: Some(prost_types::FieldMask { paths }),
    })
    .unwrap();
    case.call::<databases::UpdateDatabaseDdl>(pb::UpdateDatabaseDdlRequest {
        database: DATABASE.to_owned(),
        statements: vec!["CREATE TABLE t (a INT64) PRIMARY KEY (a)".to_owned()],
        ..Default::default()
    })
    .unwrap();
    case.create_database("mine");
    case.delete("bystander-db-backup").unwrap();
    insta::assert_snapshot!(changes(&case.project).join("\n"), @"
    altered bindings of the IAM policy projects/p/instances/test
    altered labels of the instance projects/p/instances/test
    altered expireTime of the backup projects/p/instances/test/backups/bystander-backup
    deleted the backup projects/p/instances/test/backups/bystander-db-backup
    altered ddl of the database projects/p/instances/test/databases/db
    deleted the backup schedule projects/p/instances/test/databases/db/backupSchedules/bystander-schedule
    created the database projects/p/instances/test/databases/mine
    ");
}

#[test]
fn whatever_is_changed_in_alloydb_is_told() {
    let mut case = alloydb::Case::with(&among(alloydb::setup("", &[]))).unwrap();
    let name = alloydb::backup_name("bystander-backup");
    let labels = [("owner".to_owned(), "me".to_owned())].into();
    case.update(alloydb_pb::Backup { name, labels, ..Default::default() }, &["labels"]).unwrap();
    case.delete("bystander-cluster-backup").unwrap();
    insta::assert_snapshot!(changes(&case.project).join("\n"), @"
    altered labels of the backup projects/p/locations/us-central1/backups/bystander-backup
    deleted the backup projects/p/locations/us-central1/backups/bystander-cluster-backup
    ");
}

#[test]
fn whatever_is_changed_in_geminidb_is_told() {
    let mut case = geminidb::Case::with(&among(geminidb::setup("", &[])));
    let ready = case.given_ids()[0].clone();
    case.delete(&ready).unwrap();
    insta::assert_snapshot!(changes(&case.project).join("\n"), @"deleted the backup projects/p/instances/0123in06/backups/bystander-backup");
}
