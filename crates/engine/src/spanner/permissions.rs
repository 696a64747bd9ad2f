//! The permissions of the service (documentation, "IAM overview"), and which of them each RPC needs.

use super::name;

/// The kinds of resources in the names of permissions, each with what may be done with it.
const PERMISSIONS: &[(&str, &[&str])] = &[
    ("backupOperations", &["cancel", "get", "list"]),
    ("backupSchedules", &["create", "delete", "get", "getIamPolicy", "list", "setIamPolicy", "update"]),
    (
        "backups",
        &[
            "copy",
            "create",
            "delete",
            "get",
            "getIamPolicy",
            "list",
            "restoreDatabase",
            "setIamPolicy",
            "update",
        ],
    ),
    ("databaseOperations", &["cancel", "get", "list"]),
    ("databaseRoles", &["list", "use"]),
    (
        "databases",
        &[
            "adapt",
            "addSplitPoints",
            "beginOrRollbackReadWriteTransaction",
            "beginPartitionedDmlTransaction",
            "beginReadOnlyTransaction",
            "changequorum",
            "create",
            "createBackup",
            "drop",
            "get",
            "getDdl",
            "getIamPolicy",
            "list",
            "partitionQuery",
            "partitionRead",
            "read",
            "runGraphAlgorithms",
            "select",
            "setIamPolicy",
            "update",
            "updateDdl",
            "useDataBoost",
            "useRoleBasedAccess",
            "write",
        ],
    ),
    ("instanceConfigOperations", &["cancel", "delete", "get", "list"]),
    ("instanceConfigs", &["create", "delete", "get", "list", "update"]),
    ("instanceOperations", &["cancel", "delete", "get", "list"]),
    ("instancePartitionOperations", &["cancel", "delete", "get", "list"]),
    ("instancePartitions", &["create", "delete", "get", "list", "update"]),
    (
        "instances",
        &[
            "create",
            "createTagBinding",
            "delete",
            "deleteTagBinding",
            "get",
            "getIamPolicy",
            "list",
            "listEffectiveTags",
            "listTagBindings",
            "setIamPolicy",
            "update",
        ],
    ),
    ("sessions", &["create", "delete", "get", "list"]),
];

/// True for a permission of the service.
pub fn is_known(permission: &str) -> bool {
    let parts = permission.strip_prefix("spanner.").and_then(|rest| rest.split_once('.'));
    parts.is_some_and(|(kind, verb)| {
        PERMISSIONS.iter().any(|(known, verbs)| *known == kind && verbs.contains(&verb))
    })
}

/// The refusal of a caller who may not do what an RPC does, in the service's own words: which permission is missing, and on
/// what. None for an RPC of which that is not known.
pub fn denial(rpc: &str, resource: &str) -> Option<String> {
    let (kind, verb, on) = needed(rpc, resource)?;
    Some(format!("Caller is missing IAM permission spanner.{kind}.{verb} on resource {on}."))
}

/// The kind and the verb of the permission that an RPC needs, and what it is needed on: what is not there yet is made in
/// something that is.
fn needed<'a>(rpc: &str, resource: &'a str) -> Option<(&'static str, &'static str, &'a str)> {
    let parent = |collection: &str| {
        let (rest, id) = resource.rsplit_once('/')?;
        rest.strip_suffix(collection)?.strip_suffix('/').filter(|_| !id.is_empty())
    };
    let (kind, verb) = match rpc {
        "CreateBackup" => return Some(("backups", "create", parent("backups")?)),
        "CopyBackup" => return Some(("backups", "copy", parent("backups")?)),
        "RestoreDatabase" => return Some(("databases", "create", parent("databases")?)),
        "CreateBackupSchedule" => return Some(("backupSchedules", "create", parent("backupSchedules")?)),
        "CreateInstance" => return Some(("instances", "create", parent("instances")?)),
        "CreateInstanceConfig" => return Some(("instanceConfigs", "create", parent("instanceConfigs")?)),
        "CreateInstancePartition" => {
            return Some(("instancePartitions", "create", parent("instancePartitions")?));
        }
        "GetOperation" => return of_operation(resource, "get"),
        "CancelOperation" => return of_operation(resource, "cancel"),
        "DeleteOperation" => return of_operation(resource, "delete"),
        "ListOperations" => return of_operation(resource, "list"),
        "GetIamPolicy" => (with_policy(resource)?, "getIamPolicy"),
        "SetIamPolicy" => (with_policy(resource)?, "setIamPolicy"),
        "GetBackup" => ("backups", "get"),
        "UpdateBackup" => ("backups", "update"),
        "DeleteBackup" => ("backups", "delete"),
        "ListBackups" => ("backups", "list"),
        "ListBackupOperations" => ("backupOperations", "list"),
        "GetBackupSchedule" => ("backupSchedules", "get"),
        "UpdateBackupSchedule" => ("backupSchedules", "update"),
        "DeleteBackupSchedule" => ("backupSchedules", "delete"),
        "ListBackupSchedules" => ("backupSchedules", "list"),
        "CreateDatabase" => ("databases", "create"),
        "GetDatabase" => ("databases", "get"),
        "ListDatabases" => ("databases", "list"),
        "UpdateDatabase" => ("databases", "update"),
        "DropDatabase" => ("databases", "drop"),
        "GetDatabaseDdl" => ("databases", "getDdl"),
        "UpdateDatabaseDdl" => ("databases", "updateDdl"),
        "ListDatabaseOperations" => ("databaseOperations", "list"),
        "ListDatabaseRoles" => ("databaseRoles", "list"),
        "GetInstance" => ("instances", "get"),
        "ListInstances" => ("instances", "list"),
        "UpdateInstance" | "MoveInstance" => ("instances", "update"),
        "DeleteInstance" => ("instances", "delete"),
        "GetInstanceConfig" => ("instanceConfigs", "get"),
        "ListInstanceConfigs" => ("instanceConfigs", "list"),
        "UpdateInstanceConfig" => ("instanceConfigs", "update"),
        "DeleteInstanceConfig" => ("instanceConfigs", "delete"),
        "ListInstanceConfigOperations" => ("instanceConfigOperations", "list"),
        "GetInstancePartition" => ("instancePartitions", "get"),
        "ListInstancePartitions" => ("instancePartitions", "list"),
        "UpdateInstancePartition" => ("instancePartitions", "update"),
        "DeleteInstancePartition" => ("instancePartitions", "delete"),
        "ListInstancePartitionOperations" => ("instancePartitionOperations", "list"),
        "CreateSession" | "BatchCreateSessions" => ("sessions", "create"),
        "GetSession" => ("sessions", "get"),
        "DeleteSession" => ("sessions", "delete"),
        "ListSessions" => ("sessions", "list"),
        "ExecuteSql" | "ExecuteStreamingSql" => ("databases", "select"),
        _ => return None,
    };
    Some((kind, verb, resource))
}

