//! Every spelling of a filter that real clients send.

use rescind_engine::proto::database as pb;
use rescind_engine::spanner::database_admin as databases;
use rescind_model::{BackupState, Code};

use crate::support::{Case, DATABASE, INSTANCE, backup_name};

fn case() -> Case {
    let mut case = Case::given("create1:done", &[("howl-old", BackupState::Ready)]);
    case.create("b1").unwrap();
    case.create("b2").unwrap();
    case
}

#[test]
fn backups_are_filtered_by_the_spellings_of_the_clients() {
    let mut case = case();
    for (filter, expected) in [
        ("name:b1", vec!["b1"]),
        ("name:HOWL", vec!["howl-old"]),
        (&format!("database:{DATABASE}"), vec!["b2", "b1", "howl-old"]),
        (&format!("database=\"{DATABASE}\""), vec!["b2", "b1", "howl-old"]),
        ("state:READY", vec!["b1", "howl-old"]),
        ("state:CREATING", vec!["b2"]),
        ("expire_time < \"2026-11-22T9:5:3Z\"", vec![]),
        ("expire_time < \"2026-11-22T13:5:3Z\"", vec!["b2", "b1"]),
        ("expire_time > \"2026-11-22T12:00:00.123456789Z\"", vec!["howl-old"]),
        ("create_time<\"2026-11-20T00:00:00Z\"", vec!["howl-old"]),
        ("size_bytes>0", vec![]),
        ("size_bytes > 100", vec![]),
        ("size_bytes<1 AND state:READY", vec!["b1", "howl-old"]),
        (&format!("(database:{DATABASE}) AND (name:b)"), vec!["b2", "b1", "howl-old"]),
        (&format!("(name={}) OR (name={})", backup_name("b1"), backup_name("b2")), vec!["b2", "b1"]),
        (
            "create_time >= \"2026-11-21T00:00:00Z\" AND create_time < \"2026-11-22T00:00:00Z\"",
            vec!["b2", "b1"],
        ),
        ("NOT (state:READY)", vec!["b2"]),
        ("backup_schedules:daily", vec![]),
        ("backup_schedules:*", vec![]),
        ("version_time < \"2026-11-20T00:00:00Z\"", vec!["howl-old"]),
        ("version_time>=\"2026-11-21T00:00:00Z\"", vec!["b2", "b1"]),
        ("state != READY", vec!["b2"]),
        ("size_bytes <= 0", vec!["b2", "b1", "howl-old"]),
        // What stands side by side must both hold, and the case of letters is nothing.
        ("name:b state:ready", vec!["b1", "howl-old"]),
        ("name:howl state:creating", vec![]),
    ] {
        let found = case.list(filter).unwrap();
        let expected: Vec<_> = expected.into_iter().map(backup_name).collect();
        assert_eq!(found.into_iter().map(|backup| backup.name).collect::<Vec<_>>(), expected, "{filter}");
    }
}

#[test]
fn a_bad_filter_is_an_invalid_argument() {
    let mut case = case();
    for filter in ["colour:red", "name", "state:READY)", "create_time<soon", "(name:b"] {
        let status = case.list(filter).unwrap_err();
        assert_eq!(
            (status.code, status.message.as_str()),
            (Code::InvalidArgument, "Invalid ListBackups request."),
            "{filter}"
        );
    }
}

#[test]
fn operations_are_filtered_by_the_spellings_of_the_clients() {
    let mut case = case();
    let create = "type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata";
    let name = format!("{}/operations/_auto_op_1", backup_name("b1"));
    for (filter, count) in [
        ("", 2),
        ("metadata.@type:CreateBackupMetadata", 2),
        ("metadata.@type:RestoreDatabaseMetadata", 0),
        (&format!("(metadata.@type:{create}) AND (metadata.name:{})", backup_name("b1")), 1),
        (&format!("(metadata.@type:CreateBackupMetadata AND metadata.name:{})", backup_name("b2")), 1),
        (&format!("(metadata.@type={create}) AND (metadata.database={DATABASE})"), 2),
        (&format!("metadata.database:\"{DATABASE}\""), 2),
        (&format!("name:{name}"), 1),
        (
            &format!(
                "name:{}/operations/ AND ((metadata.@type:{create}) OR (metadata.@type:CopyBackupMetadata))",
                backup_name("b2")
            ),
            1,
        ),
        ("metadata.progress.progress_percent<100", 1),
        ("metadata.progress.progressPercent=100", 1),
        ("metadata.progress.start_time < \"2026-11-22T00:00:00Z\"", 2),
        ("metadata.cancel_time:*", 0),
        ("metadata.no_such_field:x", 0),
        ("error:*", 0),
        ("NOT error:*", 2),
        ("done:true", 1),
        ("response.@type:Backup AND response.state:READY", 1),
    ] {
        assert_eq!(case.list_operations(filter).unwrap().len(), count, "{filter}");
    }
    case.cancel(&format!("{}/operations/_auto_op_2", backup_name("b2"))).unwrap();
    for filter in ["error:*", "error.code=1", "metadata.cancel_time:*", "error.message:cancelled"] {
        assert_eq!(case.list_operations(filter).unwrap().len(), 1, "{filter}");
    }
}

#[test]
fn operations_of_databases_are_filtered_as_gcloud_does() {
    let mut case = case();
    case.create_database("other");
    let request = pb::RestoreDatabaseRequest {
        parent: INSTANCE.into(),
        database_id: "restored".into(),
        encryption_config: None,
        source: Some(pb::restore_database_request::Source::Backup(backup_name("b1"))),
    };
    case.call::<databases::RestoreDatabase>(request).unwrap();
    let mut list = |filter: &str| {
        let request = pb::ListDatabaseOperationsRequest {
            parent: INSTANCE.into(),
            filter: filter.into(),
            ..Default::default()
        };
        case.call::<databases::ListDatabaseOperations>(request).map(|reply| reply.operations.len())
    };
    let of_type = |name: &str| {
        format!("metadata.@type:type.googleapis.com/google.spanner.admin.database.v1.{name}DatabaseMetadata")
    };
    let (restore, optimize) = (of_type("Restore"), of_type("OptimizeRestored"));
    let of_restored = format!("name:{INSTANCE}/databases/restored/operations/");
    for (filter, count) in [
        (String::new(), 3),
        (of_type("Create"), 1),
        (format!("({restore}) OR ({optimize})"), 2),
        (format!("{of_restored} AND ({optimize})"), 1),
        (format!("({restore}) AND (metadata.name:restored)"), 1),
        (format!("{of_restored} AND done:true"), 1),
    ] {
        assert_eq!(list(&filter).unwrap(), count, "{filter}");
    }
    let status = list("colour:red").unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (Code::InvalidArgument, "Invalid ListDatabaseOperations request.")
    );
}

#[test]
fn the_type_of_metadata_comes_before_its_fields_or_not_at_all() {
    let mut case = case();
    let late = "(metadata.database:db) AND (metadata.@type:CreateBackupMetadata)";
    let status = case.list_operations(late).unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (Code::InvalidArgument, "Invalid ListBackupOperations request.")
    );
    assert_eq!(case.list_operations("metadata.database:db").unwrap().len(), 2);
}
