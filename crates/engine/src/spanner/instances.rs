//! Instances: CreateInstance, GetInstance, ListInstances, UpdateInstance, DeleteInstance.

use std::ops::Bound;

use prost_types::Any;
use rescind_model::Code;

use super::change::{Change, ManagedResource};
use super::managed::Managed;
use super::state::{Instance, Store, Turn};
use super::{configs, errors, labels, name};
use crate::kernel::Time;
use crate::kernel::filter::{Fields, Filter, Kind, Value};
use crate::kernel::name::is_dashed_id;
use crate::kernel::operation::{Family, Timeline};
use crate::kernel::pagination::Pagination;
use crate::kernel::reflect;
use crate::kernel::status::{Status, any};
use crate::proto::{instance as pb, longrunning};

/// What may be updated.
const UPDATABLE: [&str; 6] =
    ["display_name", "node_count", "processing_units", "labels", "autoscaling_config", "edition"];

/// Instances are created and updated by operations.
#[derive(Debug)]
struct Instances;

impl ManagedResource for Instances {
    type About = pb::Instance;
    const FAMILY: Option<Family> = None;

    fn name(about: &pb::Instance) -> &str {
        &about.name
    }

    fn slot<'a>(store: &'a mut Store, name: &str) -> Option<&'a mut Managed<pb::Instance>> {
        let [_, id] = name::instance(name).ok()?;
        store.state.instances.get_mut(id).map(|instance| &mut instance.managed)
    }

    fn remove(store: &mut Store, name: &str) {
        if let Ok([_, id]) = name::instance(name) {
            store.state.instances.remove(id);
        }
    }

    fn metadata(wanted: &pb::Instance, creates: bool, timeline: &Timeline) -> Any {
        let instance = Some(wanted.clone());
        let start_time = Some(timeline.start.to_proto());
        let cancel_time = timeline.cancel.map(Time::to_proto);
        let end_time = timeline.end.map(Time::to_proto);
        let expected_fulfillment_period = pb::FulfillmentPeriod::Normal.into();
        if creates {
            any(&pb::CreateInstanceMetadata {
                instance,
                start_time,
                cancel_time,
                end_time,
                expected_fulfillment_period,
            })
        } else {
            any(&pb::UpdateInstanceMetadata {
                instance,
                start_time,
                cancel_time,
                end_time,
                expected_fulfillment_period,
            })
        }
    }
}

/// An instance of one node, in the default configuration, that is ready.
pub fn new(project: &str, id: &str, create_time: Time) -> pb::Instance {
    let config = configs::EMULATOR;
    pb::Instance {
        name: format!("projects/{project}/instances/{id}"),
        config: format!("projects/{project}/instanceConfigs/{config}"),
        display_name: id.to_owned(),
        node_count: 1,
        processing_units: 1000,
        state: pb::instance::State::Ready.into(),
        create_time: Some(create_time.to_proto()),
        update_time: Some(create_time.to_proto()),
        ..Default::default()
    }
}

pub fn create(
    turn: &mut Turn<'_>,
    request: pb::CreateInstanceRequest,
) -> Result<longrunning::Operation, Status> {
    name::only_project(&request.parent)?;
    let name = format!("{}/instances/{}", request.parent, request.instance_id);
    if !is_dashed_id(&request.instance_id, name::LONGEST_INSTANCE_ID) {
        return Err(errors::bad_instance_id(turn.choices.bad_id, &request.instance_id));
    }
    let mut wanted = request.instance.ok_or_else(|| errors::missing("instance", "CreateInstance"))?;
    if !wanted.name.is_empty() && wanted.name != name {
        return Err(Status::new(Code::InvalidArgument, format!("Mismatching instance: {}", wanted.name)));
    }
    if turn.store.state.instances.contains_key(request.instance_id.as_str()) {
        return Err(errors::instance_exists(&name));
    }
    wanted.config = configs::full_name(turn, &wanted.config)?;
    configs::check_usable(turn, &wanted.config)?;
    labels::check(&wanted.labels)?;
    fill_capacity(&mut wanted, "CreateInstance")?;
    wanted.name = name;
    wanted.create_time = Some(turn.now.to_proto());
    wanted.update_time = wanted.create_time;
    wanted.state = pb::instance::State::Creating.into();
    turn.store.state.instances.insert(request.instance_id.into(), Instance::new(wanted.clone()));
    wanted.state = pb::instance::State::Ready.into();
    Change::<Instances>::start(turn, wanted, true)
}

/// Nodes and processing units are two words for one thing, of which the request may use one. (Texts: common/errors.cc
/// of the vendor's emulator.) An instance without either, and without autoscaling, has one node.
fn fill_capacity(wanted: &mut pb::Instance, rpc: &str) -> Result<(), Status> {
    let invalid =
        |why: &str| Err(Status::new(Code::InvalidArgument, format!("Invalid {rpc} request. {why}")));
    let (nodes, units) = (wanted.node_count, wanted.processing_units);
    if nodes < 0 || units < 0 {
        return invalid("Nodes and processing units should not be negative.");
    }
    if nodes > 0 && units > 0 {
        return invalid("Only one of nodes or processing units should be specified.");
    }
    if (units < 1000 && units % 100 != 0) || (units > 1000 && units % 1000 != 0) {
        return invalid(
            "Processing units should be multiple of 100 for values below 1000 and multiples of 1000 for values above \
             1000.",
        );
    }
    wanted.processing_units = match (nodes, units) {
        (0, 0) => 1000,
        (0, units) => units,
        (nodes, _) => nodes.saturating_mul(1000),
    };
    wanted.node_count = wanted.processing_units / 1000;
    Ok(())
}

