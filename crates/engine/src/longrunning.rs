//! Long-running operations of any service: get, list, cancel, delete, wait; and the lists of operations.

use rescind_model::{Code, RequestKind};

use super::filter::{Filter, Kind};
use super::name;
use super::operation::{Cancel, End, Family, Key};
use super::page::Page;
use super::reflect::OperationFields;
use super::rpc::Arriving;
use super::status::Status;
use super::time::Span;
use super::turn::{self, Turn};
use super::world::World;
use crate::proto::{database as pb, longrunning};

/// How long an operation that has ended stays in the lists of its instance or project (spanner_database_admin.proto,
/// ListBackupOperations).
const LISTED_FOR: Span = Span::days(7);

pub fn arrive_at_get(world: &mut World, request: &longrunning::GetOperationRequest) -> Arriving {
    let key = world.operations.find(&request.name).ok();
    key.and_then(|key| turn::poll_kind(world, key)).map_or(Arriving::ByName, Arriving::As)
}

pub fn get(
    turn: &mut Turn<'_>,
    request: longrunning::GetOperationRequest,
) -> Result<longrunning::Operation, Status> {
    let key = turn.world.operations.find(&request.name)?;
    let operation = turn.world.operations.get(key).filter(|operation| operation.is_running());
    if let Some(operation) = operation.filter(|operation| !operation.foreign) {
        if matches!(turn.kind(), RequestKind::Poll | RequestKind::EarlyPoll) {
            turn.look_at(key);
        } else if !operation.task.creates_backup() {
            turn.run(key);
        }
    }
    turn.show(key)
}

/// Notes that a cancel was received: looks at the operation are counted apart from now on, whatever becomes of it.
pub fn arrive_at_cancel(world: &mut World, request: &longrunning::CancelOperationRequest) -> Arriving {
    let key = world.operations.find(&request.name).ok();
    let operation = key.and_then(|key| world.operations.get_mut(key));
    if let Some(operation) = operation.filter(|operation| operation.cancel == Cancel::None) {
        operation.cancel = Cancel::Received;
    }
    Arriving::As(RequestKind::Cancel)
}

/// Cancelling is best effort; cancelling what has ended has no effect.
pub fn cancel(turn: &mut Turn<'_>, request: longrunning::CancelOperationRequest) -> Result<(), Status> {
    let key = turn.world.operations.find(&request.name)?;
    let running = turn.world.operations.get(key).filter(|operation| operation.is_running());
    let Some(operation) = running else { return Ok(()) };
    operation.task.check_cancel(turn.choices)?;
    let takes_effect = !operation.task.creates_backup() || turn.decide_cancel(key);
    let Some(operation) = turn.world.operations.get_mut(key) else { return Ok(()) };
    operation.cancel_time.get_or_insert(turn.now);
    if takes_effect {
        turn.end(key, End::Cancelled);
    }
    Ok(())
}

/// Operations of instances can be deleted once they have ended; those of databases are documented as not to be.
pub fn delete(turn: &mut Turn<'_>, request: longrunning::DeleteOperationRequest) -> Result<(), Status> {
    let key = turn.world.operations.find(&request.name)?;
    let Some(operation) = turn.world.operations.get(key) else { return Ok(()) };
    let refusal = match operation.task.family() {
        Some(Family::Backup) => {
            Some((turn.choices.delete_backup_operation, "operations of backups cannot be"))
        }
        Some(Family::Database) => Some((Code::Unimplemented, "operations of databases cannot be")),
        _ if operation.is_running() => Some((Code::FailedPrecondition, "it has not ended")),
        _ => None,
    };
    match refusal {
        Some((code, why)) => {
            Err(Status::new(code, format!("Operation {} cannot be deleted: {why}.", request.name)))
        }
        None => {
            turn.world.operations.remove(key);
            Ok(())
        }
    }
}

pub fn wait(
    turn: &mut Turn<'_>,
    request: longrunning::WaitOperationRequest,
) -> Result<longrunning::Operation, Status> {
    turn.world.operations.find(&request.name)?;
    Err(Status::new(Code::Unimplemented, "google.longrunning.Operations.WaitOperation is not implemented."))
}

/// The operations of one resource. A resource that has none, or that is not there, has an empty list.
pub fn list(
    turn: &mut Turn<'_>,
    request: longrunning::ListOperationsRequest,
) -> Result<longrunning::ListOperationsResponse, Status> {
    let parent = request.name.strip_suffix("/operations").unwrap_or(&request.name);
    let keys = turn.world.operations.of_parent(parent);
    let query = Query { filter: &request.filter, size: request.page_size, token: &request.page_token };
    let (operations, next_page_token) = query.answer(turn, keys, None, "ListOperations")?;
    Ok(longrunning::ListOperationsResponse { operations, next_page_token })
}

