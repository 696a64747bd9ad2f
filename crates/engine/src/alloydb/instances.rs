//! Instances: CreateInstance, GetInstance, UpdateInstance, DeleteInstance, ListInstances. They have addresses, and no
//! database behind them.

use std::sync::Arc;

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

/// The fields that clients may change.
const UPDATABLE: [&str; 12] = [
    "display_name",
    "labels",
    "annotations",
    "machine_config",
    "availability_type",
    "database_flags",
    "query_insights_config",
    "read_pool_config",
    "update_policy",
    "client_connection_config",
    "psc_instance_config",
    "network_config",
];

pub fn create<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let request: pb::CreateInstanceRequest = convert(&request)?;
    name::cluster(&request.parent)?;
    let name = check::named::<pb::Instance>(turn, &request.parent, &request.instance_id, "instance_id")?;
    let request_id = RequestId::read(&request.request_id)?;
    if let Some(operation) = request_id.repeated(turn, Verb::Create, &name)? {
        return Ok(operation);
    }
    let wanted = request.instance.ok_or_else(|| errors::missing("instance"))?;
    begin::<V>(turn, &request_id, Verb::Create, name, wanted, request.validate_only)
}

fn begin<V: Version>(
    turn: &mut Turn<'_>,
    request_id: &RequestId,
    verb: Verb,
    name: Arc<str>,
    wanted: pb::Instance,
    validate_only: bool,
) -> Result<longrunning::Operation, Status> {
    check::check_new::<pb::Instance>(turn, &name)?;
    let about = check_wanted(turn, &name, wanted)?;
    Creation { name, about, verb, request_id, validate_only }.carry_out::<V>(turn)
}

/// The instance that a request asks for. A cluster has one primary instance, and read pools of one or more nodes beside it
/// (resources.proto, `Instance.InstanceType`).
fn check_wanted(turn: &mut Turn<'_>, name: &str, wanted: pb::Instance) -> Result<pb::Instance, Status> {
    use pb::instance::InstanceType;
    let cluster = name.rsplit_once("/instances/").map_or(name, |(cluster, _)| cluster);
    clusters::check_usable(check::find::<pb::Cluster>(turn, cluster)?)?;
    let below = format!("{cluster}/instances/");
    let has_primary = turn.store.state.instances.below(&below, None).any(|(_, instance)| {
        instance.about.instance_type() == InstanceType::Primary && instance.about.stage() != Stage::Deleting
    });
    let refused =
        |why: &str| Err(Status::new(Code::FailedPrecondition, format!("Resource '{cluster}' {why}.")));
    match wanted.instance_type() {
        InstanceType::Primary if has_primary => return refused("has a primary instance already"),
        InstanceType::Primary => {}
        InstanceType::ReadPool if !has_primary => return refused("has no primary instance yet"),
        InstanceType::ReadPool if wanted.read_pool_config.as_ref().is_none_or(|pool| pool.node_count < 1) => {
            let why = "a read pool has at least one node";
            return Err(errors::invalid(Code::InvalidArgument, "instance.read_pool_config.node_count", why));
        }
        InstanceType::ReadPool => {}
        InstanceType::Secondary | InstanceType::Unspecified => {
            let why = "it must be PRIMARY or READ_POOL; secondary clusters are not emulated";
            return Err(errors::invalid(Code::InvalidArgument, "instance.instance_type", why));
        }
    }
    let mut instance = pb::Instance {
        name: name.to_owned(),
        create_time: Some(turn.now.to_proto()),
        etag: String::new(),
        state: 0,
        writable_node: None,
        nodes: Vec::new(),
        public_ip_address: String::new(),
        reconciling: false,
        delete_time: None,
        // One of a private network: nobody answers there.
        ip_address: "10.0.0.2".to_owned(),
        ..wanted
    };
    instance.enter(Stage::Creating, turn.now);
    Ok(instance)
}

pub fn get<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::GetInstanceRequest = convert(&request)?;
    name::instance(&request.name)?;
    convert(&*check::find::<pb::Instance>(turn, &request.name)?.about)
}

pub fn update<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let request: pb::UpdateInstanceRequest = convert(&request)?;
    let wanted = request.instance.ok_or_else(|| errors::missing("instance"))?;
    name::instance(&wanted.name)?;
    let request_id = RequestId::read(&request.request_id)?;
    if let Some(operation) = request_id.repeated(turn, Verb::Update, &wanted.name)? {
        return Ok(operation);
    }
    if request.allow_missing && turn.store.state.instances.get(&wanted.name).is_none() {
        let name = wanted.name.as_str().into();
        return begin::<V>(turn, &request_id, Verb::Update, name, wanted, request.validate_only);
    }
    let (name, mask, validate_only) = (&*wanted.name, request.update_mask, request.validate_only);
    Overwriting { name, wanted: &wanted, mask, updatable: &UPDATABLE, request_id, validate_only }
        .carry_out::<V>(turn)
}

pub fn delete<V: Version, Q: Message>(
    turn: &mut Turn<'_>,
    request: Q,
) -> Result<longrunning::Operation, Status> {
    let pb::DeleteInstanceRequest { name, request_id, etag, validate_only } = convert(&request)?;
    name::instance(&name)?;
    let deletion = Deletion { name: &name, request_id: &request_id, validate_only, etag: &etag };
    deletion.carry_out::<V, pb::Instance>(turn)
}

pub fn list<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::ListInstancesRequest = convert(&request)?;
    let listing = Listing {
        rpc: "ListInstances",
        parent: &request.parent,
        filter: &request.filter,
        order_by: &request.order_by,
        page_size: request.page_size,
        page_token: &request.page_token,
    };
    let (instances, next_page_token) = listing.answer::<pb::Instance>(turn)?;
    convert(&pb::ListInstancesResponse { instances, next_page_token, unreachable: Vec::new() })
}

impl listing::Listable for pb::Instance {
    /// The parent is a cluster; `-` stands for all of them, and for all locations.
    fn prefix(parent: &str) -> Result<String, Status> {
        let [project, location, cluster] = name::cluster(parent)?;
        Ok(match (location, cluster) {
            ("-", _) => format!("projects/{project}/locations/"),
            (_, "-") => format!("projects/{project}/locations/{location}/clusters/"),
            _ => format!("{parent}/instances/"),
        })
    }

    fn kind(path: &str) -> Option<Kind> {
        match path {
            "name" | "display_name" | "uid" | "state" | "instance_type" | "etag" => Some(Kind::Text),
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
            "instance_type" => listing::text(self.instance_type().as_str_name()),
            "etag" => listing::text(&self.etag),
            "create_time" => listing::time(self.create_time.as_ref()),
            "update_time" => listing::time(self.update_time.as_ref()),
            path => listing::of_map(path, &self.labels, &self.annotations),
        }
    }
}
