//! DDL, as text: GetDatabaseDdl and UpdateDatabaseDdl. Statements are stored; only those that set options of the
//! database mean something.

use prost_types::Any;
use rescind_model::Code;

use super::family::{AUTO_ID, DATABASE};
use super::state::{DEFAULT_RETENTION, Database, Store, Turn};
use super::{errors, name, progress};
use crate::kernel::operation::{End, Ending, Family, Operation, Task, Timeline};
use crate::kernel::status::{Status, any};
use crate::kernel::{Span, Time};
use crate::proto::database::{self as pb, DatabaseDialect};
use crate::proto::longrunning;

/// The words that statements begin with.
const ACTIONS: [&str; 8] = ["CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "RENAME", "ANALYZE", "COMMENT"];

/// A statement that can be applied.
#[derive(Clone, Debug)]
pub struct Statement {
    text: String,
    retention: Option<(String, Span)>,
    default_leader: Option<String>,
}

impl Statement {
    /// Applies it to a database.
    pub fn apply(&self, database: &mut Database) {
        if let Some((text, span)) = &self.retention {
            database.about.version_retention_period.clone_from(text);
            database.retention = *span;
        }
        if let Some(leader) = &self.default_leader {
            database.about.default_leader.clone_from(leader);
        }
        database.ddl.push(self.text.clone());
    }
}

/// Checks statements, as far as they are understood here.
///
/// # Errors
/// INVALID_ARGUMENT for what is no DDL, and for a `version_retention_period` that is not between an hour and a week.
pub fn check(statements: &[String]) -> Result<Vec<Statement>, Status> {
    statements.iter().map(|text| parse(text)).collect()
}

fn parse(text: &str) -> Result<Statement, Status> {
    let text = text.trim().trim_end_matches(';').trim_end();
    let mut words = text.split_whitespace();
    let action = words.next().unwrap_or_default();
    if !ACTIONS.iter().any(|known| known.eq_ignore_ascii_case(action)) {
        let message =
            format!("Error parsing Spanner DDL statement: {text} : Syntax error on line 1, column 1");
        return Err(Status::new(Code::InvalidArgument, message));
    }
    let of_database = action.eq_ignore_ascii_case("ALTER")
        && words.next().is_some_and(|word| word.eq_ignore_ascii_case("DATABASE"));
    let option = |name| if of_database { find_option(text, name) } else { None };
    let retention = match option("version_retention_period") {
        None => None,
        Some(None) => Some((DEFAULT_RETENTION.0.to_owned(), DEFAULT_RETENTION.1)),
        Some(Some(value)) => Some((value.to_owned(), parse_retention(value)?)),
    };
    let default_leader = option("default_leader").map(|value| value.unwrap_or_default().to_owned());
    Ok(Statement { text: text.to_owned(), retention, default_leader })
}

/// The value that `name = 'value'` gives an option, or none for `name = null`, in either dialect's spelling.
fn find_option<'a>(statement: &'a str, name: &str) -> Option<Option<&'a str>> {
    let at = statement.to_ascii_lowercase().find(name)?;
    let value = statement[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
    Some(quote.and_then(|quote| value[1..].split(quote).next()))
}

/// The partitions of the instance that a schema places data in: those of every `CREATE PLACEMENT` that was not dropped.
pub fn placements(ddl: &[String]) -> Vec<&str> {
    let mut placements = Vec::new();
    for statement in ddl {
        let pb::DdlStatementActionInfo { action, entity_type, entity_names } = action(statement);
        match (action.as_str(), entity_type.as_str()) {
            ("CREATE", "PLACEMENT") => {
                let partition = find_option(statement, "instance_partition").flatten();
                placements.extend(partition.map(|partition| (entity_names, partition)));
            }
            ("DROP", "PLACEMENT") => placements.retain(|(names, _)| *names != entity_names),
            _ => {}
        }
    }
    placements.into_iter().map(|(_, partition)| partition).collect()
}

/// A number and a unit: `7d`, `168h`, `10080m`, `604800s`.
fn parse_retention(text: &str) -> Result<Span, Status> {
    let seconds = text.char_indices().next_back().and_then(|(at, unit)| {
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 24 * 3600,
            _ => return None,
        };
        text[..at].parse::<i64>().ok()?.checked_mul(seconds)
    });
    match seconds {
        Some(seconds) if (3600..=7 * 24 * 3600).contains(&seconds) => Ok(Span::seconds(seconds)),
        _ => {
            let message = format!(
                "Invalid version_retention_period: {text}. It must be between 1 hour and 7 days, for example '1h' or \
                 '7d'."
            );
            Err(Status::new(Code::InvalidArgument, message))
        }
    }
}

