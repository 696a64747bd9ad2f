//! What each RPC that starts an operation answers with, beside what the protos announce.

use std::collections::BTreeMap;

use prost_types::{Any, FieldMask};
use rescind_engine::Rpc;
use rescind_engine::proto::longrunning::{Operation, operation};
use rescind_engine::proto::{self, database as pb, instance as instance_pb};
use rescind_engine::spanner::{database_admin as databases, instance_admin as instances};
use rescind_model::BackupState;

use crate::alloydb::support as alloydb;
use crate::configs::with_one_more;
use crate::support::{CONFIG, Case, DATABASE, DAY, INSTANCE, after, backup_name, create_request};

/// The full names of the metadata and of the response of an operation.
type Types = (String, String);

/// By the path of the RPC.
type ByRpc = BTreeMap<String, Types>;

/// What the protos announce of the RPCs that are served.
fn announced() -> ByRpc {
    let option = proto::pool().get_extension_by_name("google.longrunning.operation_info").unwrap();
    let mut announced = ByRpc::new();
    for served in rescind_engine::services().rpcs() {
        let service = proto::pool().get_service_by_name(served.service).unwrap();
        let method = service.methods().find(|method| method.name() == served.name).unwrap();
        let options = method.options();
        if !options.has_extension(&option) {
            continue;
        }
        let info = options.get_extension(&option);
        let full_name = |field: &str| {
            let name =
                info.as_message().unwrap().get_field_by_name(field).unwrap().as_str().unwrap().to_owned();
            // Short names are of messages of the same package.
            if name.contains('.') { name } else { format!("{}.{name}", service.package_name()) }
        };
        announced.insert(served.path.to_owned(), (full_name("metadata_type"), full_name("response_type")));
    }
    announced
}

/// Notes what an operation that has completed in the reply was answered with.
fn note<R: Rpc<Reply = Operation>>(answered: &mut ByRpc, operation: &Operation) {
    let name = |any: &Any| any.type_url.rsplit('/').next().unwrap().to_owned();
    let path = format!("/{}/{}", R::SERVICE, R::NAME);
    let Some(operation::Result::Response(response)) = &operation.result else {
        panic!("{path}: {operation:?}");
    };
    answered.insert(path, (name(operation.metadata.as_ref().unwrap()), name(response)));
}

fn mask(path: &str) -> Option<FieldMask> {
    Some(FieldMask { paths: vec![path.into()] })
}

/// One example of each RPC of Spanner.
fn spanner(answered: &mut ByRpc) {
    let mut case = Case::new("create:done");
    macro_rules! call {
        ($rpc:ty, $request:expr) => {
            note::<$rpc>(answered, &case.call::<$rpc>($request).unwrap())
        };
    }
    call!(
        databases::CreateDatabase,
        pb::CreateDatabaseRequest {
            parent: INSTANCE.into(),
            create_statement: "CREATE DATABASE other".into(),
            ..Default::default()
        }
    );
    let protected =
        pb::Database { name: DATABASE.into(), enable_drop_protection: true, ..Default::default() };
    call!(
        databases::UpdateDatabase,
        pb::UpdateDatabaseRequest { database: Some(protected), update_mask: mask("enable_drop_protection") }
    );
    call!(
        databases::UpdateDatabaseDdl,
        pb::UpdateDatabaseDdlRequest {
            database: DATABASE.into(),
            statements: vec!["CREATE ROLE reader".into()],
            ..Default::default()
        }
    );
    call!(databases::CreateBackup, create_request("b1"));
    call!(
        databases::CopyBackup,
        pb::CopyBackupRequest {
            parent: INSTANCE.into(),
            backup_id: "c1".into(),
            source_backup: backup_name("b1"),
            expire_time: after(2 * DAY),
            encryption_config: None,
        }
    );
    call!(
        databases::RestoreDatabase,
        pb::RestoreDatabaseRequest {
            parent: INSTANCE.into(),
            database_id: "restored".into(),
            encryption_config: None,
            source: Some(pb::restore_database_request::Source::Backup(backup_name("b1"))),
        }
    );

    let instance = instance_pb::Instance {
        name: "projects/p/instances/second".into(),
        config: CONFIG.into(),
        display_name: "Second".into(),
        ..Default::default()
    };
    call!(
        instances::CreateInstance,
        instance_pb::CreateInstanceRequest {
            parent: "projects/p".into(),
            instance_id: "second".into(),
            instance: Some(instance.clone()),
        }
    );
    call!(
        instances::MoveInstance,
        instance_pb::MoveInstanceRequest {
            name: instance.name.clone(),
            target_config: "projects/p/instanceConfigs/nam3".into(),
        }
    );
    call!(
        instances::UpdateInstance,
        instance_pb::UpdateInstanceRequest { instance: Some(instance), field_mask: mask("display_name") }
    );
    let config = instance_pb::InstanceConfig {
        name: "projects/p/instanceConfigs/custom-mine".into(),
        base_config: CONFIG.into(),
        ..with_one_more(&mut case, CONFIG)
    };
    call!(
        instances::CreateInstanceConfig,
        instance_pb::CreateInstanceConfigRequest {
            parent: "projects/p".into(),
            instance_config_id: "custom-mine".into(),
            instance_config: Some(config.clone()),
            validate_only: false,
        }
    );
    call!(
        instances::UpdateInstanceConfig,
        instance_pb::UpdateInstanceConfigRequest {
            instance_config: Some(config),
            update_mask: mask("display_name"),
            validate_only: false,
        }
    );
    let partition = instance_pb::InstancePartition {
        name: format!("{INSTANCE}/instancePartitions/part"),
        config: CONFIG.into(),
        display_name: "A partition".into(),
        compute_capacity: Some(instance_pb::instance_partition::ComputeCapacity::NodeCount(1)),
        ..Default::default()
    };
    call!(
        instances::CreateInstancePartition,
        instance_pb::CreateInstancePartitionRequest {
            parent: INSTANCE.into(),
            instance_partition_id: "part".into(),
            instance_partition: Some(partition.clone()),
        }
    );
    call!(
        instances::UpdateInstancePartition,
        instance_pb::UpdateInstancePartitionRequest {
            instance_partition: Some(partition),
            field_mask: mask("node_count"),
        }
    );
}

