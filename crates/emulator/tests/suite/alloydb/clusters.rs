//! Clusters.

use rescind_engine::alloydb::v1beta as rpc;
use rescind_engine::proto::alloydb::v1beta as pb;
use rescind_engine::proto::longrunning;
use rescind_model::Code;

use super::support::{Case, LOCATION, create_request};

pub fn create_cluster(case: &mut Case, id: &str) -> Result<longrunning::Operation, rescind_engine::Status> {
    let request = pb::CreateClusterRequest {
        parent: LOCATION.into(),
        cluster_id: id.into(),
        cluster: Some(pb::Cluster::default()),
        ..Default::default()
    };
    case.call::<rpc::CreateCluster>(request)
}

#[test]
fn clusters_are_created_and_deleted_by_operations_and_their_backups_outlive_them() {
    let mut case = Case::new("create:done");
    let created: pb::Cluster =
        crate::support::response_as(&create_cluster(&mut case, "new").unwrap()).unwrap();
    assert_eq!(created.state(), pb::cluster::State::Ready);
    let name = format!("{LOCATION}/clusters/new");
    let get = |case: &mut Case| {
        case.call::<rpc::GetCluster>(pb::GetClusterRequest { name: name.clone(), ..Default::default() })
    };
    assert_eq!(get(&mut case).unwrap(), created);
    assert_eq!(create_cluster(&mut case, "new").unwrap_err().code, Code::AlreadyExists);
    let mut request = create_request("b1");
    request.backup.as_mut().unwrap().cluster_name = name.clone();
    case.call::<rpc::CreateBackup>(request).unwrap();

    let delete =
        |etag: &str| pb::DeleteClusterRequest { name: name.clone(), etag: etag.into(), ..Default::default() };
    assert_eq!(case.call::<rpc::DeleteCluster>(delete("stale")).unwrap_err().code, Code::Aborted);
    assert!(case.call::<rpc::DeleteCluster>(delete("")).unwrap().done);
    assert_eq!(get(&mut case).unwrap_err().code, Code::NotFound);
    assert_eq!(case.get("b1").unwrap().cluster_name, name);
}

#[test]
fn a_cancelled_creation_of_a_cluster_leaves_none() {
    let mut case = Case::free_running();
    let operation = create_cluster(&mut case, "new").unwrap();
    case.cancel(&operation.name).unwrap();
    let name = format!("{LOCATION}/clusters/new");
    let get = pb::GetClusterRequest { name, ..Default::default() };
    assert_eq!(case.call::<rpc::GetCluster>(get).unwrap_err().code, Code::NotFound);
}
