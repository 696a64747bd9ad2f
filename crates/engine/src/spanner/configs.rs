//! Instance configurations: those that every project has, and those that clients make of them.

use std::collections::BTreeMap;

use prost_types::Any;
use rescind_model::Code;

use super::base_configs::{self, BaseConfig};
use super::change::{Change, ManagedResource};
use super::family::INSTANCE_CONFIG;
use super::managed::Managed;
use super::operations::LISTED_FOR;
use super::state::{Store, Turn};
use super::{errors, labels, name, progress};
use crate::kernel::Time;
use crate::kernel::longrunning::Query;
use crate::kernel::name::is_dashed_id;
use crate::kernel::operation::{Family, Timeline};
use crate::kernel::pagination::Pagination;
use crate::kernel::reflect;
use crate::kernel::status::{Detail, Status, any};
use crate::proto::instance as pb;
use crate::proto::longrunning::Operation;

/// The configuration of the vendor's emulator, in which instances are that were there before.
pub const EMULATOR: &str = "emulator-config";

/// What may be updated.
const UPDATABLE: [&str; 2] = ["display_name", "labels"];

/// Configurations are created and updated by operations.
#[derive(Debug)]
struct Configs;

impl ManagedResource for Configs {
    type About = pb::InstanceConfig;
    const FAMILY: Option<Family> = Some(INSTANCE_CONFIG);

    fn name(about: &pb::InstanceConfig) -> &str {
        &about.name
    }

    fn slot<'a>(store: &'a mut Store, name: &str) -> Option<&'a mut Managed<pb::InstanceConfig>> {
        let [_, id] = name::instance_config(name).ok()?;
        store.state.configs.get_mut(id)
    }

    fn remove(store: &mut Store, name: &str) {
        if let Ok([_, id]) = name::instance_config(name) {
            store.state.configs.remove(id);
        }
    }

    fn metadata(wanted: &pb::InstanceConfig, creates: bool, timeline: &Timeline) -> Any {
        let instance_config = Some(wanted.clone());
        let progress = Some(progress::of_instance(timeline));
        let cancel_time = timeline.cancel.map(Time::to_proto);
        if creates {
            any(&pb::CreateInstanceConfigMetadata { instance_config, progress, cancel_time })
        } else {
            any(&pb::UpdateInstanceConfigMetadata { instance_config, progress, cancel_time })
        }
    }
}

/// A configuration of Google, of which nothing else is known.
fn plain(project: &str, id: &str, display_name: &str) -> pb::InstanceConfig {
    pb::InstanceConfig {
        name: format!("projects/{project}/instanceConfigs/{id}"),
        display_name: display_name.to_owned(),
        config_type: pb::instance_config::Type::GoogleManaged.into(),
        state: pb::instance_config::State::Ready.into(),
        ..Default::default()
    }
}

fn of_google(project: &str, base: &BaseConfig) -> pb::InstanceConfig {
    pb::InstanceConfig {
        replicas: base.replicas(),
        optional_replicas: base.optional_replicas(),
        leader_options: base.leader_options(),
        ..plain(project, base.id(), &base.display_name())
    }
}

/// All configurations of the project, by id.
fn all(turn: &Turn<'_>) -> BTreeMap<String, pb::InstanceConfig> {
    let (project, state) = (&*turn.store.id, &turn.store.state);
    // Whoever adds one of an id that there is means the one that there is.
    let added = state.choices.instance_configs.split([',', ' ']).filter(|id| !matches!(*id, "" | "none"));
    let added = added.map(|id| (id.to_owned(), plain(project, id, id)));
    let google = base_configs::all().map(|base| (base.id().to_owned(), of_google(project, base)));
    let emulator = (EMULATOR.to_owned(), plain(project, EMULATOR, "Emulator instance config"));
    let made = state.configs.iter().map(|(id, config)| (id.to_string(), config.about.clone()));
    added.chain(google).chain([emulator]).chain(made).collect()
}

fn find(turn: &Turn<'_>, name: &str) -> Result<pb::InstanceConfig, Status> {
    let [_, wanted] = name::instance_config(name)?;
    all(turn).remove(wanted).ok_or_else(|| errors::config_not_found(wanted))
}