/// One example of each RPC of a version of AlloyDB.
macro_rules! alloydb {
    ($answered:ident, $version:ident) => {{
        use rescind_engine::alloydb::$version as rpc;
        use rescind_engine::proto::alloydb::$version as pb;

        let mut case = alloydb::Case::given("create:done", &[("there", BackupState::Ready)]);
        macro_rules! call {
            ($rpc:ident, $request:expr) => {
                note::<rpc::$rpc>($answered, &case.call::<rpc::$rpc>($request).unwrap())
            };
        }
        let backup = pb::Backup {
            name: alloydb::backup_name("there"),
            cluster_name: alloydb::CLUSTER.into(),
            ..Default::default()
        };
        call!(
            CreateBackup,
            pb::CreateBackupRequest {
                parent: alloydb::LOCATION.into(),
                backup_id: "b1".into(),
                backup: Some(backup.clone()),
                ..Default::default()
            }
        );
        call!(
            UpdateBackup,
            pb::UpdateBackupRequest {
                backup: Some(backup),
                update_mask: mask("labels"),
                ..Default::default()
            }
        );
        let source = pb::BackupSource { backup_name: alloydb::backup_name("there"), ..Default::default() };
        call!(
            RestoreCluster,
            pb::RestoreClusterRequest {
                parent: alloydb::LOCATION.into(),
                cluster_id: "again".into(),
                cluster: Some(pb::Cluster::default()),
                source: Some(pb::restore_cluster_request::Source::BackupSource(source)),
                ..Default::default()
            }
        );
        let cluster = pb::Cluster { name: alloydb::CLUSTER.into(), ..Default::default() };
        call!(
            UpdateCluster,
            pb::UpdateClusterRequest {
                cluster: Some(cluster),
                update_mask: mask("labels"),
                ..Default::default()
            }
        );
        let instance = pb::Instance {
            name: format!("{}/instances/first", alloydb::CLUSTER),
            instance_type: pb::instance::InstanceType::Primary.into(),
            ..Default::default()
        };
        call!(
            CreateInstance,
            pb::CreateInstanceRequest {
                parent: alloydb::CLUSTER.into(),
                instance_id: "first".into(),
                instance: Some(instance.clone()),
                ..Default::default()
            }
        );
        call!(
            UpdateInstance,
            pb::UpdateInstanceRequest {
                instance: Some(instance.clone()),
                update_mask: mask("labels"),
                ..Default::default()
            }
        );
        call!(DeleteInstance, pb::DeleteInstanceRequest { name: instance.name, ..Default::default() });
        call!(
            DeleteBackup,
            pb::DeleteBackupRequest { name: alloydb::backup_name("there"), ..Default::default() }
        );
        call!(
            CreateCluster,
            pb::CreateClusterRequest {
                parent: alloydb::LOCATION.into(),
                cluster_id: "new".into(),
                cluster: Some(pb::Cluster::default()),
                ..Default::default()
            }
        );
        call!(
            DeleteCluster,
            pb::DeleteClusterRequest {
                name: format!("{}/clusters/new", alloydb::LOCATION),
                ..Default::default()
            }
        );
    }};
}

/// An RPC that is served from now on fails here until it has an example.
#[test]
fn every_operation_has_the_metadata_and_the_response_that_the_protos_announce() {
    let mut answered = ByRpc::new();
    let examples = &mut answered;
    spanner(examples);
    alloydb!(examples, v1);
    alloydb!(examples, v1alpha);
    alloydb!(examples, v1beta);
    assert_eq!(answered, announced());
}