pub fn list_of_backups(
    turn: &mut Turn<'_>,
    request: pb::ListBackupOperationsRequest,
) -> Result<pb::ListBackupOperationsResponse, Status> {
    let keys = of_instance(turn, &request.parent, Family::Backup)?;
    let query = Query { filter: &request.filter, size: request.page_size, token: &request.page_token };
    let (operations, next_page_token) = query.answer_recent(turn, keys, "ListBackupOperations")?;
    Ok(pb::ListBackupOperationsResponse { operations, next_page_token })
}

pub fn list_of_databases(
    turn: &mut Turn<'_>,
    request: pb::ListDatabaseOperationsRequest,
) -> Result<pb::ListDatabaseOperationsResponse, Status> {
    let keys = of_instance(turn, &request.parent, Family::Database)?;
    let query = Query { filter: &request.filter, size: request.page_size, token: &request.page_token };
    let (operations, next_page_token) = query.answer_recent(turn, keys, "ListDatabaseOperations")?;
    Ok(pb::ListDatabaseOperationsResponse { operations, next_page_token })
}

fn of_instance<'a>(turn: &'a Turn<'_>, parent: &str, family: Family) -> Result<&'a [Key], Status> {
    let [_, instance] = name::instance(parent)?;
    turn.world.instance(instance)?;
    Ok(turn.world.operations.of_family(parent, family))
}

/// Which operations of a list are asked for.
pub struct Query<'a> {
    /// The filter.
    pub filter: &'a str,
    /// The most operations on a page.
    pub size: i32,
    /// The token of the page.
    pub token: &'a str,
}

impl Query<'_> {
    /// Answers from these operations, given the oldest first, without those that ended more than 7 days ago. The latest
    /// started come first in the answer.
    ///
    /// # Errors
    /// INVALID_ARGUMENT, in the name of `rpc`.
    pub fn answer_recent(
        &self,
        turn: &Turn<'_>,
        keys: &[Key],
        rpc: &str,
    ) -> Result<(Vec<longrunning::Operation>, String), Status> {
        self.answer(turn, keys, Some(LISTED_FOR), rpc)
    }

    fn answer(
        &self,
        turn: &Turn<'_>,
        keys: &[Key],
        listed_for: Option<Span>,
        rpc: &str,
    ) -> Result<(Vec<longrunning::Operation>, String), Status> {
        let filter = Filter::parse(self.filter, kind).map_err(|error| error.into_status(rpc))?;
        if type_comes_late(&filter.fields()) {
            return Err(Status::new(Code::InvalidArgument, format!("Invalid {rpc} request.")));
        }
        let page = Page::<Key>::new(self.size, self.token, turn.choices)?;
        let end = page.after.map_or(keys.len(), |after| keys.partition_point(|key| *key < after));
        let oldest = listed_for.map(|span| turn.now - span);
        let found = keys[..end].iter().rev().filter_map(|key| {
            let operation = turn.world.operations.get(*key)?;
            let listed = operation.end.is_none_or(|end| oldest.is_none_or(|oldest| end >= oldest));
            let shown = listed.then(|| OperationFields::new(operation.to_proto(*key, turn.now)))?;
            filter.matches(&shown).then(|| (*key, shown.into_operation()))
        });
        let (items, token) = page.take(found, |(key, _)| *key);
        Ok((items.into_iter().map(|(_, operation)| operation).collect(), token))
    }
}

/// The fields that operations can be filtered by (backup.proto, `ListBackupOperationsRequest.filter`).
fn kind(path: &str) -> Option<Kind> {
    match path {
        "name" | "metadata.@type" | "response.@type" => Some(Kind::Text),
        "done" => Some(Kind::Bool),
        "error" | "error.code" | "error.message" => Some(Kind::Unknown),
        path if path.starts_with("metadata.") || path.starts_with("response.") => Some(Kind::Unknown),
        _ => None,
    }
}

/// "`metadata.@type` must be specified first if filtering on metadata fields." The service refuses a type that comes
/// after another field of the metadata (google-cloud-cpp #7741), and takes a filter without any type: gcloud sends it.
fn type_comes_late(fields: &[&str]) -> bool {
    let first = fields.iter().find(|field| field.starts_with("metadata."));
    first.is_some_and(|field| *field != "metadata.@type") && fields.contains(&"metadata.@type")
}
