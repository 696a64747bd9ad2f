//! DDL, drop protection, roles.

use prost_types::FieldMask;
use rescind_engine::Status;
use rescind_engine::proto::{database as pb, longrunning};
use rescind_engine::spanner::database_admin as databases;
use rescind_model::Code;

use crate::support::{Case, DATABASE, INSTANCE, OPERATION_TIME, error_code, metadata_as, response_as};

fn update(case: &mut Case, statements: &[&str], id: &str) -> Result<longrunning::Operation, Status> {
    let request = pb::UpdateDatabaseDdlRequest {
        database: DATABASE.into(),
        statements: statements.iter().map(|statement| (*statement).to_owned()).collect(),
        operation_id: id.into(),
        ..Default::default()
    };
    case.call::<databases::UpdateDatabaseDdl>(request)
}

fn ddl(case: &mut Case) -> Vec<String> {
    let request = pb::GetDatabaseDdlRequest { database: DATABASE.into() };
    case.call::<databases::GetDatabaseDdl>(request).unwrap().statements
}

#[test]
fn statements_are_kept_as_text_once_the_operation_has_completed() {
    let mut case = Case::free_running();
    let statements = ["CREATE TABLE t (id INT64) PRIMARY KEY (id)", "CREATE UNIQUE INDEX by_id ON t (id);"];
    let operation = update(&mut case, &statements, "").unwrap();
    let metadata: pb::UpdateDatabaseDdlMetadata = metadata_as(&operation);
    assert_eq!((metadata.database.as_str(), metadata.statements.len()), (DATABASE, 2));
    assert!(metadata.commit_timestamps.is_empty() && !metadata.throttled);
    assert_eq!(metadata.progress.len(), 2);
    let actions: Vec<_> = (metadata.actions.iter())
        .map(|action| (action.action.as_str(), action.entity_type.as_str(), action.entity_names[0].as_str()))
        .collect();
    assert_eq!(actions, [("CREATE", "TABLE", "t"), ("CREATE", "INDEX", "by_id")]);
    assert!(ddl(&mut case).is_empty());

    case.pass(OPERATION_TIME);
    let operation = case.poll(&operation.name).unwrap();
    assert_eq!(response_as::<()>(&operation), Some(()));
    assert_eq!(metadata_as::<pb::UpdateDatabaseDdlMetadata>(&operation).commit_timestamps.len(), 2);
    assert_eq!(
        ddl(&mut case),
        ["CREATE TABLE t (id INT64) PRIMARY KEY (id)", "CREATE UNIQUE INDEX by_id ON t (id)"]
    );
}

#[test]
fn a_cancelled_update_leaves_the_schema_as_it_was() {
    let mut case = Case::free_running();
    let operation = update(&mut case, &["CREATE TABLE t (id INT64) PRIMARY KEY (id)"], "").unwrap().name;
    case.cancel(&operation).unwrap();
    assert_eq!(error_code(&case.poll(&operation).unwrap()), Some(Code::Cancelled));
    case.pass(OPERATION_TIME);
    assert!(ddl(&mut case).is_empty());
}

#[test]
fn automatic_operation_ids_begin_with_an_underscore_and_chosen_ones_have_a_form() {
    let mut case = Case::new("");
    let statement = ["CREATE ROLE reader"];
    let name = update(&mut case, &statement, "").unwrap().name;
    assert!(name.starts_with(&format!("{DATABASE}/operations/_")));
    let chosen = update(&mut case, &statement, "my_update_1").unwrap();
    assert_eq!(chosen.name, format!("{DATABASE}/operations/my_update_1"));
    assert_eq!(case.poll(&chosen.name).unwrap(), chosen);
    for id in ["a", "_x", "Ab", "a-b", "1a", &"a".repeat(129)] {
        let status = update(&mut case, &statement, id).unwrap_err();
        assert_eq!(
            (status.code, status.message),
            (Code::InvalidArgument, format!("Invalid operation id: {id}."))
        );
    }
    for id in ["a1", &"a".repeat(128)] {
        update(&mut case, &statement, id).unwrap();
    }
}

