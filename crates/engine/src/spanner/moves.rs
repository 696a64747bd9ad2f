//! MoveInstance.

use prost_types::Any;
use rescind_model::Code;

use super::family::AUTO_ID;
use super::state::{Store, Turn};
use super::{configs, name, progress};
use crate::kernel::Time;
use crate::kernel::operation::{End, Ending, Task, Timeline};
use crate::kernel::status::{Status, any};
use crate::proto::instance as pb;
use crate::proto::longrunning::Operation;

/// The operation that moves the instance that is its parent to another configuration.
#[derive(Debug)]
struct Moving {
    /// The full name of the configuration.
    target: String,
}

impl Task<Store> for Moving {
    fn metadata(&self, _parent: &str, timeline: &Timeline) -> Any {
        any(&pb::MoveInstanceMetadata {
            target_config: self.target.clone(),
            progress: Some(progress::of_instance(timeline)),
            cancel_time: timeline.cancel.map(Time::to_proto),
        })
    }

    fn response(&self, _parent: &str) -> Option<Any> {
        Some(any(&pb::MoveInstanceResponse {}))
    }

    fn end(&mut self, store: &mut Store, parent: &str, ending: &Ending<'_>) {
        let Ok([_, id]) = name::instance(parent) else { return };
        let Ok(instance) = store.instance_mut(id) else { return };
        instance.moving = false;
        instance.managed.busy = None;
        if ending.end == End::Completed {
            instance.managed.about.config.clone_from(&self.target);
        }
    }

    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }
}

/// An instance with backups, with databases whose keys a customer manages, or that is being changed, cannot be moved
/// (spanner_instance_admin.proto, MoveInstance).
pub fn start(turn: &mut Turn<'_>, request: pb::MoveInstanceRequest) -> Result<Operation, Status> {
    let [_, id] = name::instance(&request.name)?;
    let target = configs::full_name(turn, &request.target_config)?;
    let instance = turn.store.instance(id)?;
    configs::check_usable(turn, &target)?;
    instance.check_usable()?;
    instance.managed.check_idle(&request.name)?;
    let cannot = |why: &str| {
        let message = format!("Cannot move instance {} because it contains {why}.", request.name);
        Err(Status::new(Code::FailedPrecondition, message))
    };
    if !instance.backups.is_empty() {
        return cannot("backups");
    }
    if instance.databases.values().any(|database| database.kms_key().is_some()) {
        return cannot("databases that are encrypted with keys of a customer");
    }
    let key = turn.start(&request.name, Moving { target });
    let instance = turn.store.instance_mut(id)?;
    instance.moving = true;
    instance.managed.busy = Some(key);
    turn.run(key);
    turn.show(key)
}
