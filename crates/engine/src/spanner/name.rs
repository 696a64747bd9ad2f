//! The names of Spanner's resources.

use rescind_model::Code;

use crate::kernel::Status;
use crate::kernel::name::names;

/// The most characters in the id of an instance or a configuration (spanner_instance_admin.proto).
pub const LONGEST_INSTANCE_ID: usize = 64;

names! {
    /// `[project]` of `projects/P`.
    only_project, "project", ["projects"] -> 1;
    /// `[project, instance]` of `projects/P/instances/I`.
    instance, "instance", ["projects", "instances"] -> 2;
    /// `[project, config]` of `projects/P/instanceConfigs/C`.
    instance_config, "instance config", ["projects", "instanceConfigs"] -> 2;
    /// `[project, instance, database]` of `projects/P/instances/I/databases/D`.
    database, "database", ["projects", "instances", "databases"] -> 3;
    /// `[project, instance, backup]` of `projects/P/instances/I/backups/B`.
    backup, "backup", ["projects", "instances", "backups"] -> 3;
    /// `[project, instance, partition]` of `projects/P/instances/I/instancePartitions/X`.
    instance_partition, "instance partition", ["projects", "instances", "instancePartitions"] -> 3;
}

/// The name of the database and the id in `DATABASE/COLLECTION/ID`.
fn in_database<'a>(name: &'a str, collection: &str, kind: &str) -> Result<(&'a str, &'a str), Status> {
    let parts = name.rsplit_once('/').and_then(|(rest, id)| {
        let parent = rest.strip_suffix(collection)?.strip_suffix('/')?;
        (!id.is_empty() && database(parent).is_ok()).then_some((parent, id))
    });
    parts.ok_or_else(|| Status::new(Code::InvalidArgument, format!("Invalid {kind} uri: {name}")))
}

/// The name of the database and the id of the schedule in `DATABASE/backupSchedules/ID`.
///
/// # Errors
/// INVALID_ARGUMENT for any other form.
pub fn backup_schedule(name: &str) -> Result<(&str, &str), Status> {
    in_database(name, "backupSchedules", "backup schedule")
}

/// The name of the database and the id of the session in `DATABASE/sessions/ID`.
///
/// # Errors
/// INVALID_ARGUMENT for any other form.
pub fn session(name: &str) -> Result<(&str, &str), Status> {
    in_database(name, "sessions", "session")
}

/// True for the name of a resource below which there can be operations.
pub fn has_operations(parent: &str) -> bool {
    instance(parent).is_ok()
        || backup(parent).is_ok()
        || database(parent).is_ok()
        || instance_config(parent).is_ok()
        || instance_partition(parent).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_yield_their_ids() {
        assert_eq!(backup("projects/p/instances/i/backups/b"), Ok(["p", "i", "b"]));
        let session_name = "projects/p/instances/i/databases/d/sessions/s";
        assert_eq!(session(session_name), Ok(("projects/p/instances/i/databases/d", "s")));
    }

    #[test]
    fn malformed_names_are_invalid_arguments_with_the_name() {
        for name in [
            "",
            "b",
            "projects/p/instances/i/backups/",
            "projects//instances/i/backups/b",
            "projects/p/instances/i/backups/b/",
        ] {
            let status = backup(name).unwrap_err();
            assert_eq!(status.code, Code::InvalidArgument);
            assert_eq!(status.message, format!("Invalid backup uri: {name}"));
        }
    }

    #[test]
    fn operations_are_below_some_resources() {
        for parent in
            ["projects/p/instances/i", "projects/p/instanceConfigs/c", "projects/p/instances/i/backups/b"]
        {
            assert!(has_operations(parent), "{parent}");
        }
        for parent in ["", "projects/p", "projects/p/locations/l", "projects/p/instances/"] {
            assert!(!has_operations(parent), "{parent}");
        }
    }
}
