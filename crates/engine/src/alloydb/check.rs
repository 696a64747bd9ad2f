//! What the requests about clusters and backups have in common: names, etags, the changes that may be made.

use std::sync::Arc;

use rescind_model::BackupState as Stage;

use super::request_id::RequestId;
use super::state::{Managed, Resource, Turn};
use super::verb::Verb;
use super::version::Version;
use super::work::{Action, Work};
use super::{errors, name};
use crate::kernel::Status;
use crate::kernel::name::is_dashed_id;
use crate::proto::longrunning;

/// The most characters in an id (resources.proto, `Backup.name`).
const LONGEST_ID: usize = 63;

/// True for an id `[a-z]([a-z0-9-]{0,61}[a-z0-9])?`.
pub fn is_id(id: &str) -> bool {
    is_dashed_id(id, LONGEST_ID) || (id.len() == 1 && id.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// The name of a resource that is to be created. Whether there is one of that name already is not looked at.
///
/// # Errors
/// INVALID_ARGUMENT, or what the table of choices says for a wrong id.
pub fn new_name<R: Resource>(
    turn: &Turn<'_>,
    parent: &str,
    id: &str,
    field: &str,
) -> Result<Arc<str>, Status> {
    name::location(parent)?;
    named::<R>(turn, parent, id, field)
}

/// The name of a resource that is to be created in a parent whose name has been looked at.
///
/// # Errors
/// What the table of choices says for a wrong id.
pub fn named<R: Resource>(turn: &Turn<'_>, parent: &str, id: &str, field: &str) -> Result<Arc<str>, Status> {
    if !is_id(id) {
        let rule = "an id has 1 to 63 characters, begins with a lower-case letter, continues with lower-case letters, \
                    digits and `-`, and ends with a letter or a digit";
        return Err(errors::invalid(turn.choices.bad_id, field, rule));
    }
    Ok(format!("{parent}/{}/{id}", R::COLLECTION).into())
}

/// Whether there is no resource of this name.
///
/// # Errors
/// ALREADY_EXISTS.
pub fn check_new<R: Resource>(turn: &mut Turn<'_>, name: &str) -> Result<(), Status> {
    match R::kept(&mut turn.store.state).get(name) {
        Some(_) => Err(errors::already_exists::<R>(name)),
        None => Ok(()),
    }
}

/// The resource of a name.
///
/// # Errors
/// NOT_FOUND.
pub fn find<'a, R: Resource>(turn: &'a mut Turn<'_>, name: &str) -> Result<&'a mut Managed<R>, Status> {
    R::kept(&mut turn.store.state).get_mut(name).ok_or_else(|| errors::not_found::<R>(name))
}

/// Whether a request is about the resource as it is; one without an etag always is.
///
/// # Errors
/// ABORTED.
pub fn check_etag<R: Resource>(name: &str, about: &R, etag: &str) -> Result<(), Status> {
    match etag {
        "" => Ok(()),
        etag if etag == about.etag() => Ok(()),
        etag => Err(errors::stale_etag(name, etag)),
    }
}

/// A request to delete a resource.
pub struct Deletion<'a> {
    /// The full name.
    pub name: &'a str,
    /// `request_id`
    pub request_id: &'a str,
    /// `validate_only`
    pub validate_only: bool,
    /// `etag`
    pub etag: &'a str,
}

impl Deletion<'_> {
    /// Deletes a resource by an operation. What is being created can be deleted if the table of choices says so; its
    /// creation is cancelled then. While it is being updated or deleted, nothing else may be done with it (AIP-151).
    pub fn carry_out<V: Version, R: Resource>(
        self,
        turn: &mut Turn<'_>,
    ) -> Result<longrunning::Operation, Status> {
        let Deletion { name, request_id, validate_only, etag } = self;
        let request_id = RequestId::read(request_id)?;
        if let Some(operation) = request_id.repeated(turn, Verb::Delete, name)? {
            return Ok(operation);
        }
        let managed = find::<R>(turn, name)?;
        check_etag(name, &*managed.about, etag)?;
        let (stage, busy) = (managed.about.stage(), managed.busy);
        let about = managed.about.clone();
        let refusal = turn.store.state.choices.delete_while_creating;
        match (stage, busy) {
            (Stage::Creating, _) => {
                if let Some(code) = refusal {
                    return Err(Status::new(code, format!("Resource '{name}' is being created.")));
                }
            }
            (_, None) => {}
            (_, Some(_)) => return Err(errors::busy(name)),
        }
        let target: Arc<str> = name.into();
        let work = |before| Work::<R>::new(V::NAME, target.clone(), Action::Delete(before));
        if validate_only {
            return Ok(work(stage).preview(turn.now, about));
        }
        if let (Stage::Creating, Some(creation)) = (stage, busy) {
            turn.cancel(creation);
        }
        let now = turn.now;
        // A creation that was cancelled may have left nothing to delete, or a backup that has failed.
        let before = find::<R>(turn, name).map_or(stage, |managed| {
            let before = managed.about.stage();
            managed.enter(Stage::Deleting, now);
            before
        });
        let key = work(before).start(turn);
        request_id.remember(turn, Verb::Delete, target, key);
        turn.run(key);
        turn.show(key)
    }
}

#[cfg(test)]
mod tests {
    use super::is_id;

    #[test]
    fn an_id_has_one_to_63_characters_and_no_underscore() {
        for id in ["a", "b1", "a-b", &"a".repeat(63)] {
            assert!(is_id(id), "{id}");
        }
        for id in ["", "1", "A", "a-", "a_b", "-a", "é", &"a".repeat(64)] {
            assert!(!is_id(id), "{id}");
        }
    }
}
