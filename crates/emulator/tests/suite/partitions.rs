//! Partitions of instances, and what refers to them.

use prost_types::FieldMask;
use rescind_engine::Status;
use rescind_engine::proto::{database as database_pb, instance as pb, longrunning};
use rescind_engine::spanner::{database_admin as databases, instance_admin as instances};
use rescind_model::Code;

use crate::support::{
    CONFIG, Case, DATABASE, DAY, INSTANCE, OPERATION_TIME, after, backup_name, response_as,
};

const PARTITION: &str = "projects/p/instances/test/instancePartitions/part";
const PLACE: &str = "CREATE PLACEMENT here OPTIONS (instance_partition = 'part')";

fn create(case: &mut Case) -> Result<longrunning::Operation, Status> {
    let partition = pb::InstancePartition {
        config: CONFIG.into(),
        display_name: "A partition".into(),
        compute_capacity: Some(pb::instance_partition::ComputeCapacity::NodeCount(1)),
        ..Default::default()
    };
    case.call::<instances::CreateInstancePartition>(pb::CreateInstancePartitionRequest {
        parent: INSTANCE.into(),
        instance_partition_id: "part".into(),
        instance_partition: Some(partition),
    })
}

fn get(case: &mut Case) -> Result<pb::InstancePartition, Status> {
    case.call::<instances::GetInstancePartition>(pb::GetInstancePartitionRequest { name: PARTITION.into() })
}

fn delete(case: &mut Case) -> Result<(), Status> {
    let request = pb::DeleteInstancePartitionRequest { name: PARTITION.into(), ..Default::default() };
    case.call::<instances::DeleteInstancePartition>(request)
}

fn change_schema(case: &mut Case, statement: &str) -> Result<longrunning::Operation, Status> {
    case.call::<databases::UpdateDatabaseDdl>(database_pb::UpdateDatabaseDdlRequest {
        database: DATABASE.into(),
        statements: vec![statement.into()],
        ..Default::default()
    })
}

fn copy(case: &mut Case, parent: &str, id: &str) {
    let request = database_pb::CopyBackupRequest {
        parent: parent.into(),
        backup_id: id.into(),
        source_backup: backup_name("b1"),
        expire_time: after(2 * DAY),
        encryption_config: None,
    };
    case.call::<databases::CopyBackup>(request).unwrap();
}

#[test]
fn partitions_are_created_listed_updated_and_deleted_unless_a_database_uses_them() {
    let mut case = Case::free_running();
    let operation = create(&mut case).unwrap().name;
    assert!(operation.starts_with(&format!("{PARTITION}/operations/_auto_op_")), "{operation}");
    assert_eq!(create(&mut case).unwrap_err().code, Code::AlreadyExists);
    assert_eq!(get(&mut case).unwrap().state(), pb::instance_partition::State::Creating);
    case.pass(OPERATION_TIME);
    assert_eq!(response_as(&case.poll(&operation).unwrap()), Some(get(&mut case).unwrap()));

    let list = pb::ListInstancePartitionsRequest { parent: INSTANCE.into(), ..Default::default() };
    assert_eq!(case.call::<instances::ListInstancePartitions>(list).unwrap().instance_partitions.len(), 1);
    let list = pb::ListInstancePartitionOperationsRequest { parent: INSTANCE.into(), ..Default::default() };
    assert_eq!(case.call::<instances::ListInstancePartitionOperations>(list).unwrap().operations.len(), 1);

    let changed = pb::InstancePartition {
        name: PARTITION.into(),
        compute_capacity: Some(pb::instance_partition::ComputeCapacity::ProcessingUnits(2000)),
        ..Default::default()
    };
    let field_mask = Some(FieldMask { paths: vec!["processing_units".into()] });
    let request =
        pb::UpdateInstancePartitionRequest { instance_partition: Some(changed.clone()), field_mask };
    case.call::<instances::UpdateInstancePartition>(request).unwrap();
    case.pass(OPERATION_TIME);
    assert_eq!(get(&mut case).unwrap().compute_capacity, changed.compute_capacity);

    change_schema(&mut case, PLACE).unwrap();
    case.pass(OPERATION_TIME);
    assert_eq!(get(&mut case).unwrap().referencing_databases, [DATABASE]);
    assert_eq!(delete(&mut case).unwrap_err().code, Code::FailedPrecondition);
    change_schema(&mut case, "DROP PLACEMENT here").unwrap();
    case.pass(OPERATION_TIME);
    delete(&mut case).unwrap();
    assert_eq!(get(&mut case).unwrap_err().code, Code::NotFound);
}

#[test]
fn a_partition_that_a_backup_refers_to_cannot_be_deleted() {
    let mut case = Case::free_running();
    create(&mut case).unwrap();
    case.create("before").unwrap();
    case.pass(OPERATION_TIME);
    change_schema(&mut case, PLACE).unwrap();
    case.pass(OPERATION_TIME);
    case.create("b1").unwrap();
    case.pass(OPERATION_TIME);
    change_schema(&mut case, "DROP PLACEMENT here").unwrap();
    case.pass(OPERATION_TIME);
    case.create("after").unwrap();

    let partition = get(&mut case).unwrap();
    assert!(partition.referencing_databases.is_empty());
    assert_eq!(partition.referencing_backups, [backup_name("b1")]);
    assert_eq!(delete(&mut case).unwrap_err().code, Code::FailedPrecondition);
    // Dropping the database changes nothing for the backups that are complete.
    case.pass(OPERATION_TIME);
    case.drop_database(DATABASE).unwrap();
    assert_eq!(delete(&mut case).unwrap_err().code, Code::FailedPrecondition);
    case.delete("b1").unwrap();
    delete(&mut case).unwrap();
}

#[test]
fn a_copy_refers_to_a_partition_as_its_source_does_unless_it_is_in_another_instance() {
    let mut case = Case::free_running();
    create(&mut case).unwrap();
    case.create_instance("other").unwrap();
    change_schema(&mut case, PLACE).unwrap();
    case.pass(OPERATION_TIME);
    case.create("b1").unwrap();
    case.pass(OPERATION_TIME);
    copy(&mut case, INSTANCE, "c1");
    copy(&mut case, "projects/p/instances/other", "c2");
    assert_eq!(get(&mut case).unwrap().referencing_backups, [backup_name("c1"), backup_name("b1")]);
}
