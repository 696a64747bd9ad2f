//! Partitions of instances. A database uses one if its schema has a placement in it, and so does a backup that was made
//! meanwhile.

use std::ops::Bound;

use prost_types::Any;
use rescind_model::Code;

use super::change::{Change, ManagedResource};
use super::family::INSTANCE_PARTITION;
use super::managed::Managed;
use super::operations::LISTED_FOR;
use super::state::{Database, Instance, Store, Turn};
use super::{configs, ddl, errors, name};
use crate::kernel::Time;
use crate::kernel::longrunning::Query;
use crate::kernel::name::is_dashed_id;
use crate::kernel::operation::{Family, Timeline};
use crate::kernel::pagination::Pagination;
use crate::kernel::reflect;
use crate::kernel::status::{Status, any};
use crate::proto::instance as pb;
use crate::proto::longrunning::Operation;

/// What may be updated.
const UPDATABLE: [&str; 3] = ["display_name", "node_count", "processing_units"];

/// Partitions are created and updated by operations.
#[derive(Debug)]
struct Partitions;

impl ManagedResource for Partitions {
    type About = pb::InstancePartition;
    const FAMILY: Option<Family> = Some(INSTANCE_PARTITION);

    fn name(about: &pb::InstancePartition) -> &str {
        &about.name
    }

    fn slot<'a>(store: &'a mut Store, name: &str) -> Option<&'a mut Managed<pb::InstancePartition>> {
        let [_, instance, id] = name::instance_partition(name).ok()?;
        store.instance_mut(instance).ok()?.partitions.get_mut(id)
    }

    fn remove(store: &mut Store, name: &str) {
        if let Ok([_, instance, id]) = name::instance_partition(name)
            && let Ok(instance) = store.instance_mut(instance)
        {
            instance.partitions.remove(id);
        }
    }

    fn metadata(wanted: &pb::InstancePartition, creates: bool, timeline: &Timeline) -> Any {
        let instance_partition = Some(wanted.clone());
        let start_time = Some(timeline.start.to_proto());
        let cancel_time = timeline.cancel.map(Time::to_proto);
        let end_time = timeline.end.map(Time::to_proto);
        if creates {
            any(&pb::CreateInstancePartitionMetadata {
                instance_partition,
                start_time,
                cancel_time,
                end_time,
            })
        } else {
            any(&pb::UpdateInstancePartitionMetadata {
                instance_partition,
                start_time,
                cancel_time,
                end_time,
            })
        }
    }
}

fn not_found(name: &str) -> Status {
    Status::new(Code::NotFound, format!("Instance partition not found: {name}"))
}

fn find<'a>(turn: &'a Turn<'_>, name: &str) -> Result<&'a Managed<pb::InstancePartition>, Status> {
    let [_, instance, id] = name::instance_partition(name)?;
    turn.store.instance(instance)?.partitions.get(id).ok_or_else(|| not_found(name))
}

/// A partition as the API shows it: with the databases and the backups that use it.
fn show(instance: &Instance, id: &str, partition: &Managed<pb::InstancePartition>) -> pb::InstancePartition {
    let uses = |database: &&Database| ddl::placements(&database.ddl).contains(&id);
    let databases = instance.databases.values().filter(uses).map(|database| database.name.to_string());
    let backups = instance.backups.latest_first(None).filter(|backup| backup.uses_partition(id));
    let backups = backups.map(|backup| format!("{}/backups/{}", instance.name(), backup.id));
    pb::InstancePartition {
        referencing_databases: databases.collect(),
        referencing_backups: backups.collect(),
        ..partition.about.clone()
    }
}

