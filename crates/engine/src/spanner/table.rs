//! The rows of the table: every RPC that is served, with what it is about and the function with its rules.

use rescind_model::RequestKind;

use super::state::Spanner;
use super::{
    backups, configs, copies, databases, ddl, iam, instances, moves, operations, partitions, restores, roles,
    schedules, sessions, sql,
};
use crate::kernel::longrunning::operations as lro;
use crate::kernel::rpc::serves;
use crate::proto::{database as pb, iam as iam_pb, instance as instance_pb, longrunning, spanner as data_pb};

serves! {
    Spanner:

    /// Databases and backups.
    mod database_admin = "google.spanner.admin.database.v1.DatabaseAdmin" {
        CreateBackup(pb::CreateBackupRequest) -> longrunning::Operation {
            resource: |request| format!("{}/backups/{}", request.parent, request.backup_id),
            arrive: |_store, _request| RequestKind::Create,
            serve: backups::create,
        }
        GetBackup(pb::GetBackupRequest) -> pb::Backup {
            resource: |request| request.name.as_str(),
            arrive: |_store, _request| RequestKind::Get,
            serve: backups::get,
        }
        UpdateBackup(pb::UpdateBackupRequest) -> pb::Backup {
            resource: |request| request.backup.as_ref().map_or("", |backup| backup.name.as_str()),
            serve: backups::update,
        }
        DeleteBackup(pb::DeleteBackupRequest) -> () {
            resource: |request| request.name.as_str(),
            arrive: |_store, _request| RequestKind::Delete,
            serve: backups::delete,
        }
        ListBackups(pb::ListBackupsRequest) -> pb::ListBackupsResponse {
            resource: |request| request.parent.as_str(),
            arrive: |_store, _request| RequestKind::List,
            serve: backups::list,
        }
        CopyBackup(pb::CopyBackupRequest) -> longrunning::Operation {
            resource: |request| format!("{}/backups/{}", request.parent, request.backup_id),
            serve: copies::copy,
        }
        ListBackupOperations(pb::ListBackupOperationsRequest) -> pb::ListBackupOperationsResponse {
            resource: |request| request.parent.as_str(),
            serve: operations::list_of_backups,
        }
        CreateDatabase(pb::CreateDatabaseRequest) -> longrunning::Operation {
            resource: |request| request.parent.as_str(),
            serve: databases::create,
        }
        GetDatabase(pb::GetDatabaseRequest) -> pb::Database {
            resource: |request| request.name.as_str(),
            serve: databases::get,
        }
        ListDatabases(pb::ListDatabasesRequest) -> pb::ListDatabasesResponse {
            resource: |request| request.parent.as_str(),
            serve: databases::list,
        }
        UpdateDatabase(pb::UpdateDatabaseRequest) -> longrunning::Operation {
            resource: |request| request.database.as_ref().map_or("", |database| database.name.as_str()),
            serve: databases::update,
        }
        DropDatabase(pb::DropDatabaseRequest) -> () {
            resource: |request| request.database.as_str(),
            serve: databases::drop,
        }
        RestoreDatabase(pb::RestoreDatabaseRequest) -> longrunning::Operation {
            resource: |request| format!("{}/databases/{}", request.parent, request.database_id),
            serve: restores::restore,
        }
        UpdateDatabaseDdl(pb::UpdateDatabaseDdlRequest) -> longrunning::Operation {
            resource: |request| request.database.as_str(),
            serve: ddl::update,
        }
        GetDatabaseDdl(pb::GetDatabaseDdlRequest) -> pb::GetDatabaseDdlResponse {
            resource: |request| request.database.as_str(),
            serve: ddl::get,
        }
        ListDatabaseOperations(pb::ListDatabaseOperationsRequest) -> pb::ListDatabaseOperationsResponse {
            resource: |request| request.parent.as_str(),
            serve: operations::list_of_databases,
        }
        ListDatabaseRoles(pb::ListDatabaseRolesRequest) -> pb::ListDatabaseRolesResponse {
            resource: |request| request.parent.as_str(),
            serve: roles::list,
        }
        CreateBackupSchedule(pb::CreateBackupScheduleRequest) -> pb::BackupSchedule {
            resource: |request| format!("{}/backupSchedules/{}", request.parent, request.backup_schedule_id),
            serve: schedules::create,
        }
        GetBackupSchedule(pb::GetBackupScheduleRequest) -> pb::BackupSchedule {
            resource: |request| request.name.as_str(),
            serve: schedules::get,
        }
        UpdateBackupSchedule(pb::UpdateBackupScheduleRequest) -> pb::BackupSchedule {
            resource: |request| request.backup_schedule.as_ref().map_or("", |schedule| schedule.name.as_str()),
            serve: schedules::update,
        }
        DeleteBackupSchedule(pb::DeleteBackupScheduleRequest) -> () {
            resource: |request| request.name.as_str(),
            serve: schedules::delete,
        }
        ListBackupSchedules(pb::ListBackupSchedulesRequest) -> pb::ListBackupSchedulesResponse {
            resource: |request| request.parent.as_str(),
            serve: schedules::list,
        }
        GetIamPolicy(iam_pb::GetIamPolicyRequest) -> iam_pb::Policy {
            resource: |request| request.resource.as_str(),
            serve: iam::get,
        }
        SetIamPolicy(iam_pb::SetIamPolicyRequest) -> iam_pb::Policy {
            resource: |request| request.resource.as_str(),
            serve: iam::set,
        }
        TestIamPermissions(iam_pb::TestIamPermissionsRequest) -> iam_pb::TestIamPermissionsResponse {
            resource: |request| request.resource.as_str(),
            serve: iam::test,
        }
    }

    /// Instances, their configurations and partitions.
    mod instance_admin = "google.spanner.admin.instance.v1.InstanceAdmin" {
        CreateInstance(instance_pb::CreateInstanceRequest) -> longrunning::Operation {
            resource: |request| format!("{}/instances/{}", request.parent, request.instance_id),
            serve: instances::create,
        }
        GetInstance(instance_pb::GetInstanceRequest) -> instance_pb::Instance {
            resource: |request| request.name.as_str(),
            serve: instances::get,
        }
        ListInstances(instance_pb::ListInstancesRequest) -> instance_pb::ListInstancesResponse {
            resource: |request| request.parent.as_str(),
            serve: instances::list,
        }
        UpdateInstance(instance_pb::UpdateInstanceRequest) -> longrunning::Operation {
            resource: |request| request.instance.as_ref().map_or("", |instance| instance.name.as_str()),
            serve: instances::update,
        }
        DeleteInstance(instance_pb::DeleteInstanceRequest) -> () {
            resource: |request| request.name.as_str(),
            serve: instances::delete,
        }
        MoveInstance(instance_pb::MoveInstanceRequest) -> longrunning::Operation {
            resource: |request| request.name.as_str(),
            serve: moves::start,
        }
        CreateInstanceConfig(instance_pb::CreateInstanceConfigRequest) -> longrunning::Operation {
            resource: |request| format!("{}/instanceConfigs/{}", request.parent, request.instance_config_id),
            serve: configs::create,
        }
        GetInstanceConfig(instance_pb::GetInstanceConfigRequest) -> instance_pb::InstanceConfig {
            resource: |request| request.name.as_str(),
            serve: configs::get,
        }
        ListInstanceConfigs(instance_pb::ListInstanceConfigsRequest) -> instance_pb::ListInstanceConfigsResponse {
            resource: |request| request.parent.as_str(),
            serve: configs::list,
        }
        UpdateInstanceConfig(instance_pb::UpdateInstanceConfigRequest) -> longrunning::Operation {
            resource: |request| request.instance_config.as_ref().map_or("", |config| config.name.as_str()),
            serve: configs::update,
        }
        DeleteInstanceConfig(instance_pb::DeleteInstanceConfigRequest) -> () {
            resource: |request| request.name.as_str(),
            serve: configs::delete,
        }
        ListInstanceConfigOperations(instance_pb::ListInstanceConfigOperationsRequest) -> instance_pb::ListInstanceConfigOperationsResponse {
            resource: |request| request.parent.as_str(),
            serve: configs::list_operations,
        }
        CreateInstancePartition(instance_pb::CreateInstancePartitionRequest) -> longrunning::Operation {
            resource: |request| format!("{}/instancePartitions/{}", request.parent, request.instance_partition_id),
            serve: partitions::create,
        }
        GetInstancePartition(instance_pb::GetInstancePartitionRequest) -> instance_pb::InstancePartition {
            resource: |request| request.name.as_str(),
            serve: partitions::get,
        }
        ListInstancePartitions(instance_pb::ListInstancePartitionsRequest) -> instance_pb::ListInstancePartitionsResponse {
            resource: |request| request.parent.as_str(),
            serve: partitions::list,
        }
        UpdateInstancePartition(instance_pb::UpdateInstancePartitionRequest) -> longrunning::Operation {
            resource: |request| request.instance_partition.as_ref().map_or("", |partition| partition.name.as_str()),
            serve: partitions::update,
        }
        DeleteInstancePartition(instance_pb::DeleteInstancePartitionRequest) -> () {
            resource: |request| request.name.as_str(),
            serve: partitions::delete,
        }
        ListInstancePartitionOperations(instance_pb::ListInstancePartitionOperationsRequest) -> instance_pb::ListInstancePartitionOperationsResponse {
            resource: |request| request.parent.as_str(),
            serve: partitions::list_operations,
        }
        GetIamPolicy(iam_pb::GetIamPolicyRequest) -> iam_pb::Policy {
            resource: |request| request.resource.as_str(),
            serve: iam::get,
        }
        SetIamPolicy(iam_pb::SetIamPolicyRequest) -> iam_pb::Policy {
            resource: |request| request.resource.as_str(),
            serve: iam::set,
        }
        TestIamPermissions(iam_pb::TestIamPermissionsRequest) -> iam_pb::TestIamPermissionsResponse {
            resource: |request| request.resource.as_str(),
            serve: iam::test,
        }
    }

    /// Sessions, and the queries that clients begin with.
    mod data = "google.spanner.v1.Spanner" {
        CreateSession(data_pb::CreateSessionRequest) -> data_pb::Session {
            resource: |request| request.database.as_str(),
            serve: sessions::create,
        }
        BatchCreateSessions(data_pb::BatchCreateSessionsRequest) -> data_pb::BatchCreateSessionsResponse {
            resource: |request| request.database.as_str(),
            serve: sessions::batch_create,
        }
        GetSession(data_pb::GetSessionRequest) -> data_pb::Session {
            resource: |request| request.name.as_str(),
            serve: sessions::get,
        }
        ListSessions(data_pb::ListSessionsRequest) -> data_pb::ListSessionsResponse {
            resource: |request| request.database.as_str(),
            serve: sessions::list,
        }
        DeleteSession(data_pb::DeleteSessionRequest) -> () {
            resource: |request| request.name.as_str(),
            serve: sessions::delete,
        }
        ExecuteSql(data_pb::ExecuteSqlRequest) -> data_pb::ResultSet {
            resource: |request| request.session.as_str(),
            serve: sql::execute,
        }
        ExecuteStreamingSql(data_pb::ExecuteSqlRequest) -> data_pb::PartialResultSet {
            resource: |request| request.session.as_str(),
            serve: sql::execute_streaming,
        }
    }

    use lro::GetOperation;
    use lro::CancelOperation;
    use lro::ListOperations;
    use lro::WaitOperation;
    use lro::DeleteOperation {
        resource: |request| request.name.as_str(),
        serve: operations::delete,
    };
}
