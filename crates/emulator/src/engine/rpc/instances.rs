//! Instances and their configurations: get and list.

use std::ops::Bound;

use rescind_model::Code;

use crate::engine::choices::Choices;
use crate::engine::filter::{Fields, Filter, Kind, Value};
use crate::engine::name;
use crate::engine::page::Page;
use crate::engine::reflect;
use crate::engine::status::Status;
use crate::engine::time::Time;
use crate::engine::turn::Turn;
use crate::proto::instance as pb;

/// An instance of one node, in the default configuration, that is ready.
pub fn new(project: &str, id: &str, create_time: Time, choices: &Choices) -> pb::Instance {
    let config = choices.instance_configs.first().map_or("", |(id, _)| id);
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

pub fn get(turn: &mut Turn<'_>, request: pb::GetInstanceRequest) -> Result<pb::Instance, Status> {
    let [_, id] = name::instance(&request.name)?;
    let about = turn.world.instance(id)?.about.clone();
    Ok(match request.field_mask {
        Some(mask) if !mask.paths.is_empty() => reflect::keep_fields(about, &mask.paths),
        _ => about,
    })
}

pub fn list(
    turn: &mut Turn<'_>,
    request: pb::ListInstancesRequest,
) -> Result<pb::ListInstancesResponse, Status> {
    name::only_project(&request.parent)?;
    let filter = Filter::parse(&request.filter, kind).map_err(|error| error.into_status("ListInstances"))?;
    let page = Page::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let after = page.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let found = (turn.world.instances.range::<str, _>((after, Bound::Unbounded)))
        .filter(|(_, instance)| filter.matches(&Listed(&instance.about)));
    let (instances, next_page_token) = page.take(found, |(id, _)| id.to_string());
    let instances = instances.into_iter().map(|(_, instance)| instance.about.clone()).collect();
    Ok(pb::ListInstancesResponse { instances, next_page_token, unreachable: Vec::new() })
}

fn kind(path: &str) -> Option<Kind> {
    let known = matches!(path, "name" | "display_name") || path.starts_with("labels.");
    known.then_some(Kind::Text)
}

struct Listed<'a>(&'a pb::Instance);

impl Fields for Listed<'_> {
    fn field(&self, path: &str) -> Value<'_> {
        let text = match path {
            "name" => Some(&self.0.name),
            "display_name" => Some(&self.0.display_name),
            path => path.strip_prefix("labels.").and_then(|label| self.0.labels.get(label)),
        };
        text.map_or(Value::Absent, |text| Value::Text(text.as_str().into()))
    }
}

fn config(project: &str, (id, display_name): (&str, &str)) -> pb::InstanceConfig {
    pb::InstanceConfig {
        name: format!("projects/{project}/instanceConfigs/{id}"),
        display_name: display_name.to_owned(),
        config_type: pb::instance_config::Type::GoogleManaged.into(),
        state: pb::instance_config::State::Ready.into(),
        ..Default::default()
    }
}

pub fn get_config(
    turn: &mut Turn<'_>,
    request: pb::GetInstanceConfigRequest,
) -> Result<pb::InstanceConfig, Status> {
    let [project, id] = name::instance_config(&request.name)?;
    let found = turn.choices.instance_configs.iter().find(|(config, _)| *config == id);
    found
        .map(|found| config(project, *found))
        .ok_or_else(|| Status::new(Code::NotFound, format!("Instance config \"{}\" not found", request.name)))
}

pub fn list_configs(
    turn: &mut Turn<'_>,
    request: pb::ListInstanceConfigsRequest,
) -> Result<pb::ListInstanceConfigsResponse, Status> {
    let [project] = name::only_project(&request.parent)?;
    let page = Page::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let mut configs = turn.choices.instance_configs.to_vec();
    configs.sort_unstable();
    let found = configs.into_iter().filter(|(id, _)| page.after.as_deref().is_none_or(|after| *id > after));
    let (configs, next_page_token) = page.take(found, |(id, _)| (*id).to_owned());
    let instance_configs = configs.into_iter().map(|found| config(project, found)).collect();
    Ok(pb::ListInstanceConfigsResponse { instance_configs, next_page_token })
}
