//! Databases and instances, as far as backups need them.

use prost_types::FieldMask;
use rescind_engine::Status;
use rescind_engine::proto::{database as pb, instance as instance_pb, longrunning};
use rescind_engine::spanner::{database_admin as databases, instance_admin as instances};
use rescind_model::Code;

use crate::support::{Case, DATABASE, INSTANCE, no_database, no_instance};

fn create(case: &mut Case, statement: &str, dialect: pb::DatabaseDialect) -> Result<pb::Database, Status> {
    let request = pb::CreateDatabaseRequest {
        parent: INSTANCE.into(),
        create_statement: statement.into(),
        database_dialect: dialect.into(),
        ..Default::default()
    };
    let operation = case.call::<databases::CreateDatabase>(request)?;
    match operation.result {
        Some(longrunning::operation::Result::Response(any)) => Ok(any.to_msg().unwrap()),
        result => panic!("{result:?}"),
    }
}

#[test]
fn create_database_reads_the_id_with_and_without_quotes() {
    use pb::DatabaseDialect::{GoogleStandardSql, Postgresql};
    let mut case = Case::new("");
    for (statement, dialect, id) in [
        ("CREATE DATABASE one", GoogleStandardSql, "one"),
        ("create database `two-2`", GoogleStandardSql, "two-2"),
        ("  CREATE\n DATABASE  three ;", GoogleStandardSql, "three"),
        ("CREATE DATABASE \"four\"", Postgresql, "four"),
    ] {
        let database = create(&mut case, statement, dialect).unwrap();
        assert_eq!(database.name, format!("{INSTANCE}/databases/{id}"));
        assert_eq!(database.state(), pb::database::State::Ready);
        assert_eq!(database.database_dialect(), dialect);
    }
}

#[test]
fn create_database_refuses_bad_statements_bad_ids_and_what_exists() {
    let mut case = Case::new("");
    let mut refusal =
        |statement: &str| create(&mut case, statement, pb::DatabaseDialect::Unspecified).unwrap_err();
    let status = refusal("");
    let expected = "Missing create_statement in the request.";
    assert_eq!((status.code, status.message.as_str()), (Code::InvalidArgument, expected));
    for statement in [
        "DROP DATABASE x",
        "CREATE DATABASE",
        "CREATE DATABASE a b",
        "CREATEDATABASE ab",
        "CREATE DATABASE \"ab\"",
    ] {
        let status = refusal(statement);
        let expected = format!("Invalid \"CREATE DATABASE\" statement: {statement}");
        assert_eq!((status.code, status.message), (Code::InvalidArgument, expected));
    }
    for id in ["Ab", "a", "1a", "a-", "a_", &"a".repeat(31)] {
        let status = refusal(&format!("CREATE DATABASE {id}"));
        let expected = format!(
            "Invalid database name. Database name must start with a lowercase letter, be 2-30 characters long, \
             contain only lowercase letters, numbers, underscores or hyphens, and not end with an underscore or \
             hyphen. Got: {id}"
        );
        assert_eq!((status.code, status.message), (Code::InvalidArgument, expected));
    }
    let status = refusal("CREATE DATABASE db");
    assert_eq!(status.code, Code::AlreadyExists);
    assert_eq!(status.message, format!("Database already exists: {DATABASE}"));
    for id in ["a1", "a-b_c", &"a".repeat(30)] {
        create(&mut case, &format!("CREATE DATABASE {id}"), pb::DatabaseDialect::Unspecified).unwrap();
    }
}

#[test]
fn get_database_tells_how_far_versions_are_kept() {
    let mut case = Case::new("");
    let database =
        case.call::<databases::GetDatabase>(pb::GetDatabaseRequest { name: DATABASE.into() }).unwrap();
    assert_eq!(database.version_retention_period, "1h");
    let seconds = |time: Option<prost_types::Timestamp>| time.unwrap().seconds;
    assert!(seconds(database.earliest_version_time) > seconds(database.create_time));
}

#[test]
fn get_database_and_its_ddl_are_not_found_where_there_is_none() {
    let mut case = Case::new("");
    let name = format!("{INSTANCE}/databases/none");
    let get = case.call::<databases::GetDatabase>(pb::GetDatabaseRequest { name: name.clone() }).unwrap_err();
    let request = pb::GetDatabaseDdlRequest { database: name.clone() };
    let ddl = case.call::<databases::GetDatabaseDdl>(request).unwrap_err();
    for status in [get, ddl] {
        assert_eq!((status.code, status.message), (Code::NotFound, format!("Database not found: {name}")));
        assert_eq!(status.details, [no_database(&name)]);
    }
}