pub fn get(turn: &mut Turn<'_>, request: pb::GetInstanceRequest) -> Result<pb::Instance, Status> {
    let [_, id] = name::instance(&request.name)?;
    let about = turn.store.instance(id)?.managed.about.clone();
    Ok(match request.field_mask {
        Some(mask) if !mask.paths.is_empty() => reflect::keep_fields(about, &mask.paths),
        _ => about,
    })
}

pub fn update(
    turn: &mut Turn<'_>,
    request: pb::UpdateInstanceRequest,
) -> Result<longrunning::Operation, Status> {
    let wanted = request.instance.ok_or_else(|| errors::missing("instance", "UpdateInstance"))?;
    let [_, id] = name::instance(&wanted.name)?;
    let mut paths = request.field_mask.map(|mask| mask.paths).unwrap_or_default();
    let instance = turn.store.instance(id)?;
    // The client for Python names `config` in the mask of every update. Unchanged it says nothing; MoveInstance changes it.
    let is_config = |path: &String| path == "config";
    if paths.iter().any(is_config)
        && !paths.iter().all(is_config)
        && configs::full_name(turn, &wanted.config)? == instance.managed.about.config
    {
        paths.retain(|path| !is_config(path));
    }
    reflect::check_mask(&paths, &UPDATABLE, turn.choices.bad_update_mask)?;
    instance.managed.check_idle(&wanted.name)?;
    let mut updated = reflect::merge_fields(instance.managed.about.clone(), &wanted, &paths);
    let named = |path: &str| paths.iter().any(|named| named == path);
    match (named("node_count"), named("processing_units")) {
        // Whichever is named decides; the other follows.
        (true, false) => updated.processing_units = 0,
        (false, true) => updated.node_count = 0,
        (true, true) => {}
        (false, false) => (updated.node_count, updated.processing_units) = (0, updated.processing_units),
    }
    labels::check(&updated.labels)?;
    fill_capacity(&mut updated, "UpdateInstance")?;
    updated.update_time = Some(turn.now.to_proto());
    Change::<Instances>::start(turn, updated, false)
}

/// Deleting what is not there succeeds. An instance that is still being created can be deleted; its databases go with
/// it, and backups prevent the deletion.
pub fn delete(turn: &mut Turn<'_>, request: pb::DeleteInstanceRequest) -> Result<(), Status> {
    let [_, id] = name::instance(&request.name)?;
    let Some(instance) = turn.store.state.instances.get(id) else { return Ok(()) };
    let cannot = |code, why: &str| {
        let message = format!("Cannot delete instance {} because it {why}", request.name);
        Err(Status::new(code, message))
    };
    if instance.databases.values().any(|database| database.about.enable_drop_protection) {
        return cannot(
            Code::FailedPrecondition,
            "contains databases with drop protection enabled. Please disable drop protection for all databases in \
             the instance before deleting it.",
        );
    }
    if !instance.backups.is_empty() {
        let why = "contains backups. Please delete all backups in the instance before deleting it.";
        return cannot(turn.store.state.choices.delete_instance_with_backups, why);
    }
    let mut running: Vec<_> = instance.managed.busy.into_iter().collect();
    running.extend(
        instance.databases.values().flat_map(|database| [database.busy, database.optimizing]).flatten(),
    );
    running.extend(instance.partitions.values().filter_map(|partition| partition.busy));
    for key in running {
        turn.cancel(key);
    }
    let inside = format!("{}/", request.name);
    turn.store.state.policies.retain(|name, _| **name != *request.name && !name.starts_with(&inside));
    turn.store.state.instances.remove(id);
    Ok(())
}

pub fn list(
    turn: &mut Turn<'_>,
    request: pb::ListInstancesRequest,
) -> Result<pb::ListInstancesResponse, Status> {
    name::only_project(&request.parent)?;
    let filter = Filter::parse(&request.filter, kind).map_err(|error| error.into_status("ListInstances"))?;
    let page = Pagination::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let after = page.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let found = (turn.store.state.instances.range::<str, _>((after, Bound::Unbounded)))
        .filter(|(_, instance)| filter.matches(&Listed(&instance.managed.about)));
    let (instances, next_page_token) = page.take(found, |(id, _)| id.to_string());
    let instances = instances.into_iter().map(|(_, instance)| instance.managed.about.clone()).collect();
    Ok(pb::ListInstancesResponse { instances, next_page_token, unreachable: Vec::new() })
}

/// The fields that instances can be filtered by (spanner_instance_admin.proto, `ListInstancesRequest.filter`).
fn kind(path: &str) -> Option<Kind> {
    let known = matches!(path, "name" | "display_name") || path.starts_with("labels.");
    known.then_some(Kind::Text)
}

struct Listed<'a>(&'a pb::Instance);

impl Fields for Listed<'_> {
    fn field(&self, path: &str) -> Value<'_> {
        let label = |key| match self.0.labels.get(key) {
            // A label is there even if it is empty.
            Some(value) => Value::Many(vec![Value::Text(value.as_str().into()), Value::Present]),
            None => Value::Absent,
        };
        match (path, path.strip_prefix("labels.")) {
            ("name", _) => Value::Text(self.0.name.as_str().into()),
            ("display_name", _) => Value::Text(self.0.display_name.as_str().into()),
            (_, Some(key)) => label(key),
            _ => Value::Absent,
        }
    }
}
