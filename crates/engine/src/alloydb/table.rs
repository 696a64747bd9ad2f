//! The rows of the table: the same RPCs in each version of the API.

use rescind_model::RequestKind;

use super::state::AlloyDb;
use super::version::{V1, V1Beta};
use super::{backups, clusters};
use crate::kernel::longrunning::{self as longrunning_rules, operations as lro};
use crate::kernel::rpc::serves;
use crate::proto::alloydb::{v1 as pb_v1, v1beta as pb_v1beta};
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
    /// AlloyDB, `v1beta`.
    mod v1beta = "google.cloud.alloydb.v1beta.AlloyDBAdmin", V1Beta, pb_v1beta;
}
