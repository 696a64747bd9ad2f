//! The rows of the table: the same RPCs in each version of the API.

use rescind_model::RequestKind;

use super::state::AlloyDb;
use super::version::{V1, V1Alpha, V1Beta};
use super::{backups, clusters, instances, users};
use crate::kernel::longrunning::{self as longrunning_rules, operations as lro};
use crate::kernel::rpc::serves;
use crate::proto::alloydb::{v1 as pb_v1, v1alpha as pb_v1alpha, v1beta as pb_v1beta};
use crate::proto::longrunning;

macro_rules! versions {
    ($($(#[$doc:meta])* mod $module:ident = $service:literal, $version:ident, $pb:ident;)+) => {
        serves! {
            AlloyDb:
            $(
            $(#[$doc])*
            mod $module = $service {
                CreateBackup($pb::CreateBackupRequest) -> longrunning::Operation {
                    resource: |request| format!("{}/backups/{}", request.parent, request.backup_id),
                    arrive: |_store, _request| RequestKind::Create,
                    serve: backups::create::<$version, _>,
                }
                GetBackup($pb::GetBackupRequest) -> $pb::Backup {
                    resource: |request| request.name.as_str(),
                    arrive: |_store, _request| RequestKind::Get,
                    serve: backups::get,
                }
                UpdateBackup($pb::UpdateBackupRequest) -> longrunning::Operation {
                    resource: |request| request.backup.as_ref().map_or("", |backup| backup.name.as_str()),
                    serve: backups::update::<$version, _>,
                }
                DeleteBackup($pb::DeleteBackupRequest) -> longrunning::Operation {
                    resource: |request| request.name.as_str(),
                    arrive: |_store, _request| RequestKind::Delete,
                    serve: backups::delete::<$version, _>,
                }
                ListBackups($pb::ListBackupsRequest) -> $pb::ListBackupsResponse {
                    resource: |request| request.parent.as_str(),
                    arrive: |_store, _request| RequestKind::List,
                    serve: backups::list,
                }
                CreateCluster($pb::CreateClusterRequest) -> longrunning::Operation {
                    resource: |request| format!("{}/clusters/{}", request.parent, request.cluster_id),
                    serve: clusters::create::<$version, _>,
                }
                GetCluster($pb::GetClusterRequest) -> $pb::Cluster {
                    resource: |request| request.name.as_str(),
                    serve: clusters::get,
                }
                DeleteCluster($pb::DeleteClusterRequest) -> longrunning::Operation {
                    resource: |request| request.name.as_str(),
                    serve: clusters::delete::<$version, _>,
                }
                UpdateCluster($pb::UpdateClusterRequest) -> longrunning::Operation {
                    resource: |request| request.cluster.as_ref().map_or("", |cluster| cluster.name.as_str()),
                    serve: clusters::update::<$version, _>,
                }
                RestoreCluster($pb::RestoreClusterRequest) -> longrunning::Operation {
                    resource: |request| format!("{}/clusters/{}", request.parent, request.cluster_id),
                    serve: clusters::restore::<$version, _>,
                }
                CreateInstance($pb::CreateInstanceRequest) -> longrunning::Operation {
                    resource: |request| format!("{}/instances/{}", request.parent, request.instance_id),
                    serve: instances::create::<$version, _>,
                }
                GetInstance($pb::GetInstanceRequest) -> $pb::Instance {
                    resource: |request| request.name.as_str(),
                    serve: instances::get,
                }
                UpdateInstance($pb::UpdateInstanceRequest) -> longrunning::Operation {
                    resource: |request| request.instance.as_ref().map_or("", |instance| instance.name.as_str()),
                    serve: instances::update::<$version, _>,
                }
                DeleteInstance($pb::DeleteInstanceRequest) -> longrunning::Operation {
                    resource: |request| request.name.as_str(),
                    serve: instances::delete::<$version, _>,
                }
                ListInstances($pb::ListInstancesRequest) -> $pb::ListInstancesResponse {
                    resource: |request| request.parent.as_str(),
                    serve: instances::list,
                }
                CreateUser($pb::CreateUserRequest) -> $pb::User {
                    resource: |request| format!("{}/users/{}", request.parent, request.user_id),
                    serve: users::create,
                }
                GetUser($pb::GetUserRequest) -> $pb::User {
                    resource: |request| request.name.as_str(),
                    serve: users::get,
                }
                UpdateUser($pb::UpdateUserRequest) -> $pb::User {
                    resource: |request| request.user.as_ref().map_or("", |user| user.name.as_str()),
                    serve: users::update,
                }
                DeleteUser($pb::DeleteUserRequest) -> () {
                    resource: |request| request.name.as_str(),
                    serve: users::delete,
                }
                ListUsers($pb::ListUsersRequest) -> $pb::ListUsersResponse {
                    resource: |request| request.parent.as_str(),
                    serve: users::list,
                }
                ListClusters($pb::ListClustersRequest) -> $pb::ListClustersResponse {
                    resource: |request| request.parent.as_str(),
                    serve: clusters::list,
                }
            }
            )+
            use lro::GetOperation;
            use lro::CancelOperation;
            use lro::ListOperations;
            use lro::WaitOperation;
            use lro::DeleteOperation {
                resource: |request| request.name.as_str(),
                serve: longrunning_rules::delete,
            };
        }
    };
}

versions! {
    /// AlloyDB, `v1`.
    mod v1 = "google.cloud.alloydb.v1.AlloyDBAdmin", V1, pb_v1;
    /// AlloyDB, `v1alpha`.
    mod v1alpha = "google.cloud.alloydb.v1alpha.AlloyDBAdmin", V1Alpha, pb_v1alpha;
    /// AlloyDB, `v1beta`.
    mod v1beta = "google.cloud.alloydb.v1beta.AlloyDBAdmin", V1Beta, pb_v1beta;
}
