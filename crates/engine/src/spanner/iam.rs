//! Access policies: stored for whatever is there, and never enforced. Whoever asks may do everything.

use rescind_model::Code;

use super::state::{Store, Turn};
use super::{errors, name, permissions, roles};
use crate::kernel::Status;
use crate::proto::iam as pb;

/// Whether a policy can be attached to this resource: an instance, a database, a backup, a backup schedule, a role.
fn check_resource(store: &Store, resource: &str) -> Result<(), Status> {
    if let Ok([_, id]) = name::instance(resource) {
        return store.instance(id).map(drop);
    }
    if name::backup(resource).is_ok() {
        return store.backup(resource).map(drop);
    }
    if let Ok((database, id)) = name::backup_schedule(resource) {
        let found = store.database(database)?.schedules.contains_key(id);
        return found.then_some(()).ok_or_else(|| errors::not_found(resource));
    }
    if let Some((database, role)) = resource.split_once("/databaseRoles/") {
        let found = roles::roles(&store.database(database)?.ddl).contains(role);
        return found.then_some(()).ok_or_else(|| errors::not_found(resource));
    }
    store.database(resource).map(drop)
}

pub fn get(turn: &mut Turn<'_>, request: pb::GetIamPolicyRequest) -> Result<pb::Policy, Status> {
    check_resource(turn.store, &request.resource)?;
    Ok(turn.store.state.policies.get(request.resource.as_str()).cloned().unwrap_or_else(empty))
}

/// The policy of a resource that was never given one: without a version, and with the etag that gcloud prints as `ACAB`.
/// (Recorded: gcloud's own tests against the service.)
fn empty() -> pb::Policy {
    pb::Policy { etag: vec![0x00, 0x20, 0x01], ..Default::default() }
}

pub fn set(turn: &mut Turn<'_>, request: pb::SetIamPolicyRequest) -> Result<pb::Policy, Status> {
    check_resource(turn.store, &request.resource)?;
    let mut policy = request.policy.ok_or_else(|| errors::missing("policy", "SetIamPolicy"))?;
    let current = turn.store.state.policies.get(request.resource.as_str()).cloned().unwrap_or_else(empty);
    if !policy.etag.is_empty() && policy.etag != current.etag {
        let message = "There were concurrent policy changes. Please retry the whole read-modify-write.";
        return Err(Status::new(Code::Aborted, message));
    }
    // Every policy of a project is set at another moment.
    policy.etag = turn.now.micros().to_be_bytes().to_vec();
    policy.version = policy.version.max(1);
    turn.store.state.policies.insert(request.resource.into(), policy.clone());
    Ok(policy)
}

pub fn test(
    turn: &mut Turn<'_>,
    request: pb::TestIamPermissionsRequest,
) -> Result<pb::TestIamPermissionsResponse, Status> {
    check_resource(turn.store, &request.resource)?;
    if let Some(wildcard) = request.permissions.iter().find(|permission| permission.contains('*')) {
        let message = format!("Permission {wildcard}: wildcards are not allowed.");
        return Err(Status::new(Code::InvalidArgument, message));
    }
    if let Some(unknown) = request.permissions.iter().find(|permission| !permissions::is_known(permission)) {
        let message = format!("Permission {unknown} is not valid for this resource.");
        return Err(Status::new(turn.store.state.choices.unknown_permission, message));
    }
    Ok(pb::TestIamPermissionsResponse { permissions: request.permissions })
}