/// The id in `CREATE DATABASE id`, which may be quoted: by backticks, or by double quotes in the PostgreSQL dialect.
///
/// # Errors
/// INVALID_ARGUMENT for any other statement.
pub fn parse_create_database(statement: &str, dialect: DatabaseDialect) -> Result<&str, Status> {
    if statement.trim().is_empty() {
        return Err(errors::missing("create_statement", "CreateDatabase"));
    }
    let invalid =
        || Status::new(Code::InvalidArgument, format!("Invalid \"CREATE DATABASE\" statement: {statement}"));
    let quote = if dialect == DatabaseDialect::Postgresql { '"' } else { '`' };
    let rest = after_keyword(statement, "CREATE").ok_or_else(invalid)?;
    let rest = after_keyword(rest, "DATABASE").ok_or_else(invalid)?;
    let rest = rest.trim().trim_end_matches(';').trim_end();
    let unquoted = rest.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap_or(rest);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    Some(unquoted).filter(|id| !id.is_empty() && id.chars().all(plain)).ok_or_else(invalid)
}

/// What follows a keyword and a blank.
fn after_keyword<'a>(text: &'a str, keyword: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let (word, rest) = text.split_at_checked(keyword.len())?;
    (word.eq_ignore_ascii_case(keyword) && rest.starts_with(char::is_whitespace)).then_some(rest)
}

/// The operation that changes the schema of the database that is its parent.
#[derive(Debug)]
struct Update {
    statements: Vec<Statement>,
}

impl Task<Store> for Update {
    fn metadata(&self, parent: &str, timeline: &Timeline) -> Any {
        let completed = timeline.end.filter(|_| timeline.percent == 100);
        any(&pb::UpdateDatabaseDdlMetadata {
            database: parent.to_owned(),
            statements: self.statements.iter().map(|statement| statement.text.clone()).collect(),
            commit_timestamps: self.statements.iter().filter_map(|_| completed).map(Time::to_proto).collect(),
            throttled: false,
            progress: self.statements.iter().map(|_| progress::of_database(timeline)).collect(),
            actions: self.statements.iter().map(|statement| action(&statement.text)).collect(),
        })
    }

    fn response(&self, _parent: &str) -> Option<Any> {
        Some(any(&()))
    }

    fn end(&mut self, store: &mut Store, parent: &str, ending: &Ending<'_>) {
        if ending.end == End::Completed
            && let Ok(database) = store.database_mut(parent)
        {
            self.statements.iter().for_each(|statement| statement.apply(database));
        }
    }

    fn family(&self) -> Option<Family> {
        Some(DATABASE)
    }

    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }
}

/// What a statement does, to what, of which name: `CREATE TABLE t (...)`.
fn action(statement: &str) -> pb::DdlStatementActionInfo {
    const NO_ENTITY: [&str; 9] =
        ["OR", "REPLACE", "UNIQUE", "NULL_FILTERED", "IF", "NOT", "EXISTS", "TEMPORARY", "PUBLIC"];
    let is_entity = |word: &&str| !NO_ENTITY.iter().any(|other| other.eq_ignore_ascii_case(word));
    let mut words = statement.split(|c: char| c.is_whitespace() || c == '(').filter(|word| !word.is_empty());
    let action = words.next().unwrap_or_default().to_ascii_uppercase();
    let mut words = words.filter(is_entity);
    let entity_type = words.next().unwrap_or_default().to_ascii_uppercase();
    let name = words.next().map(|name| name.trim_matches(['`', '"']).to_owned());
    pb::DdlStatementActionInfo { action, entity_type, entity_names: name.into_iter().collect() }
}

pub fn update(
    turn: &mut Turn<'_>,
    request: pb::UpdateDatabaseDdlRequest,
) -> Result<longrunning::Operation, Status> {
    let name = &request.database;
    let database = turn.store.database(name)?;
    database.check_usable()?;
    if request.statements.is_empty() {
        return Err(errors::missing("statements", "UpdateDatabaseDdl"));
    }
    let statements = check(&request.statements)?;
    let [_, instance, _] = name::database(name)?;
    if statements.iter().any(|statement| statement.default_leader.is_some()) {
        turn.store.instance(instance)?.check_usable()?;
    }
    let id = Some(request.operation_id.as_str()).filter(|id| !id.is_empty());
    if let Some(id) = id {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let valid = (2..=128).contains(&id.len())
            && id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(plain);
        if !valid {
            return Err(Status::new(Code::InvalidArgument, format!("Invalid operation id: {id}.")));
        }
        if turn.store.operations.find_chosen(name, id).is_some() {
            let message = format!("Operation already exists: {name}/operations/{id}");
            return Err(Status::new(Code::AlreadyExists, message));
        }
    }
    let operation = Operation::new(name.as_str(), Box::new(Update { statements }), turn.now);
    let key = turn.store.start(Operation { id: id.map(Into::into), ..operation });
    turn.run(key);
    turn.show(key)
}

pub fn get(
    turn: &mut Turn<'_>,
    request: pb::GetDatabaseDdlRequest,
) -> Result<pb::GetDatabaseDdlResponse, Status> {
    let statements = turn.store.database(&request.database)?.ddl.clone();
    Ok(pb::GetDatabaseDdlResponse { statements, ..Default::default() })
}
