//! Clusters: CreateCluster, RestoreCluster, GetCluster, UpdateCluster, DeleteCluster, ListClusters. Secondary clusters and
//! upgrades are not served.

use std::sync::Arc;

use prost::Message;
use rescind_model::{BackupState as Stage, Code};

use super::check::{self, Deletion};
use super::creation::Creation;
use super::listing::{self, Listing};
use super::overwriting::Overwriting;
use super::request_id::RequestId;
use super::state::{Managed, Resource, Turn};
use super::verb::Verb;
use super::version::{Version, convert};
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
    let (verb, request_id, validate_only) = (Verb::Create, &request_id, request.validate_only);
    Creation { name, about, verb, request_id, validate_only }.carry_out::<V>(turn)
}

/// Makes a new cluster of a backup that is READY, or of another cluster as it was at a moment.
pub fn restore<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    use pb::restore_cluster_request::Source;
    let request: pb::RestoreClusterRequest = convert(&request)?;
    let name = check::new_name::<pb::Cluster>(turn, &request.parent, &request.cluster_id, "cluster_id")?;
    let request_id = RequestId::read(&request.request_id)?;
    if let Some(operation) = request_id.repeated(turn, Verb::Create, &name)? {
        return Ok(operation);
    }
    check::check_new::<pb::Cluster>(turn, &name)?;
    let wanted = request.cluster.ok_or_else(|| errors::missing("cluster"))?;
    let (database_version, source) = match request.source {
        None => return Err(errors::missing("source")),
        Some(Source::BackupSource(from)) => {
            name::backup(&from.backup_name)?;
            let backup = &check::find::<pb::Backup>(turn, &from.backup_name)?.about;
            if backup.stage() != Stage::Ready {
                let message = format!("Resource '{}' is {}.", from.backup_name, backup.stage());
                return Err(Status::new(Code::FailedPrecondition, message));
            }
            let from = pb::BackupSource { backup_uid: backup.uid.clone(), ..from };
            (backup.database_version, Some(pb::cluster::Source::BackupSource(from)))
        }
        Some(Source::ContinuousBackupSource(from)) => {
            name::cluster(&from.cluster)?;
            let cluster = check::find::<pb::Cluster>(turn, &from.cluster)?;
            check_usable(cluster)?;
            let version = cluster.about.database_version;
            let moment = from.point_in_time.as_ref().ok_or_else(|| errors::missing("point_in_time"))?;
            if Time::from_proto(moment).is_none_or(|moment| moment > turn.now) {
                let field = "continuous_backup_source.point_in_time";
                return Err(errors::invalid(Code::InvalidArgument, field, "it is no moment of the past"));
            }
            (version, None)
        }
    };
    let about = pb::Cluster { database_version, source, ..filled(&name, wanted, turn.now) };
    let (verb, request_id, validate_only) = (Verb::Create, &request_id, request.validate_only);
    Creation { name, about, verb, request_id, validate_only }.carry_out::<V>(turn)
}

/// The fields that clients may change.
const UPDATABLE: [&str; 6] = [
    "display_name",
    "labels",
    "annotations",
    "automated_backup_policy",
    "continuous_backup_config",
    "maintenance_update_policy",
];

/// A cluster that is not there is created if `allow_missing` is set.
pub fn update<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let request: pb::UpdateClusterRequest = convert(&request)?;
    let wanted = request.cluster.ok_or_else(|| errors::missing("cluster"))?;
    let [project, location, id] = name::cluster(&wanted.name)?;
    let request_id = RequestId::read(&request.request_id)?;
    if let Some(operation) = request_id.repeated(turn, Verb::Update, &wanted.name)? {
        return Ok(operation);
    }
    if request.allow_missing && turn.store.state.clusters.get(&wanted.name).is_none() {
        let parent = format!("projects/{project}/locations/{location}");
        let name = check::new_name::<pb::Cluster>(turn, &parent, id, "cluster.name")?;
        let about = filled(&name, wanted, turn.now);
        let (verb, request_id, validate_only) = (Verb::Update, &request_id, request.validate_only);
        return Creation { name, about, verb, request_id, validate_only }.carry_out::<V>(turn);
    }
    let (name, mask, validate_only) = (&*wanted.name, request.update_mask, request.validate_only);
    Overwriting { name, wanted: &wanted, mask, updatable: &UPDATABLE, request_id, validate_only }
        .carry_out::<V>(turn)
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

/// The backups of a cluster outlive it. Its instances go with it if `force` is set, and prevent the deletion if not (AIP-135).
pub fn delete<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let pb::DeleteClusterRequest { name, request_id, etag, validate_only, force } = convert(&request)?;
    name::cluster(&name)?;
    let inside = format!("{name}/");
    if !force && turn.store.state.instances.below(&inside, None).next().is_some() {
        let message = format!("Resource '{name}' has instances. Delete them first, or set `force`.");
        return Err(Status::new(Code::FailedPrecondition, message));
    }
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
