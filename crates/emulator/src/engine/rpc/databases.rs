//! Databases: CreateDatabase, GetDatabase, ListDatabases, DropDatabase, GetDatabaseDdl.

use std::ops::Bound;

use rescind_model::Code;

use super::operations;
use crate::engine::operation::Work;
use crate::engine::page::Page;
use crate::engine::status::Status;
use crate::engine::turn::Turn;
use crate::engine::world::{DEFAULT_RETENTION, Database};
use crate::engine::{errors, name};
use crate::proto::database::{self as pb, DatabaseDialect};
use crate::proto::longrunning;

/// The most characters in the id of a database.
const LONGEST_ID: usize = 30;

/// A database that is ready, or is being made ready, and has no tables.
pub fn new(name: String, dialect: DatabaseDialect, create_time: crate::engine::time::Time) -> Database {
    Database {
        name: name.as_str().into(),
        about: pb::Database {
            name,
            state: pb::database::State::Ready.into(),
            create_time: Some(create_time.to_proto()),
            version_retention_period: DEFAULT_RETENTION.0.to_owned(),
            database_dialect: dialect.into(),
            encryption_info: vec![pb::EncryptionInfo {
                encryption_type: pb::encryption_info::Type::GoogleDefaultEncryption.into(),
                ..Default::default()
            }],
            ..Default::default()
        },
        create_time,
        ddl: Vec::new(),
        pending_backup: None,
    }
}

pub fn create(
    turn: &mut Turn<'_>,
    request: pb::CreateDatabaseRequest,
) -> Result<longrunning::Operation, Status> {
    let [_, instance_id] = name::instance(&request.parent)?;
    turn.world.instance(instance_id)?;
    let dialect = match request.database_dialect() {
        DatabaseDialect::Unspecified => DatabaseDialect::GoogleStandardSql,
        dialect => dialect,
    };
    let id = parse_create_statement(&request.create_statement, dialect)?;
    if !name::is_id(id, LONGEST_ID) {
        let message = format!(
            "Database name must start with a lower-case letter, continue with lower-case letters, digits, `_` and `-`, \
             end with a letter or a digit, and have 2 to {LONGEST_ID} characters: {id}"
        );
        return Err(Status::new(turn.choices.bad_id, message));
    }
    let name = format!("{}/databases/{id}", request.parent);
    let instance = turn.world.instance_mut(instance_id)?;
    if instance.databases.contains_key(id) {
        return Err(errors::database_exists(&name));
    }
    let mut database = new(name.clone(), dialect, turn.now);
    database.ddl = request.extra_statements.clone();
    instance.databases.insert(id.into(), database);
    let key = operations::start_and_complete(turn, name, Work::CreateDatabase { made: None });
    operations::shown(turn, key)
}

/// The id in `CREATE DATABASE id`, which may be quoted: by backticks, or by double quotes in the PostgreSQL dialect.
fn parse_create_statement(statement: &str, dialect: DatabaseDialect) -> Result<&str, Status> {
    if statement.trim().is_empty() {
        return Err(errors::missing("create_statement", "CreateDatabase"));
    }
    let invalid =
        || Status::new(Code::InvalidArgument, format!("Invalid \"CREATE DATABASE\" statement: {statement}"));
    let quote = if dialect == DatabaseDialect::Postgresql { '"' } else { '`' };
    let rest = keyword(keyword(statement, "CREATE").ok_or_else(invalid)?, "DATABASE").ok_or_else(invalid)?;
    let rest = rest.trim().trim_end_matches(';').trim_end();
    let unquoted = rest.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap_or(rest);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    Some(unquoted).filter(|id| !id.is_empty() && id.chars().all(plain)).ok_or_else(invalid)
}

/// What follows a keyword and a blank.
fn keyword<'a>(text: &'a str, keyword: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let (word, rest) = text.split_at_checked(keyword.len())?;
    (word.eq_ignore_ascii_case(keyword) && rest.starts_with(char::is_whitespace)).then_some(rest)
}

pub fn get(turn: &mut Turn<'_>, request: pb::GetDatabaseRequest) -> Result<pb::Database, Status> {
    find(turn, &request.name).map(|database| database.to_proto(turn.now))
}

pub fn get_ddl(
    turn: &mut Turn<'_>,
    request: pb::GetDatabaseDdlRequest,
) -> Result<pb::GetDatabaseDdlResponse, Status> {
    let statements = find(turn, &request.database)?.ddl.clone();
    Ok(pb::GetDatabaseDdlResponse { statements, ..Default::default() })
}

fn find<'a>(turn: &'a Turn<'_>, name: &str) -> Result<&'a Database, Status> {
    let [_, instance, id] = name::database(name)?;
    let database = turn.world.instance(instance)?.databases.get(id);
    database.ok_or_else(|| errors::database_not_found(name))
}

pub fn list(
    turn: &mut Turn<'_>,
    request: pb::ListDatabasesRequest,
) -> Result<pb::ListDatabasesResponse, Status> {
    let [_, instance] = name::instance(&request.parent)?;
    let instance = turn.world.instance(instance)?;
    let page = Page::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let after = page.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let found = instance.databases.range::<str, _>((after, Bound::Unbounded));
    let (databases, next_page_token) = page.take(found, |(id, _)| id.to_string());
    let databases = databases.into_iter().map(|(_, database)| database.to_proto(turn.now)).collect();
    Ok(pb::ListDatabasesResponse { databases, next_page_token })
}

/// Dropping what is not there succeeds. Completed backups stay; one that is being made prevents the drop.
pub fn drop(turn: &mut Turn<'_>, request: pb::DropDatabaseRequest) -> Result<(), Status> {
    let [_, instance, id] = name::database(&request.database)?;
    let code = turn.choices.drop_with_pending_backup;
    let instance = turn.world.instance_mut(instance)?;
    if instance.databases.get(id).is_some_and(|database| database.pending_backup.is_some()) {
        let message =
            format!("Cannot drop database {} because a backup of it is being created.", request.database);
        return Err(Status::new(code, message));
    }
    instance.databases.remove(id);
    Ok(())
}
