//! Creations: what was looked at is kept, and an operation makes it ready.

use std::sync::Arc;

use super::request_id::RequestId;
use super::state::{Managed, Resource, Turn};
use super::verb::Verb;
use super::version::Version;
use super::work::{Action, Work};
use crate::kernel::Status;
use crate::proto::longrunning;

/// A request that creates a resource: by a create, or by an update of what is missing.
pub struct Creation<'a, R> {
    /// The full name.
    pub name: Arc<str>,
    /// The resource, without an id of its own yet.
    pub about: R,
    /// As what the request is remembered.
    pub verb: Verb,
    /// `request_id`
    pub request_id: &'a RequestId,
    /// `validate_only`
    pub validate_only: bool,
}

impl<R: Resource> Creation<'_, R> {
    /// Starts the creation; or shows what it would come to. Where a schedule decides upon such resources, it is decided how far
    /// it is in the reply.
    ///
    /// # Errors
    /// None of its own.
    pub fn carry_out<V: Version>(self, turn: &mut Turn<'_>) -> Result<longrunning::Operation, Status> {
        let Creation { name, mut about, verb, request_id, validate_only } = self;
        let work = Work::<R>::new(V::NAME, name.clone(), Action::Create);
        if validate_only {
            return Ok(work.preview(turn.now, Arc::new(about)));
        }
        let uid = turn.store.state.next_uid();
        about.identify(uid);
        R::kept(&mut turn.store.state).insert(name.clone(), Managed::new(about));
        let key = work.start(turn);
        request_id.remember(turn, verb, name, key);
        if R::DECIDED {
            turn.run_as_decided(key)
        } else {
            turn.run(key)
        }
        turn.show(key)
    }
}
