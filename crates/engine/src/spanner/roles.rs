//! ListDatabaseRoles: the roles that every database has, and those that the schema creates.

use std::collections::BTreeSet;

use super::state::Turn;
use crate::kernel::Status;
use crate::kernel::pagination::Pagination;
use crate::proto::database as pb;

/// The roles that every database has (documentation, "Fine-grained access control system roles"); the vendor's emulator and
/// the samples of its clients list them by name among the others.
const SYSTEM: [&str; 3] = ["public", "spanner_info_reader", "spanner_sys_reader"];

/// Lists the roles by name.
pub fn list(
    turn: &mut Turn<'_>,
    request: pb::ListDatabaseRolesRequest,
) -> Result<pb::ListDatabaseRolesResponse, Status> {
    let roles = roles(&turn.store.database(&request.parent)?.ddl);
    let page = Pagination::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let found = roles.into_iter().filter(|role| page.after.as_ref().is_none_or(|after| role > after));
    let (roles, next_page_token) = page.take(found, Clone::clone);
    let name = |role| format!("{}/databaseRoles/{role}", request.parent);
    let database_roles = roles.into_iter().map(|role| pb::DatabaseRole { name: name(role) }).collect();
    Ok(pb::ListDatabaseRolesResponse { database_roles, next_page_token })
}

/// Those that every database has, and what `CREATE ROLE` and `DROP ROLE` leave.
pub fn roles(ddl: &[String]) -> BTreeSet<String> {
    let mut roles: BTreeSet<String> = SYSTEM.map(str::to_owned).into();
    for statement in ddl {
        let words: Vec<&str> = statement.split_whitespace().collect();
        let [action, kind, name, ..] = words.as_slice() else { continue };
        if !kind.eq_ignore_ascii_case("ROLE") {
            continue;
        }
        let name = name.trim_matches(['`', '"']).to_owned();
        if action.eq_ignore_ascii_case("CREATE") {
            roles.insert(name);
        } else if action.eq_ignore_ascii_case("DROP") && !SYSTEM.contains(&&*name) {
            roles.remove(&name);
        }
    }
    roles
}