fn of_operation<'a>(resource: &'a str, verb: &'static str) -> Option<(&'static str, &'static str, &'a str)> {
    let (parent, _) = resource.rsplit_once("/operations")?;
    let kind = match parent {
        parent if name::backup(parent).is_ok() => "backupOperations",
        parent if name::database(parent).is_ok() => "databaseOperations",
        parent if name::instance_partition(parent).is_ok() => "instancePartitionOperations",
        parent if name::instance_config(parent).is_ok() => "instanceConfigOperations",
        parent if name::instance(parent).is_ok() => "instanceOperations",
        _ => return None,
    };
    Some((kind, verb, parent))
}

/// The kind of a resource that has a policy.
fn with_policy(resource: &str) -> Option<&'static str> {
    match resource {
        resource if name::instance(resource).is_ok() => Some("instances"),
        resource if name::backup(resource).is_ok() => Some("backups"),
        resource if name::database(resource).is_ok() => Some("databases"),
        resource if name::backup_schedule(resource).is_ok() => Some("backupSchedules"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::METHODS;
    use super::*;

    #[test]
    fn permissions_are_known_by_their_full_names() {
        for known in ["spanner.backups.copy", "spanner.databases.getDdl", "spanner.sessions.list"] {
            assert!(is_known(known), "{known}");
        }
        for unknown in ["", "spanner", "spanner.backups", "spanner.backups.read", "backups.get", "spanner.*"]
        {
            assert!(!is_known(unknown), "{unknown}");
        }
    }

    #[test]
    fn the_permission_of_every_rpc_is_a_known_one() {
        let instance = "projects/p/instances/i";
        let resources = [
            format!("{instance}/databases/d/backupSchedules/s"),
            format!("{instance}/backups/b/operations/o"),
            format!("{instance}/instancePartitions/x"),
            format!("{instance}/databases/d"),
            format!("{instance}/backups/b"),
            "projects/p/instanceConfigs/c".to_owned(),
            instance.to_owned(),
        ];
        for method in METHODS {
            let found = resources.iter().find_map(|resource| needed(method.name, resource));
            let needs_none = ["TestIamPermissions", "WaitOperation"].contains(&method.name);
            assert_eq!(found.is_none(), needs_none, "{}", method.name);
            // Operations of backups and databases cannot be deleted; no permission lets anybody.
            let of_delete = method.name == "DeleteOperation";
            let known = found.is_none_or(|(kind, verb, _)| is_known(&format!("spanner.{kind}.{verb}")));
            assert!(known || of_delete, "{}: {found:?}", method.name);
        }
    }

    #[test]
    fn what_is_not_there_yet_is_made_in_what_is() {
        let backup = "projects/p/instances/i/backups/b";
        let operation = format!("{backup}/operations/_auto_op_1");
        insta::assert_snapshot!(denial("CreateBackup", backup).unwrap(), @"Caller is missing IAM permission spanner.backups.create on resource projects/p/instances/i.");
        insta::assert_snapshot!(denial("CancelOperation", &operation).unwrap(), @"Caller is missing IAM permission spanner.backupOperations.cancel on resource projects/p/instances/i/backups/b.");
        assert_eq!(denial("GetOperation", "projects/p/locations/l/operations/o"), None);
    }
}
