//! Updates: what a mask names, or everything that may be changed.

use std::sync::Arc;

use prost_types::FieldMask;

use super::request_id::RequestId;
use super::state::{Resource, Turn};
use super::verb::Verb;
use super::version::Version;
use super::work::{Action, Work};
use super::{check, errors};
use crate::kernel::{Status, reflect};
use crate::proto::longrunning;

/// A request to update a resource.
pub struct Overwriting<'a, R> {
    /// The full name.
    pub name: &'a str,
    /// The values that the fields are to have.
    pub wanted: &'a R,
    /// `update_mask`
    pub mask: Option<FieldMask>,
    /// The fields that clients may change.
    pub updatable: &'static [&'static str],
    /// `request_id`
    pub request_id: RequestId,
    /// `validate_only`
    pub validate_only: bool,
}

impl<R: Resource> Overwriting<'_, R> {
    /// Updates a resource by an operation. While another works on it, nothing else may be done with it (AIP-151).
    ///
    /// # Errors
    /// INVALID_ARGUMENT for the mask, NOT_FOUND, or ABORTED for a stale etag and for what is busy.
    pub fn carry_out<V: Version>(self, turn: &mut Turn<'_>) -> Result<longrunning::Operation, Status> {
        let Overwriting { name, wanted, mask, updatable, request_id, validate_only } = self;
        let paths = updated_paths(mask, updatable);
        reflect::check_mask(&paths, updatable, turn.choices.bad_update_mask)?;
        let managed = check::find::<R>(turn, name)?;
        check::check_etag(name, &*managed.about, wanted.etag())?;
        if managed.busy.is_some() {
            return Err(errors::busy(name));
        }
        let updated = reflect::merge_fields((*managed.about).clone(), wanted, &paths);
        let target: Arc<str> = name.into();
        let work = |updated| Work::<R>::new(V::NAME, target.clone(), Action::Update(Box::new(updated)));
        if validate_only {
            return Ok(work(updated.clone()).preview(turn.now, Arc::new(updated)));
        }
        let key = work(updated).start(turn);
        request_id.remember(turn, Verb::Update, target, key);
        turn.run(key);
        turn.show(key)
    }
}

/// "If the user does not provide a mask then all fields will be overwritten." (service.proto)
pub fn updated_paths(mask: Option<FieldMask>, updatable: &[&str]) -> Vec<String> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    let every = || updatable.iter().map(|path| (*path).to_owned()).collect();
    if paths.is_empty() || paths == ["*"] { every() } else { paths }
}
