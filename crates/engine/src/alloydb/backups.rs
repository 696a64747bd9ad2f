//! Backups: CreateBackup, GetBackup, UpdateBackup, DeleteBackup, ListBackups.

use prost::Message;
use rescind_model::{BackupState as Stage, Code};

use super::check::{self, Deletion};
use super::creation::Creation;
use super::listing::{self, Listing};
use super::overwriting::Overwriting;
use super::request_id::RequestId;
use super::state::{Resource, Turn};
use super::verb::Verb;
use super::version::{Version, convert};
use super::{clusters, errors, name};
use crate::kernel::Status;
use crate::kernel::filter::{Kind, Value};
use crate::proto::alloydb::v1beta as pb;
use crate::proto::longrunning;

/// The fields that clients may change: those of resources.proto that are neither output only nor said when the backup is
/// created.
const UPDATABLE: [&str; 4] = ["display_name", "labels", "description", "annotations"];

pub fn create<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let request: pb::CreateBackupRequest = convert(&request)?;
    let name = check::new_name::<pb::Backup>(turn, &request.parent, &request.backup_id, "backup_id")?;
    let (verb, request_id) = (Verb::Create, &RequestId::read(&request.request_id)?);
    if let Some(operation) = request_id.repeated(turn, verb, &name)? {
        return Ok(operation);
    }
    check::check_new::<pb::Backup>(turn, &name)?;
    let wanted = request.backup.ok_or_else(|| errors::missing("backup"))?;
    let about = check_wanted(turn, &name, wanted)?;
    let validate_only = request.validate_only;
    Creation { name, about, verb, request_id, validate_only }.carry_out::<V>(turn)
}

/// The backup that a request asks for, without anything that is for the service to say.
fn check_wanted(turn: &mut Turn<'_>, name: &str, wanted: pb::Backup) -> Result<pb::Backup, Status> {
    use pb::backup::Type;
    let [project, ..] = name::cluster(&wanted.cluster_name)?;
    if project != &*turn.store.id {
        let why = format!("{} is in another project", wanted.cluster_name);
        return Err(errors::invalid(Code::InvalidArgument, "backup.cluster_name", why));
    }
    let cluster = check::find::<pb::Cluster>(turn, &wanted.cluster_name)?;
    clusters::check_usable(cluster)?;
    let (cluster_uid, database_version) = (cluster.about.uid.clone(), cluster.about.database_version);
    let of_cluster = cluster.about.encryption_config.clone();
    let encryption_config =
        wanted.encryption_config.filter(|config| !config.kms_key_name.is_empty()).or(of_cluster);
    let given = Type::try_from(wanted.r#type).ok().filter(|given| *given != Type::Unspecified);
    let mut backup = pb::Backup {
        name: name.to_owned(),
        display_name: wanted.display_name,
        labels: wanted.labels,
        description: wanted.description,
        annotations: wanted.annotations,
        cluster_name: wanted.cluster_name,
        cluster_uid,
        database_version,
        r#type: given.unwrap_or(Type::OnDemand).into(),
        encryption_info: Some(clusters::encryption(encryption_config.as_ref())),
        encryption_config,
        create_time: Some(turn.now.to_proto()),
        ..Default::default()
    };
    backup.enter(Stage::Creating, turn.now);
    Ok(backup)
}

pub fn get<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::GetBackupRequest = convert(&request)?;
    name::backup(&request.name)?;
    convert(&*check::find::<pb::Backup>(turn, &request.name)?.about)
}

/// Without a mask, or with `*`, every field that may be changed is. A backup that is not there is created if
/// `allow_missing` is set.
pub fn update<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let request: pb::UpdateBackupRequest = convert(&request)?;
    let wanted = request.backup.ok_or_else(|| errors::missing("backup"))?;
    let [project, location, id] = name::backup(&wanted.name)?;
    let (verb, request_id) = (Verb::Update, RequestId::read(&request.request_id)?);
    if let Some(operation) = request_id.repeated(turn, verb, &wanted.name)? {
        return Ok(operation);
    }
    let validate_only = request.validate_only;
    if request.allow_missing && turn.store.state.backups.get(&wanted.name).is_none() {
        let parent = format!("projects/{project}/locations/{location}");
        let name = check::new_name::<pb::Backup>(turn, &parent, id, "backup.name")?;
        let about = check_wanted(turn, &name, wanted)?;
        let request_id = &request_id;
        return Creation { name, about, verb, request_id, validate_only }.carry_out::<V>(turn);
    }
    let (name, mask) = (&*wanted.name, request.update_mask);
    Overwriting { name, wanted: &wanted, mask, updatable: &UPDATABLE, request_id, validate_only }
        .carry_out::<V>(turn)
}

pub fn delete<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let pb::DeleteBackupRequest { name, request_id, validate_only, etag } = convert(&request)?;
    name::backup(&name)?;
    let deletion = Deletion { name: &name, request_id: &request_id, validate_only, etag: &etag };
    deletion.carry_out::<V, pb::Backup>(turn)
}

pub fn list<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::ListBackupsRequest = convert(&request)?;
    let listing = Listing {
        rpc: "ListBackups",
        parent: &request.parent,
        filter: &request.filter,
        order_by: &request.order_by,
        page_size: request.page_size,
        page_token: &request.page_token,
    };
    let (backups, next_page_token) = listing.answer::<pb::Backup>(turn)?;
    convert(&pb::ListBackupsResponse { backups, next_page_token, unreachable: Vec::new() })
}

impl listing::Listable for pb::Backup {
    fn kind(path: &str) -> Option<Kind> {
        match path {
            "name" | "display_name" | "uid" | "state" | "type" | "description" | "cluster_name"
            | "cluster_uid" | "etag" => Some(Kind::Text),
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
            "type" => listing::text(self.r#type().as_str_name()),
            "description" => listing::text(&self.description),
            "cluster_name" => listing::text(&self.cluster_name),
            "cluster_uid" => listing::text(&self.cluster_uid),
            "etag" => listing::text(&self.etag),
            "create_time" => listing::time(self.create_time.as_ref()),
            "update_time" => listing::time(self.update_time.as_ref()),
            path => listing::of_map(path, &self.labels, &self.annotations),
        }
    }
}