/// The full name of the configuration that a request names: the service takes no other, the vendor's emulator takes the id
/// alone.
///
/// # Errors
/// What the table of choices says for an id alone.
pub fn full_name(turn: &Turn<'_>, name: &str) -> Result<String, Status> {
    if name.is_empty() || name.contains('/') {
        return Ok(name.to_owned());
    }
    match turn.store.state.choices.short_config_name {
        None => Ok(format!("projects/{}/instanceConfigs/{name}", turn.store.id)),
        Some(code) => Err(Status::new(code, format!("Invalid instance config uri: {name}"))),
    }
}

/// Whether instances can be made in a configuration.
///
/// # Errors
/// NOT_FOUND, or FAILED_PRECONDITION while it is being created.
pub fn check_usable(turn: &Turn<'_>, name: &str) -> Result<(), Status> {
    match find(turn, name)?.state() {
        pb::instance_config::State::Creating => {
            Err(Status::new(Code::FailedPrecondition, format!("Instance config {name} is being created.")))
        }
        _ => Ok(()),
    }
}

pub fn get(turn: &mut Turn<'_>, request: pb::GetInstanceConfigRequest) -> Result<pb::InstanceConfig, Status> {
    find(turn, &request.name)
}

pub fn list(
    turn: &mut Turn<'_>,
    request: pb::ListInstanceConfigsRequest,
) -> Result<pb::ListInstanceConfigsResponse, Status> {
    name::only_project(&request.parent)?;
    let page = Pagination::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let found = all(turn).into_iter().filter(|(id, _)| page.after.as_ref().is_none_or(|after| id > after));
    let (configs, next_page_token) = page.take(found, |(id, _)| id.clone());
    let instance_configs = configs.into_iter().map(|(_, config)| config).collect();
    Ok(pb::ListInstanceConfigsResponse { instance_configs, next_page_token })
}

pub fn create(turn: &mut Turn<'_>, request: pb::CreateInstanceConfigRequest) -> Result<Operation, Status> {
    name::only_project(&request.parent)?;
    let id = request.instance_config_id;
    let name = format!("{}/instanceConfigs/{id}", request.parent);
    if !id.starts_with("custom-") || !is_dashed_id(&id, name::LONGEST_INSTANCE_ID) {
        return Err(Status::new(turn.choices.bad_id, format!("Invalid instance config uri: {name}")));
    }
    let mut wanted =
        request.instance_config.ok_or_else(|| errors::missing("instance_config", "CreateInstanceConfig"))?;
    if turn.store.state.configs.contains_key(id.as_str()) {
        return Err(Status::new(Code::AlreadyExists, format!("Instance config already exists: {name}")));
    }
    wanted.base_config = full_name(turn, &wanted.base_config)?;
    let base = find(turn, &wanted.base_config)?;
    check_replicas(&wanted, &base)?;
    labels::check(&wanted.labels)?;
    wanted.optional_replicas = base.optional_replicas;
    if wanted.leader_options.is_empty() {
        wanted.leader_options = base.leader_options;
    }
    wanted.name = name;
    wanted.config_type = pb::instance_config::Type::UserManaged.into();
    wanted.state = pb::instance_config::State::Creating.into();
    wanted.reconciling = true;
    let mut ready = wanted.clone();
    ready.state = pb::instance_config::State::Ready.into();
    ready.reconciling = false;
    if request.validate_only {
        return Ok(validated(any(&ready)));
    }
    turn.store.state.configs.insert(id.into(), Managed::new(wanted));
    Change::<Configs>::start(turn, ready, true)
}