pub fn create(turn: &mut Turn<'_>, request: pb::CreateInstancePartitionRequest) -> Result<Operation, Status> {
    let [_, instance_id] = name::instance(&request.parent)?;
    let instance = turn.store.instance(instance_id)?;
    instance.check_usable()?;
    let id = request.instance_partition_id;
    let name = format!("{}/instancePartitions/{id}", request.parent);
    if !is_dashed_id(&id, name::LONGEST_INSTANCE_ID) {
        return Err(Status::new(turn.choices.bad_id, format!("Invalid instance partition uri: {name}")));
    }
    let wanted = request.instance_partition;
    let mut wanted =
        wanted.ok_or_else(|| errors::missing("instance_partition", "CreateInstancePartition"))?;
    if instance.partitions.contains_key(id.as_str()) {
        return Err(Status::new(Code::AlreadyExists, format!("Instance partition already exists: {name}")));
    }
    wanted.config = configs::full_name(turn, &wanted.config)?;
    configs::check_usable(turn, &wanted.config)?;
    if wanted.compute_capacity.is_none() {
        return Err(errors::missing("instance_partition.node_count", "CreateInstancePartition"));
    }
    wanted.name = name;
    wanted.referencing_databases.clear();
    wanted.referencing_backups.clear();
    wanted.create_time = Some(turn.now.to_proto());
    wanted.update_time = wanted.create_time;
    wanted.state = pb::instance_partition::State::Creating.into();
    turn.store.instance_mut(instance_id)?.partitions.insert(id.into(), Managed::new(wanted.clone()));
    wanted.state = pb::instance_partition::State::Ready.into();
    Change::<Partitions>::start(turn, wanted, true)
}

pub fn get(
    turn: &mut Turn<'_>,
    request: pb::GetInstancePartitionRequest,
) -> Result<pb::InstancePartition, Status> {
    let [_, instance, id] = name::instance_partition(&request.name)?;
    let instance = turn.store.instance(instance)?;
    let partition = instance.partitions.get(id).ok_or_else(|| not_found(&request.name))?;
    Ok(show(instance, id, partition))
}

pub fn update(turn: &mut Turn<'_>, request: pb::UpdateInstancePartitionRequest) -> Result<Operation, Status> {
    let wanted = request.instance_partition;
    let wanted = wanted.ok_or_else(|| errors::missing("instance_partition", "UpdateInstancePartition"))?;
    let paths = request.field_mask.map(|mask| mask.paths).unwrap_or_default();
    reflect::check_mask(&paths, &UPDATABLE, turn.choices.bad_update_mask)?;
    let partition = find(turn, &wanted.name)?;
    partition.check_idle(&wanted.name)?;
    let mut updated = reflect::merge_fields(partition.about.clone(), &wanted, &paths);
    updated.update_time = Some(turn.now.to_proto());
    Change::<Partitions>::start(turn, updated, false)
}

/// A partition that a database or a backup uses cannot be deleted.
pub fn delete(turn: &mut Turn<'_>, request: pb::DeleteInstancePartitionRequest) -> Result<(), Status> {
    let partition = get(turn, pb::GetInstancePartitionRequest { name: request.name.clone() })?;
    let users = [partition.referencing_databases, partition.referencing_backups].concat();
    if !users.is_empty() {
        let message = format!(
            "Cannot delete instance partition {} because it is used by {}.",
            request.name,
            users.join(", ")
        );
        return Err(Status::new(Code::FailedPrecondition, message));
    }
    find(turn, &request.name)?.busy.into_iter().for_each(|key| turn.cancel(key));
    Partitions::remove(turn.store, &request.name);
    Ok(())
}

pub fn list(
    turn: &mut Turn<'_>,
    request: pb::ListInstancePartitionsRequest,
) -> Result<pb::ListInstancePartitionsResponse, Status> {
    let [_, instance] = name::instance(&request.parent)?;
    let instance = turn.store.instance(instance)?;
    let page = Pagination::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let after = page.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let found = instance.partitions.range::<str, _>((after, Bound::Unbounded));
    let (partitions, next_page_token) = page.take(found, |(id, _)| id.to_string());
    let instance_partitions =
        partitions.into_iter().map(|(id, partition)| show(instance, id, partition)).collect();
    Ok(pb::ListInstancePartitionsResponse { instance_partitions, next_page_token, ..Default::default() })
}

pub fn list_operations(
    turn: &mut Turn<'_>,
    request: pb::ListInstancePartitionOperationsRequest,
) -> Result<pb::ListInstancePartitionOperationsResponse, Status> {
    let [_, instance] = name::instance(&request.parent)?;
    turn.store.instance(instance)?;
    let keys = turn.store.operations.of_family(&request.parent, INSTANCE_PARTITION);
    let query = Query { filter: &request.filter, size: request.page_size, token: &request.page_token };
    let (operations, next_page_token) =
        query.answer(turn, keys, LISTED_FOR, "ListInstancePartitionOperations")?;
    Ok(pb::ListInstancePartitionOperationsResponse { operations, next_page_token, ..Default::default() })
}