#[test]
fn an_operation_id_in_use_already_exists() {
    let mut case = Case::new("");
    let statement = ["CREATE ROLE reader"];
    update(&mut case, &statement, "my_update_1").unwrap();
    let status = update(&mut case, &statement, "my_update_1").unwrap_err();
    assert_eq!(status.code, Code::AlreadyExists);
    assert_eq!(status.message, format!("Operation already exists: {DATABASE}/operations/my_update_1"));
}

#[test]
fn statements_must_be_there_and_be_ddl() {
    let mut case = Case::new("");
    let status = update(&mut case, &[], "").unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (Code::InvalidArgument, "Missing statements in the request.")
    );
    assert_eq!(update(&mut case, &["SELECT 1"], "").unwrap_err().code, Code::InvalidArgument);
    assert_eq!(update(&mut case, &[""], "").unwrap_err().code, Code::InvalidArgument);
    assert!(ddl(&mut case).is_empty());
}

#[test]
fn version_retention_period_is_an_hour_to_a_week_in_either_dialect() {
    let mut case = Case::new("");
    for (statement, period) in [
        ("ALTER DATABASE db SET OPTIONS (version_retention_period = '7d')", "7d"),
        (
            "alter database `db` set options(version_retention_period='168h', default_leader='us-east4')",
            "168h",
        ),
        ("ALTER DATABASE db SET spanner.version_retention_period = '2d'", "2d"),
        ("ALTER DATABASE db SET OPTIONS (version_retention_period = null)", "1h"),
    ] {
        update(&mut case, &[statement], "").unwrap();
        assert_eq!(case.database(DATABASE).unwrap().version_retention_period, period, "{statement}");
    }
    assert_eq!(case.database(DATABASE).unwrap().default_leader, "us-east4");
    for period in ["0d", "8d", "59m", "1w", "", "d"] {
        let statement = format!("ALTER DATABASE db SET OPTIONS (version_retention_period = '{period}')");
        assert_eq!(update(&mut case, &[&statement], "").unwrap_err().code, Code::InvalidArgument, "{period}");
    }
}

#[test]
fn versions_can_be_backed_up_as_far_back_as_they_are_kept() {
    let mut case = Case::new("create:done");
    let earliest = |case: &mut Case| case.database(DATABASE).unwrap().earliest_version_time.unwrap().seconds;
    let before = earliest(&mut case);
    update(&mut case, &["ALTER DATABASE db SET OPTIONS (version_retention_period = '3d')"], "").unwrap();
    assert_eq!(before - earliest(&mut case), 71 * 3600);
}

#[test]
fn a_bad_extra_statement_prevents_the_database() {
    let mut case = Case::new("");
    let mut create = |statement: &str| {
        let request = pb::CreateDatabaseRequest {
            parent: INSTANCE.into(),
            create_statement: "CREATE DATABASE other".into(),
            extra_statements: vec![statement.into()],
            ..Default::default()
        };
        case.call::<databases::CreateDatabase>(request)
    };
    let bad = create("ALTER DATABASE other SET OPTIONS (version_retention_period = '0d')").unwrap_err();
    assert_eq!(bad.code, Code::InvalidArgument);
    let created = create("ALTER DATABASE other SET OPTIONS (version_retention_period = '2h')").unwrap();
    assert_eq!(response_as::<pb::Database>(&created).unwrap().version_retention_period, "2h");
}

fn protect(case: &mut Case, enable: bool, paths: &[&str]) -> Result<longrunning::Operation, Status> {
    let database =
        pb::Database { name: DATABASE.into(), enable_drop_protection: enable, ..Default::default() };
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let request =
        pb::UpdateDatabaseRequest { database: Some(database), update_mask: Some(FieldMask { paths }) };
    case.call::<databases::UpdateDatabase>(request)
}