/// A configuration that a client makes has all replicas of its base, and besides one or more of those that are optional there
/// (spanner_instance_admin.proto, `InstanceConfig.replicas`); of one with two regions none can be made (documentation). Of a
/// base whose replicas are not known, as that of the vendor's emulator, nothing is asked.
fn check_replicas(wanted: &pb::InstanceConfig, base: &pb::InstanceConfig) -> Result<(), Status> {
    let refused = |why: &str| {
        let message = format!("Invalid instance_config.replicas in the request: {why}.");
        Err(Status::new(Code::InvalidArgument, message).with(Detail::Field {
            field: "instance_config.replicas".to_owned(),
            description: why.to_owned(),
        }))
    };
    if base.config_type() != pb::instance_config::Type::GoogleManaged {
        return refused(&format!("{} is not managed by Google, and cannot be a base", base.name));
    }
    if base.replicas.is_empty() {
        return Ok(());
    }
    let place = |info: &pb::ReplicaInfo| (info.location.clone(), info.r#type);
    let mut besides: Vec<_> = wanted.replicas.iter().map(place).collect();
    for needed in base.replicas.iter().map(place) {
        match besides.iter().position(|found| *found == needed) {
            Some(at) => drop(besides.swap_remove(at)),
            None => return refused(&format!("all replicas of {} must be among them", base.name)),
        }
    }
    if besides.is_empty() {
        let options = base.optional_replicas.iter().map(|info| info.location.as_str());
        return refused(&match options.collect::<Vec<_>>().join(", ").as_str() {
            "" => format!("{} has no optional replicas, so that nothing can be made of it", base.name),
            options => format!("one or more optional replicas of {} must be added: {options}", base.name),
        });
    }
    let mut optional: Vec<_> = base.optional_replicas.iter().map(place).collect();
    for (location, kind) in besides {
        match optional.iter().position(|found| *found == (location.clone(), kind)) {
            Some(at) => drop(optional.swap_remove(at)),
            None => {
                return refused(&format!(
                    "{location} is no optional replica of {}, or is once too often",
                    base.name
                ));
            }
        }
    }
    Ok(())
}

/// What a request answers that was only to be validated: an operation that is no more than its response.
fn validated(response: Any) -> Operation {
    use crate::proto::longrunning::operation::Result;
    Operation { done: true, result: Some(Result::Response(response)), ..Default::default() }
}

pub fn update(turn: &mut Turn<'_>, request: pb::UpdateInstanceConfigRequest) -> Result<Operation, Status> {
    let wanted =
        request.instance_config.ok_or_else(|| errors::missing("instance_config", "UpdateInstanceConfig"))?;
    let paths = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
    reflect::check_mask(&paths, &UPDATABLE, turn.choices.bad_update_mask)?;
    let config = user_managed(turn, &wanted.name)?;
    config.check_idle(&wanted.name)?;
    check_etag(&config.about.etag, &wanted.etag)?;
    let updated = reflect::merge_fields(config.about.clone(), &wanted, &paths);
    labels::check(&updated.labels)?;
    if request.validate_only {
        return Ok(validated(any(&updated)));
    }
    if let Some(config) = Configs::slot(turn.store, &wanted.name) {
        config.about.reconciling = true;
    }
    Change::<Configs>::start(turn, updated, false)
}

/// Only what clients have made can be changed.
fn user_managed<'a>(turn: &'a Turn<'_>, name: &str) -> Result<&'a Managed<pb::InstanceConfig>, Status> {
    find(turn, name)?;
    let [_, id] = name::instance_config(name)?;
    turn.store.state.configs.get(id).ok_or_else(|| {
        let message = format!("Instance config {name} is managed by Google and cannot be changed.");
        Status::new(Code::InvalidArgument, message)
    })
}

/// A client may say which version it means to change.
fn check_etag(current: &str, wanted: &str) -> Result<(), Status> {
    if wanted.is_empty() || wanted == current {
        return Ok(());
    }
    Err(Status::new(Code::Aborted, format!("The etag {wanted} is not the current one, {current}.")))
}

pub fn delete(turn: &mut Turn<'_>, request: pb::DeleteInstanceConfigRequest) -> Result<(), Status> {
    let config = user_managed(turn, &request.name)?;
    check_etag(&config.about.etag, &request.etag)?;
    let busy = config.busy;
    if turn.store.state.instances.values().any(|instance| instance.managed.about.config == request.name) {
        let message = format!("Cannot delete instance config {} because instances use it.", request.name);
        return Err(Status::new(Code::FailedPrecondition, message));
    }
    if !request.validate_only {
        busy.into_iter().for_each(|key| turn.cancel(key));
        Configs::remove(turn.store, &request.name);
    }
    Ok(())
}

pub fn list_operations(
    turn: &mut Turn<'_>,
    request: pb::ListInstanceConfigOperationsRequest,
) -> Result<pb::ListInstanceConfigOperationsResponse, Status> {
    name::only_project(&request.parent)?;
    let keys = turn.store.operations.of_family(&request.parent, INSTANCE_CONFIG);
    let query = Query { filter: &request.filter, size: request.page_size, token: &request.page_token };
    let (operations, next_page_token) =
        query.answer(turn, keys, LISTED_FOR, "ListInstanceConfigOperations")?;
    Ok(pb::ListInstanceConfigOperationsResponse { operations, next_page_token })
}