#[test]
fn drop_database_is_idempotent_and_keeps_completed_backups() {
    let mut case = Case::new("create:done");
    case.create("b1").unwrap();
    case.drop_database(DATABASE).unwrap();
    case.drop_database(DATABASE).unwrap();
    assert_eq!(case.list("").unwrap().len(), 1);
    assert_eq!(
        case.drop_database("projects/p/instances/none/databases/d1").unwrap_err().code,
        Code::NotFound
    );
}

#[test]
fn a_pending_backup_prevents_the_drop_of_its_database() {
    let mut case = Case::new("");
    case.create("b1").unwrap();
    assert_eq!(case.drop_database(DATABASE).unwrap_err().code, Code::FailedPrecondition);
    case.delete("b1").unwrap();
    case.drop_database(DATABASE).unwrap();
}

#[test]
fn databases_are_listed_by_name_in_pages() {
    let mut case = Case::new("");
    case.create_database("zz");
    case.create_database("aa");
    let request =
        pb::ListDatabasesRequest { parent: INSTANCE.into(), page_size: 2, page_token: String::new() };
    let first = case.call::<databases::ListDatabases>(request.clone()).unwrap();
    let second = case
        .call::<databases::ListDatabases>(pb::ListDatabasesRequest {
            page_token: first.next_page_token,
            ..request
        })
        .unwrap();
    let names: Vec<_> =
        first.databases.iter().chain(&second.databases).map(|database| database.name.as_str()).collect();
    let expected = ["aa", "db", "zz"].map(|id| format!("{INSTANCE}/databases/{id}"));
    assert_eq!(names, expected);
    assert!(second.next_page_token.is_empty());
}

#[test]
fn instances_are_shown_whole_or_by_field_mask() {
    let mut case = Case::new("");
    let whole = case.instance();
    assert_eq!((whole.node_count, whole.processing_units), (1, 1000));
    let field_mask = Some(FieldMask { paths: vec!["name".into(), "nodeCount".into()] });
    let request = instance_pb::GetInstanceRequest { name: INSTANCE.into(), field_mask };
    let masked = case.call::<instances::GetInstance>(request).unwrap();
    let expected = instance_pb::Instance { name: INSTANCE.into(), node_count: 1, ..Default::default() };
    assert_eq!(masked, expected);
    let request =
        instance_pb::GetInstanceRequest { name: "projects/p/instances/none".into(), field_mask: None };
    let status = case.call::<instances::GetInstance>(request).unwrap_err();
    assert_eq!(status.code, Code::NotFound);
    assert_eq!(status.details, [no_instance("projects/p/instances/none")]);
}

#[test]
fn instances_are_listed_by_filter() {
    let mut case = Case::new("");
    for (filter, count) in
        [("", 1), ("name:instances/test", 1), ("display_name:other", 0), ("labels.env:dev", 0)]
    {
        let request = instance_pb::ListInstancesRequest {
            parent: "projects/p".into(),
            filter: filter.into(),
            ..Default::default()
        };
        assert_eq!(
            case.call::<instances::ListInstances>(request).unwrap().instances.len(),
            count,
            "{filter}"
        );
    }
}

#[test]
fn every_project_has_instance_configurations() {
    let mut case = Case::new("");
    let request =
        instance_pb::ListInstanceConfigsRequest { parent: "projects/p".into(), ..Default::default() };
    let listed = case.call::<instances::ListInstanceConfigs>(request).unwrap().instance_configs;
    assert!(listed.iter().any(|config| config.name == case.instance().config));
    for config in listed {
        let request = instance_pb::GetInstanceConfigRequest { name: config.name.clone() };
        assert_eq!(case.call::<instances::GetInstanceConfig>(request).unwrap(), config);
    }
    let request = instance_pb::GetInstanceConfigRequest { name: "projects/p/instanceConfigs/moon".into() };
    let status = case.call::<instances::GetInstanceConfig>(request).unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (Code::NotFound, "Instance config \"moon\" not found")
    );
}