#[test]
fn update_database_takes_drop_protection_and_nothing_else() {
    let mut case = Case::new("");
    for paths in [&[][..], &["state"], &["enable_drop_protection", "state"]] {
        assert_eq!(protect(&mut case, true, paths).unwrap_err().code, Code::InvalidArgument);
    }
}

#[test]
fn an_update_of_a_missing_database_is_not_found() {
    let mut case = Case::new("");
    let missing = pb::Database { name: format!("{INSTANCE}/databases/none"), ..Default::default() };
    let mask = Some(FieldMask { paths: vec!["enable_drop_protection".into()] });
    let request = pb::UpdateDatabaseRequest { database: Some(missing), update_mask: mask };
    assert_eq!(case.call::<databases::UpdateDatabase>(request).unwrap_err().code, Code::NotFound);
}

#[test]
fn one_update_of_a_database_is_pending_at_a_time_and_a_cancel_reverts_it() {
    let mut case = Case::free_running();
    let mask = ["enable_drop_protection"];
    let operation = protect(&mut case, true, &mask).unwrap();
    assert!(metadata_as::<pb::UpdateDatabaseMetadata>(&operation).request.is_some());
    assert_eq!(protect(&mut case, false, &mask).unwrap_err().code, Code::FailedPrecondition);
    assert!(case.database(DATABASE).unwrap().reconciling);
    case.cancel(&operation.name).unwrap();
    let cancelled = case.poll(&operation.name).unwrap();
    assert_eq!(error_code(&cancelled), Some(Code::Cancelled));
    let told: pb::UpdateDatabaseMetadata = metadata_as(&cancelled);
    assert!(told.cancel_time.is_some() && told.progress.unwrap().end_time.is_some());
    assert!(!case.database(DATABASE).unwrap().enable_drop_protection);
    let operation = protect(&mut case, true, &mask).unwrap().name;
    case.pass(OPERATION_TIME);
    let updated: pb::Database = response_as(&case.poll(&operation).unwrap()).unwrap();
    assert!(updated.enable_drop_protection && !updated.reconciling);
}

#[test]
fn drop_protection_prevents_the_drop() {
    let mut case = Case::new("");
    protect(&mut case, true, &["enable_drop_protection"]).unwrap();
    let status = case.drop_database(DATABASE).unwrap_err();
    assert_eq!(status.code, Code::FailedPrecondition);
    let end = "because the `enable_drop_protection` setting is currently enabled for it. Please disable the setting \
               and try again.";
    assert!(status.message.ends_with(end), "{}", status.message);
    protect(&mut case, false, &["enable_drop_protection"]).unwrap();
    case.drop_database(DATABASE).unwrap();
}

#[test]
fn roles_are_those_of_every_database_and_those_that_the_schema_creates() {
    let mut case = Case::new("");
    update(
        &mut case,
        &["CREATE ROLE writer", "CREATE ROLE `reader`", "CREATE ROLE gone", "DROP ROLE gone"],
        "",
    )
    .unwrap();
    let mut list = |page_token: &str| {
        let request = pb::ListDatabaseRolesRequest {
            parent: DATABASE.into(),
            page_size: 3,
            page_token: page_token.into(),
        };
        case.call::<databases::ListDatabaseRoles>(request).unwrap()
    };
    let ids = |reply: &pb::ListDatabaseRolesResponse| -> Vec<String> {
        let id = |role: &pb::DatabaseRole| {
            role.name.strip_prefix(&format!("{DATABASE}/databaseRoles/")).map(str::to_owned)
        };
        reply.database_roles.iter().map(|role| id(role).unwrap()).collect()
    };
    let first = list("");
    assert_eq!(ids(&first), ["public", "reader", "spanner_info_reader"]);
    let second = list(&first.next_page_token);
    assert_eq!(ids(&second), ["spanner_sys_reader", "writer"]);
    assert!(second.next_page_token.is_empty());
}
