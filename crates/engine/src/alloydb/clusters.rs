//! Clusters, as far as backups need them: CreateCluster, GetCluster, DeleteCluster, ListClusters. A cluster has no
//! instances here.

use std::sync::Arc;

use prost::Message;
use rescind_model::{BackupState as Stage, Code};

use super::check::{self, Deletion};
use super::listing::{self, Listing};
use super::request_id::RequestId;
use super::state::{Managed, Resource, Turn};
use super::verb::Verb;
use super::version::{Version, convert};
use super::work::{Action, Work};
use super::{errors, name};
use crate::kernel::filter::{Kind, Value};
use crate::kernel::{Status, Time};
use crate::proto::alloydb::v1beta as pb;
use crate::proto::longrunning;

/// A cluster that is being created.
pub fn new(name: &str, now: Time) -> pb::Cluster {
    let mut cluster = pb::Cluster {
        name: name.to_owned(),
        create_time: Some(now.to_proto()),
        cluster_type: pb::cluster::ClusterType::Primary.into(),
        database_version: pb::DatabaseVersion::Postgres15.into(),
        encryption_info: Some(encryption(None)),
        ..Default::default()
    };
    cluster.enter(Stage::Creating, now);
    cluster
}

/// What the API says about the encryption with a customer's key, or with Google's where there is none.
pub fn encryption(config: Option<&pb::EncryptionConfig>) -> pb::EncryptionInfo {
    use pb::encryption_info::Type;
    match config {
        None => pb::EncryptionInfo {
            encryption_type: Type::GoogleDefaultEncryption.into(),
            kms_key_versions: Vec::new(),
        },
        Some(config) => pb::EncryptionInfo {
            encryption_type: Type::CustomerManagedEncryption.into(),
            kms_key_versions: vec![format!("{}/cryptoKeyVersions/1", config.kms_key_name)],
        },
    }
}

/// Whether backups can be made of a cluster.
///
/// # Errors
/// FAILED_PRECONDITION while it is being created or deleted.
pub fn check_usable(cluster: &Managed<pb::Cluster>) -> Result<(), Status> {
    match cluster.about.stage() {
        Stage::Ready => Ok(()),
        stage => {
            let message = format!("Resource '{}' is {stage}.", cluster.about.name);
            Err(Status::new(Code::FailedPrecondition, message))
        }
    }
}

pub fn create<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let request: pb::CreateClusterRequest = convert(&request)?;
    let name = check::new_name::<pb::Cluster>(turn, &request.parent, &request.cluster_id, "cluster_id")?;
    let request_id = RequestId::read(&request.request_id)?;
    if let Some(operation) = request_id.repeated(turn, Verb::Create, &name)? {
        return Ok(operation);
    }
    check::check_new::<pb::Cluster>(turn, &name)?;
    let wanted = request.cluster.ok_or_else(|| errors::missing("cluster"))?;
    let about = filled(&name, wanted, turn.now);
    let work = Work::<pb::Cluster>::new(V::NAME, name.clone(), Action::Create);
    if request.validate_only {
        return Ok(work.preview(turn.now, Arc::new(about)));
    }
    let uid = turn.store.state.next_uid();
    let about = pb::Cluster { uid, ..about };
    turn.store.state.clusters.insert(name.clone(), Managed::new(about));
    let key = work.start(turn);
    request_id.remember(turn, Verb::Create, name, key);
    turn.run(key);
    turn.show(key)
}

/// The cluster that a request asks for: what clients may say of it, and what the service says.
#[expect(deprecated, reason = "clients may still say `network`")]
fn filled(name: &Arc<str>, wanted: pb::Cluster, now: Time) -> pb::Cluster {
    let new = new(name, now);
    let encryption_config = wanted.encryption_config.filter(|config| !config.kms_key_name.is_empty());
    let database_version =
        if wanted.database_version == 0 { new.database_version } else { wanted.database_version };
    pb::Cluster {
        display_name: wanted.display_name,
        labels: wanted.labels,
        annotations: wanted.annotations,
        database_version,
        network_config: wanted.network_config,
        network: wanted.network,
        automated_backup_policy: wanted.automated_backup_policy,
        continuous_backup_config: wanted.continuous_backup_config,
        maintenance_update_policy: wanted.maintenance_update_policy,
        encryption_info: Some(encryption(encryption_config.as_ref())),
        encryption_config,
        ..new
    }
}

pub fn get<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::GetClusterRequest = convert(&request)?;
    name::cluster(&request.name)?;
    convert(&*check::find::<pb::Cluster>(turn, &request.name)?.about)
}

/// The backups of a cluster outlive it.
pub fn delete<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let pb::DeleteClusterRequest { name, request_id, etag, validate_only, force: _ } = convert(&request)?;
    name::cluster(&name)?;
    let deletion = Deletion { name: &name, request_id: &request_id, validate_only, etag: &etag };
    deletion.carry_out::<V, pb::Cluster>(turn)
}

pub fn list<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::ListClustersRequest = convert(&request)?;
    let listing = Listing {
        rpc: "ListClusters",
        parent: &request.parent,
        filter: &request.filter,
        order_by: &request.order_by,
        page_size: request.page_size,
        page_token: &request.page_token,
    };
    let (clusters, next_page_token) = listing.answer::<pb::Cluster>(turn)?;
    convert(&pb::ListClustersResponse { clusters, next_page_token, unreachable: Vec::new() })
}

impl listing::Listable for pb::Cluster {
    fn kind(path: &str) -> Option<Kind> {
        match path {
            "name" | "display_name" | "uid" | "state" | "cluster_type" | "database_version" | "etag" => {
                Some(Kind::Text)
            }
            "create_time" | "update_time" => Some(Kind::Time),
            path => listing::kind_of_map(path),
        }
    }

    fn field(&self, path: &str) -> Value<'_> {
        match path {
            "name" => listing::text(&self.name),
            "display_name" => listing::text(&self.display_name),
            "uid" => listing::text(&self.uid),
            "state" => listing::text(self.state().as_str_name()),
            "cluster_type" => listing::text(self.cluster_type().as_str_name()),
            "database_version" => listing::text(self.database_version().as_str_name()),
            "etag" => listing::text(&self.etag),
            "create_time" => listing::time(self.create_time.as_ref()),
            "update_time" => listing::time(self.update_time.as_ref()),
            path => listing::of_map(path, &self.labels, &self.annotations),
        }
    }
}
