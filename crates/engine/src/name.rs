//! Names of resources: what their parts are, and which ids are allowed.
//!
//! Names are read from the request as they are needed; a name that is malformed is an INVALID_ARGUMENT with the text
//! of the vendor's emulator (frontend/common/uris.cc): `Invalid database uri: ...`.

use rescind_model::Code;

use super::status::Status;

/// The id of the project in a name, if it has one.
pub fn project(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("projects/")?;
    Some(&rest[..rest.find('/').unwrap_or(rest.len())]).filter(|id| !id.is_empty())
}

/// The ids in a name that consists of these collections, in this order, and of nothing else.
fn ids<'a, const N: usize>(name: &'a str, collections: [&str; N]) -> Option<[&'a str; N]> {
    let mut parts = name.split('/');
    let mut ids = [""; N];
    for (collection, id) in collections.iter().zip(&mut ids) {
        if parts.next() != Some(collection) {
            return None;
        }
        *id = parts.next().filter(|id| !id.is_empty())?;
    }
    parts.next().is_none().then_some(ids)
}

macro_rules! names {
    ($($(#[$doc:meta])* $function:ident, $kind:literal, [$($collection:literal),+] -> $count:literal;)+) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// INVALID_ARGUMENT for any other form.
        pub fn $function(name: &str) -> Result<[&str; $count], Status> {
            ids(name, [$($collection),+]).ok_or_else(|| {
                Status::new(Code::InvalidArgument, format!(concat!("Invalid ", $kind, " uri: {}"), name))
            })
        }
    )+};
}

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
    /// `[project, location]` of `projects/P/locations/L`.
    location, "location", ["projects", "locations"] -> 2;
    /// `[project, location, cluster]` of `projects/P/locations/L/clusters/C`.
    cluster, "cluster", ["projects", "locations", "clusters"] -> 3;
    /// `[project, location, backup]` of `projects/P/locations/L/backups/B`.
    location_backup, "backup", ["projects", "locations", "backups"] -> 3;
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

/// The parent and the id in the name of an operation, `PARENT/operations/ID`, below any of the resources that
/// have operations.
///
/// # Errors
/// INVALID_ARGUMENT for any other form.
pub fn operation(name: &str) -> Result<(&str, &str), Status> {
    let parts = name
        .rsplit_once("/operations/")
        .filter(|(parent, id)| !id.is_empty() && !id.contains('/') && has_operations(parent));
    parts.ok_or_else(|| Status::new(Code::InvalidArgument, format!("Invalid operation uri: {name}")))
}

fn has_operations(parent: &str) -> bool {
    instance(parent).is_ok()
        || backup(parent).is_ok()
        || database(parent).is_ok()
        || instance_config(parent).is_ok()
        || instance_partition(parent).is_ok()
        || location(parent).is_ok()
}

/// True for an id `[a-z][a-z0-9_\-]*[a-z0-9]` of at most so many characters, and of at least two: the form that
/// databases, backups and backup schedules share.
pub fn is_id(id: &str, longest: usize) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    (2..=longest).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && id.chars().all(inner)
}

/// True for an id `[a-z][-a-z0-9]*[a-z0-9]`: the form that instances, their configurations and partitions share.
pub fn is_dashed_id(id: &str, longest: usize) -> bool {
    is_id(id, longest) && !id.contains('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_yield_their_ids() {
        assert_eq!(backup("projects/p/instances/i/backups/b"), Ok(["p", "i", "b"]));
        assert_eq!(project("projects/google.com:p/instances/i"), Some("google.com:p"));
        let name = "projects/p/instances/i/backups/b/operations/_auto_op_1";
        assert_eq!(operation(name), Ok(("projects/p/instances/i/backups/b", "_auto_op_1")));
        assert!(operation("projects/p/instances/i/operations/o").is_ok());
        assert!(operation("projects/p/instanceConfigs/c/operations/o").is_ok());
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
        for name in [
            "operations/o",
            "projects/p/operations/o",
            "projects/p/instances/i/operations/",
            "projects/p/instances/i/operations/a/b",
        ] {
            assert_eq!(operation(name).unwrap_err().code, Code::InvalidArgument, "{name}");
        }
        assert_eq!(project("projects/"), None);
    }

    #[test]
    fn ids_begin_with_a_letter_and_end_with_a_letter_or_digit() {
        for id in ["ab", "a1", "a-b_c-9", &"a".repeat(60)] {
            assert!(is_id(id, 60), "{id}");
        }
        for id in ["", "a", "Ab", "1a", "a-", "a_", "a b", "ä1", &"a".repeat(61)] {
            assert!(!is_id(id, 60), "{id}");
        }
    }
}
