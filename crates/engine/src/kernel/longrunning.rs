//! Long-running operations of any service: get, list, cancel, delete, wait; and the lists of operations.

use std::borrow::Cow;

use rescind_model::{Code, RequestKind};

use super::filter::{Filter, Kind};
use super::operation::{Cancel, End, Key, Operation};
use super::pagination::Pagination;
use super::reflect::OperationFields;
use super::rpc::{Rpc, Rules, rpcs};
use super::status::Status;
use super::store::Store;
use super::time::Span;
use super::turn::{self, Turn};
use crate::proto::longrunning;

rpcs! {
    /// Long-running operations.
    mod operations = "google.longrunning.Operations" {
        GetOperation(longrunning::GetOperationRequest) -> longrunning::Operation;
        CancelOperation(longrunning::CancelOperationRequest) -> ();
        ListOperations(longrunning::ListOperationsRequest) -> longrunning::ListOperationsResponse;
        DeleteOperation(longrunning::DeleteOperationRequest) -> ();
        WaitOperation(longrunning::WaitOperationRequest) -> longrunning::Operation;
    }
}

/// By which rules every service serves an RPC; but for DeleteOperation, which services restrict.
macro_rules! of_every_service {
    ($($rpc:ident, $(arrive: $arrive:path,)? serve: $serve:path;)+) => {$(
        impl<S> Rules<S> for operations::$rpc {
            fn resource(request: &Self::Request) -> Cow<'_, str> {
                Cow::from(request.name.as_str())
            }

            $(fn arrive(store: &mut Store<S>, request: &Self::Request) -> RequestKind {
                $arrive(store, request)
            })?

            fn serve(turn: &mut Turn<'_, S>, request: Self::Request) -> Result<Self::Reply, Status> {
                $serve(turn, request)
            }
        }
    )+};
}

of_every_service! {
    GetOperation, arrive: arrive_at_get, serve: get;
    CancelOperation, arrive: arrive_at_cancel, serve: cancel;
    ListOperations, serve: list;
    WaitOperation, serve: wait;
}

fn arrive_at_get<S>(store: &mut Store<S>, request: &longrunning::GetOperationRequest) -> RequestKind {
    let key = store.operations.find(&request.name).ok();
    let poll = key.and_then(|key| turn::poll_kind(store, key));
    poll.unwrap_or_else(|| RequestKind::Rpc(operations::GetOperation::NAME.to_owned()))
}

fn get<S>(
    turn: &mut Turn<'_, S>,
    request: longrunning::GetOperationRequest,
) -> Result<longrunning::Operation, Status> {
    let key = turn.store.operations.find(&request.name)?;
    let operation = turn.store.operations.get(key).filter(|operation| operation.is_running());
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
fn arrive_at_cancel<S>(store: &mut Store<S>, request: &longrunning::CancelOperationRequest) -> RequestKind {
    let key = store.operations.find(&request.name).ok();
    let operation = key.and_then(|key| store.operations.get_mut(key));
    if let Some(operation) = operation.filter(|operation| operation.cancel == Cancel::None) {
        operation.cancel = Cancel::Received;
    }
    RequestKind::Cancel
}

/// Cancelling is best effort; cancelling what has ended has no effect.
fn cancel<S>(turn: &mut Turn<'_, S>, request: longrunning::CancelOperationRequest) -> Result<(), Status> {
    let key = turn.store.operations.find(&request.name)?;
    let running = turn.store.operations.get(key).filter(|operation| operation.is_running());
    let Some(operation) = running else { return Ok(()) };
    operation.task.check_cancel(turn.store)?;
    let takes_effect = !operation.task.creates_backup() || turn.decide_cancel(key);
    let Some(operation) = turn.store.operations.get_mut(key) else { return Ok(()) };
    operation.cancel_time.get_or_insert(turn.now);
    if takes_effect {
        turn.end(key, End::Cancelled);
    }
    Ok(())
}

/// Deletes an operation that has ended.
///
/// # Errors
/// NOT_FOUND, or FAILED_PRECONDITION while it runs.
pub fn delete<S>(turn: &mut Turn<'_, S>, request: longrunning::DeleteOperationRequest) -> Result<(), Status> {
    let key = turn.store.operations.find(&request.name)?;
    if turn.store.operations.get(key).is_some_and(Operation::is_running) {
        return Err(undeletable(Code::FailedPrecondition, &request.name, "it has not ended"));
    }
    turn.store.operations.remove(key);
    Ok(())
}

/// The refusal to delete an operation.
pub fn undeletable(code: Code, name: &str, why: &str) -> Status {
    Status::new(code, format!("Operation {name} cannot be deleted: {why}."))
}

fn wait<S>(
    turn: &mut Turn<'_, S>,
    request: longrunning::WaitOperationRequest,
) -> Result<longrunning::Operation, Status> {
    turn.store.operations.find(&request.name)?;
    Err(Status::new(Code::Unimplemented, "google.longrunning.Operations.WaitOperation is not implemented."))
}

/// The operations of one resource. A resource that has none, or that is not there, has an empty list.
fn list<S>(
    turn: &mut Turn<'_, S>,
    request: longrunning::ListOperationsRequest,
) -> Result<longrunning::ListOperationsResponse, Status> {
    let parent = request.name.strip_suffix("/operations").unwrap_or(&request.name);
    let keys = turn.store.operations.of_parent(parent);
    let query = Query { filter: &request.filter, size: request.page_size, token: &request.page_token };
    let (operations, next_page_token) = query.answer(turn, keys, None, "ListOperations")?;
    Ok(longrunning::ListOperationsResponse { operations, next_page_token })
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
    /// Answers from these operations, given the oldest first, without those that ended longer ago than `listed_for`. The
    /// latest started come first in the answer.
    ///
    /// # Errors
    /// INVALID_ARGUMENT, in the name of `rpc`.
    pub fn answer<S>(
        &self,
        turn: &Turn<'_, S>,
        keys: &[Key],
        listed_for: Option<Span>,
        rpc: &str,
    ) -> Result<(Vec<longrunning::Operation>, String), Status> {
        let filter = Filter::parse(self.filter, kind).map_err(|error| error.into_status(rpc))?;
        if type_comes_late(&filter.fields()) {
            return Err(Status::new(Code::InvalidArgument, format!("Invalid {rpc} request.")));
        }
        let page = Pagination::<Key>::new(self.size, self.token, turn.choices)?;
        let end = page.after.map_or(keys.len(), |after| keys.partition_point(|key| *key < after));
        let oldest = listed_for.map(|span| turn.now - span);
        let found = keys[..end].iter().rev().filter_map(|key| {
            let operation = turn.store.operations.get(*key)?;
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
