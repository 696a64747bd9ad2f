//! What instances, their configurations and their partitions have in common: creating and updating them takes time,
//! nothing else may change them meanwhile, and cancelling undoes the change (spanner_instance_admin.proto).

use std::fmt;

use prost::Name;
use prost_types::Any;

use super::family::AUTO_ID;
use super::managed::Managed;
use super::state::{Store, Turn};
use crate::kernel::operation::{End, Ending, Family, Task, Timeline};
use crate::kernel::status::{Status, any};
use crate::proto::longrunning;

/// A kind of such resources.
pub trait ManagedResource: fmt::Debug + Send + 'static {
    /// The message of the API.
    type About: Name + Clone + fmt::Debug + Send;
    /// The list that its operations are in.
    const FAMILY: Option<Family>;

    /// The full name of one.
    fn name(about: &Self::About) -> &str;
    /// Where the resource of a name is kept.
    fn slot<'a>(store: &'a mut Store, name: &str) -> Option<&'a mut Managed<Self::About>>;
    /// Removes the resource of a name.
    fn remove(store: &mut Store, name: &str);
    /// The metadata of an operation that creates (or else updates) a resource into this.
    fn metadata(wanted: &Self::About, creates: bool, timeline: &Timeline) -> Any;
}

/// An operation that creates or updates a resource.
#[derive(Debug)]
pub struct Change<K: ManagedResource> {
    /// What the resource will be.
    wanted: K::About,
    creates: bool,
}

impl<K: ManagedResource> Change<K> {
    /// Starts the creation of the resource that is in its slot already, or the update of one.
    pub fn start(
        turn: &mut Turn<'_>,
        wanted: K::About,
        creates: bool,
    ) -> Result<longrunning::Operation, Status> {
        let name = K::name(&wanted).to_owned();
        let key = turn.start(&name, Change::<K> { wanted, creates });
        if let Some(managed) = K::slot(turn.store, &name) {
            managed.busy = Some(key);
        }
        turn.run(key);
        turn.show(key)
    }
}

impl<K: ManagedResource> Task<Store> for Change<K> {
    fn metadata(&self, _parent: &str, timeline: &Timeline) -> Any {
        K::metadata(&self.wanted, self.creates, timeline)
    }

    fn response(&self, _parent: &str) -> Option<Any> {
        Some(any(&self.wanted))
    }

    fn end(&mut self, store: &mut Store, parent: &str, ending: &Ending<'_>) {
        if ending.end != End::Completed && self.creates {
            K::remove(store, parent);
        } else if let Some(managed) = K::slot(store, parent) {
            managed.busy = None;
            if ending.end == End::Completed {
                managed.about = self.wanted.clone();
            }
        }
    }

    fn family(&self) -> Option<Family> {
        K::FAMILY
    }

    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }
}
