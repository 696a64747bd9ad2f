//! Long-running operations: get, list, cancel, delete, wait; and the lists of an instance's operations.

use rescind_model::{Code, Decision, RequestKind};

use super::Arriving;
use crate::engine::filter::{Filter, Kind};
use crate::engine::name;
use crate::engine::operation::{Cancel, Family, Key, Operation, Work};
use crate::engine::page::Page;
use crate::engine::reflect::OperationFields;
use crate::engine::status::Status;
use crate::engine::time::Span;
use crate::engine::turn::{self, Turn};
use crate::engine::world::{End, World};
use crate::proto::{database as pb, longrunning};

/// How long an operation that has ended stays in the lists of its instance (spanner_database_admin.proto,
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
    let running = turn.world.operations.get(key).is_some_and(|operation| operation.is_running());
    if running && matches!(turn.kind(), RequestKind::Poll | RequestKind::EarlyPoll) {
        turn.look_at(key);
    }
    shown(turn, key)
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
    if !turn.world.operations.get(key).is_some_and(|operation| operation.is_running()) {
        return Ok(());
    }
    let decision = turn.choose(&[Decision::Honoured, Decision::Pending, Decision::Ignored]);
    let Some(operation) = turn.world.operations.get_mut(key) else { return Ok(()) };
    operation.cancel_time.get_or_insert(turn.now);
    match decision {
        Decision::Pending => operation.cancel = Cancel::Pending,
        Decision::Ignored => {}
        _ => turn.end(key, End::Cancelled),
    }
    Ok(())
}

/// Only operations of instances can be deleted: those of databases are documented as not to be.
pub fn delete(turn: &mut Turn<'_>, request: longrunning::DeleteOperationRequest) -> Result<(), Status> {
    let key = turn.world.operations.find(&request.name)?;
    let code = match turn.world.operations.get(key).map(|operation| operation.family()) {
        Some(Family::Backup) => turn.choices.delete_backup_operation,
        _ => Code::Unimplemented,
    };
    Err(Status::new(code, format!("Operation {} cannot be deleted.", request.name)))
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
    let (operations, next_page_token) = query.answer(turn, keys, Some(LISTED_FOR), "ListBackupOperations")?;
    Ok(pb::ListBackupOperationsResponse { operations, next_page_token })
}

pub fn list_of_databases(
    turn: &mut Turn<'_>,
    request: pb::ListDatabaseOperationsRequest,
) -> Result<pb::ListDatabaseOperationsResponse, Status> {
    let keys = of_instance(turn, &request.parent, Family::Database)?;
    let query = Query { filter: &request.filter, size: request.page_size, token: &request.page_token };
    let (operations, next_page_token) =
        query.answer(turn, keys, Some(LISTED_FOR), "ListDatabaseOperations")?;
    Ok(pb::ListDatabaseOperationsResponse { operations, next_page_token })
}

fn of_instance<'a>(turn: &'a Turn<'_>, parent: &str, family: Family) -> Result<&'a [Key], Status> {
    let [_, instance] = name::instance(parent)?;
    turn.world.instance(instance)?;
    Ok(turn.world.operations.of_instance(parent, family))
}

/// Which operations of a list are asked for.
struct Query<'a> {
    filter: &'a str,
    size: i32,
    token: &'a str,
}

impl Query<'_> {
    /// Answers from these operations, given the oldest first; the latest started come first in the answer. Those that
    /// ended longer ago than `listed_for` are left out.
    fn answer(
        &self,
        turn: &Turn<'_>,
        keys: &[Key],
        listed_for: Option<Span>,
        rpc: &str,
    ) -> Result<(Vec<longrunning::Operation>, String), Status> {
        let invalid = || Status::new(Code::InvalidArgument, format!("Invalid {rpc} request."));
        let filter = Filter::parse(self.filter, kind).map_err(|error| error.into_status(rpc))?;
        if type_comes_late(&filter.fields()) {
            return Err(invalid());
        }
        let page = Page::<Key>::new(self.size, self.token, turn.choices)?;
        let end = page.after.map_or(keys.len(), |after| keys.partition_point(|key| *key < after));
        let oldest = listed_for.map(|span| turn.now - span);
        let found = keys[..end].iter().rev().filter_map(|key| {
            let operation = turn.world.operations.get(*key)?;
            let listed = operation.end.is_none_or(|end| oldest.is_none_or(|oldest| end >= oldest));
            let shown = listed.then(|| OperationFields::new(operation.to_proto(*key)))?;
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

/// The operation that has just been started or looked at, as a reply shows it.
pub fn shown(turn: &Turn<'_>, key: Key) -> Result<longrunning::Operation, Status> {
    let operation = turn.world.operations.get(key).map(|operation| operation.to_proto(key));
    operation.ok_or_else(|| Status::new(Code::Internal, format!("operation {key} is gone")))
}

/// Starts an operation that completes in the reply that shows it: nobody can be asked about those that create no
/// backup, so they take no time.
pub fn start_and_complete(turn: &mut Turn<'_>, parent: String, work: Work) -> Key {
    let operation = Operation::new(parent, work, turn.now);
    let key = turn.world.operations.insert(operation);
    turn.end(key, End::Completed);
    key
}
