//! Lists of operations: ListBackupOperations, ListDatabaseOperations; and which operations can be deleted.

use rescind_model::Code;

use super::family::{BACKUP, DATABASE};
use super::name;
use super::state::Turn;
use crate::kernel::longrunning::{self, Query};
use crate::kernel::operation::{Family, Key};
use crate::kernel::{Span, Status};
use crate::proto::{database as pb, longrunning as lro};

/// How long an operation that has ended stays in the lists of its instance or project (spanner_database_admin.proto,
/// ListBackupOperations).
pub const LISTED_FOR: Option<Span> = Some(Span::days(7));

/// Operations of instances can be deleted once they have ended; those of databases are documented as not to be.
pub fn delete(turn: &mut Turn<'_>, request: lro::DeleteOperationRequest) -> Result<(), Status> {
    let key = turn.store.operations.find(&request.name)?;
    let family = turn.store.operations.get(key).and_then(|operation| operation.task.family());
    let refused = match family {
        Some(BACKUP) => (turn.store.state.choices.delete_backup_operation, "operations of backups cannot be"),
        Some(DATABASE) => (Code::Unimplemented, "operations of databases cannot be"),
        _ => return longrunning::delete(turn, request),
    };
    Err(longrunning::undeletable(refused.0, &request.name, refused.1))
}

pub fn list_of_backups(
    turn: &mut Turn<'_>,
    request: pb::ListBackupOperationsRequest,
) -> Result<pb::ListBackupOperationsResponse, Status> {
    let keys = of_instance(turn, &request.parent, BACKUP)?;
    let query = Query { filter: &request.filter, size: request.page_size, token: &request.page_token };
    let (operations, next_page_token) = query.answer(turn, keys, LISTED_FOR, "ListBackupOperations")?;
    Ok(pb::ListBackupOperationsResponse { operations, next_page_token })
}

pub fn list_of_databases(
    turn: &mut Turn<'_>,
    request: pb::ListDatabaseOperationsRequest,
) -> Result<pb::ListDatabaseOperationsResponse, Status> {
    let keys = of_instance(turn, &request.parent, DATABASE)?;
    let query = Query { filter: &request.filter, size: request.page_size, token: &request.page_token };
    let (operations, next_page_token) = query.answer(turn, keys, LISTED_FOR, "ListDatabaseOperations")?;
    Ok(pb::ListDatabaseOperationsResponse { operations, next_page_token })
}

fn of_instance<'a>(turn: &'a Turn<'_>, parent: &str, family: Family) -> Result<&'a [Key], Status> {
    let [_, instance] = name::instance(parent)?;
    turn.store.instance(instance)?;
    Ok(turn.store.operations.of_family(parent, family))
}
