//! The operations of AlloyDB.

use std::sync::Arc;

use prost::Message;
use prost_types::Any;
use rescind_model::BackupState as Stage;

use super::state::{Resource, Store, Turn};
use super::verb::Verb;
use super::version::ApiVersion;
use crate::kernel::Time;
use crate::kernel::choices::Fate;
use crate::kernel::operation::{End, Ending, Key, Task, Timeline};
use crate::kernel::status::any;
use crate::proto::alloydb::v1beta as pb;
use crate::proto::longrunning::{self, operation::Result as Outcome};

/// What an operation does with a resource.
#[derive(Debug)]
pub enum Action<R> {
    /// The resource is there already, in the state CREATING.
    Create,
    /// It will be this.
    Update(Box<R>),
    /// It is DELETING, and was in this state before.
    Delete(Stage),
}

impl<R> Action<R> {
    fn verb(&self) -> Verb {
        match self {
            Action::Create => Verb::Create,
            Action::Update(_) => Verb::Update,
            Action::Delete(_) => Verb::Delete,
        }
    }
}

/// The operation that changes the resource of a name.
#[derive(Debug)]
pub struct Work<R> {
    version: ApiVersion,
    target: Arc<str>,
    action: Action<R>,
    /// The resource when the operation had completed: later changes do not touch the response.
    made: Option<Arc<R>>,
}

impl<R: Resource> Work<R> {
    /// The operation that does this, asked for in this version of the API.
    pub fn new(version: ApiVersion, target: Arc<str>, action: Action<R>) -> Work<R> {
        Work { version, target, action, made: None }
    }

    /// Starts the operation.
    pub fn start(self, turn: &mut Turn<'_>) -> Key {
        let target = self.target.clone();
        let key = turn.start(location_of(&target), self);
        if let Some(managed) = R::kept(&mut turn.store.state).get_mut(&target) {
            managed.busy = Some(key);
        }
        key
    }

    /// The operation as if it had completed at once, with this resource as what came of it. It has no name: nothing was
    /// started.
    pub fn preview(mut self, now: Time, made: Arc<R>) -> longrunning::Operation {
        self.made = Some(made);
        let timeline = Timeline { start: now, end: Some(now), cancel: None, percent: 100 };
        longrunning::Operation {
            name: String::new(),
            metadata: Some(self.metadata("", &timeline)),
            done: true,
            result: self.response("").map(Outcome::Response),
        }
    }

    fn type_url(&self, message: &str) -> String {
        format!("type.googleapis.com/google.cloud.alloydb.{}.{message}", self.version)
    }

    fn end_creation(&mut self, store: &mut Store, ending: &Ending<'_>) {
        let fate = R::fate(ending.end, &store.state.choices);
        let size = store.state.choices.backup_size.0;
        let kept = R::kept(&mut store.state);
        let stage = match ending.end {
            End::Completed => Stage::Ready,
            _ if fate == Fate::Removed => {
                kept.remove(&self.target);
                return;
            }
            _ => Stage::Failed,
        };
        if let Some(managed) = kept.get_mut(&self.target) {
            managed.busy = None;
            managed.enter(stage, ending.now);
            if stage == Stage::Ready {
                Arc::make_mut(&mut managed.about).completed(size);
            }
            self.made = Some(managed.about.clone());
        }
    }
}

/// The location in the name of a resource: `projects/P/locations/L`.
fn location_of(name: &str) -> &str {
    name.match_indices('/').nth(3).map_or(name, |(end, _)| &name[..end])
}

impl<R: Resource> Task<Store> for Work<R> {
    fn metadata(&self, _parent: &str, timeline: &Timeline) -> Any {
        let metadata = pb::OperationMetadata {
            create_time: Some(timeline.start.to_proto()),
            end_time: timeline.end.map(Time::to_proto),
            target: self.target.to_string(),
            verb: self.action.verb().to_string(),
            status_message: String::new(),
            requested_cancellation: timeline.cancel.is_some(),
            api_version: self.version.to_string(),
            request_specific: None,
        };
        Any { type_url: self.type_url("OperationMetadata"), value: metadata.encode_to_vec() }
    }

    fn response(&self, _parent: &str) -> Option<Any> {
        match (&self.action, &self.made) {
            (Action::Delete(_), _) => Some(any(&())),
            (_, made) => {
                Some(Any { type_url: self.type_url(R::NAME), value: made.as_ref()?.encode_to_vec() })
            }
        }
    }

    /// A cancelled or failed change leaves the resource as it was before.
    fn end(&mut self, store: &mut Store, _parent: &str, ending: &Ending<'_>) {
        let completed = ending.end == End::Completed;
        match &mut self.action {
            Action::Create => return self.end_creation(store, ending),
            Action::Delete(_) if completed => {
                R::removed(&mut store.state, &self.target);
                return R::kept(&mut store.state).remove(&self.target);
            }
            _ => {}
        }
        let Some(managed) = R::kept(&mut store.state).get_mut(&self.target) else { return };
        managed.busy = None;
        match &mut self.action {
            Action::Update(wanted) if completed => {
                managed.about = Arc::new(std::mem::take(&mut **wanted));
                managed.enter(managed.about.stage(), ending.now);
                self.made = Some(managed.about.clone());
            }
            Action::Delete(before) => managed.enter(*before, ending.now),
            _ => {}
        }
    }

    fn target(&self) -> Option<&Arc<str>> {
        Some(&self.target)
    }

    fn creates_backup(&self) -> bool {
        R::DECIDED && matches!(self.action, Action::Create)
    }
}
