//! Databases: CreateDatabase, GetDatabase, ListDatabases, UpdateDatabase, DropDatabase.

use std::ops::Bound;

use prost_types::Any;
use rescind_model::Code;

use super::family::{AUTO_ID, DATABASE};
use super::state::{Database, Instance, Store, Turn};
use super::{ddl, errors, name, progress};
use crate::kernel::Time;
use crate::kernel::name::is_id;
use crate::kernel::operation::{End, Ending, Family, Task, Timeline};
use crate::kernel::pagination::Pagination;
use crate::kernel::status::{Status, any};
use crate::proto::database::{self as pb, DatabaseDialect};
use crate::proto::longrunning;

/// The most characters in the id of a database (spanner_database_admin.proto, `create_statement`).
pub const LONGEST_ID: usize = 30;
/// The most databases in an instance of at least a node, and for each 100 processing units of a smaller one.
const MOST_DATABASES: (usize, usize) = (100, 10);

/// The operation that creates the database that is its parent.
#[derive(Debug)]
struct DatabaseCreation {
    /// The database when it was made.
    made: Option<Box<pb::Database>>,
}

impl Task<Store> for DatabaseCreation {
    fn metadata(&self, parent: &str, _timeline: &Timeline) -> Any {
        any(&pb::CreateDatabaseMetadata { database: parent.to_owned() })
    }

    fn response(&self, _parent: &str) -> Option<Any> {
        self.made.as_ref().map(|database| any(database.as_ref()))
    }

    fn end(&mut self, store: &mut Store, parent: &str, ending: &Ending<'_>) {
        if ending.end != End::Completed {
            remove(store, parent);
        } else if let Ok(database) = store.database_mut(parent) {
            database.busy = None;
            database.about.state = pb::database::State::Ready.into();
            self.made = Some(Box::new(database.to_proto(ending.now)));
        }
    }

    fn family(&self) -> Option<Family> {
        Some(DATABASE)
    }

    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }
}

fn remove(store: &mut Store, name: &str) {
    if let Ok([_, instance, id]) = name::database(name)
        && let Ok(instance) = store.instance_mut(instance)
    {
        instance.databases.remove(id);
    }
}

pub fn create(
    turn: &mut Turn<'_>,
    request: pb::CreateDatabaseRequest,
) -> Result<longrunning::Operation, Status> {
    let [_, instance_id] = name::instance(&request.parent)?;
    let instance = turn.store.instance(instance_id)?;
    let dialect = match request.database_dialect() {
        DatabaseDialect::Unspecified => DatabaseDialect::GoogleStandardSql,
        dialect => dialect,
    };
    let id = ddl::parse_create_database(&request.create_statement, dialect)?;
    let name = check_new(turn, instance, id)?;
    if dialect == DatabaseDialect::Postgresql && !request.extra_statements.is_empty() {
        let message = "extra_statements are not supported for databases of the PostgreSQL dialect.";
        return Err(Status::new(Code::InvalidArgument, message));
    }
    let mut database = Database::new(name.clone(), dialect, turn.now);
    if let Some(config) = &request.encryption_config {
        let key =
            Some(&config.kms_key_name).filter(|key| !key.is_empty()).or_else(|| config.kms_key_names.first());
        database.encrypt(key.map(String::as_str));
    }
    for statement in ddl::check(&request.extra_statements)? {
        statement.apply(&mut database);
    }
    let key = turn.start(&name, DatabaseCreation { made: None });
    database.busy = Some(key);
    database.about.state = pb::database::State::Creating.into();
    turn.store.instance_mut(instance_id)?.databases.insert(id.into(), database);
    turn.run(key);
    turn.show(key)
}

/// What must hold for a new database, created or restored, in an instance; its full name.
pub fn check_new(turn: &Turn<'_>, instance: &Instance, id: &str) -> Result<String, Status> {
    if !is_id(id, LONGEST_ID) {
        return Err(errors::bad_database_id(turn.choices.bad_id, id));
    }
    instance.check_usable()?;
    let name = format!("{}/databases/{id}", instance.name());
    if instance.databases.contains_key(id) {
        return Err(errors::database_exists(&name));
    }
    let hundreds = usize::try_from(instance.managed.about.processing_units / 100).unwrap_or_default();
    let most = if hundreds < 10 { hundreds * MOST_DATABASES.1 } else { MOST_DATABASES.0 };
    if instance.databases.len() >= most {
        return Err(errors::too_many_databases(instance.name()));
    }
    Ok(name)
}

pub fn get(turn: &mut Turn<'_>, request: pb::GetDatabaseRequest) -> Result<pb::Database, Status> {
    turn.store.database(&request.name).map(|database| database.to_proto(turn.now))
}

pub fn list(
    turn: &mut Turn<'_>,
    request: pb::ListDatabasesRequest,
) -> Result<pb::ListDatabasesResponse, Status> {
    let [_, instance] = name::instance(&request.parent)?;
    let instance = turn.store.instance(instance)?;
    let page = Pagination::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let after = page.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let found = instance.databases.range::<str, _>((after, Bound::Unbounded));
    let (databases, next_page_token) = page.take(found, |(id, _)| id.to_string());
    let databases = databases.into_iter().map(|(_, database)| database.to_proto(turn.now)).collect();
    Ok(pb::ListDatabasesResponse { databases, next_page_token })
}

/// The operation that updates the database that is its parent.
#[derive(Debug)]
struct Update {
    request: pb::UpdateDatabaseRequest,
    /// The database when it was updated.
    made: Option<Box<pb::Database>>,
}

impl Task<Store> for Update {
    fn metadata(&self, _parent: &str, timeline: &Timeline) -> Any {
        any(&pb::UpdateDatabaseMetadata {
            request: Some(self.request.clone()),
            progress: Some(progress::of_database(timeline)),
            cancel_time: timeline.cancel.map(Time::to_proto),
        })
    }

    fn response(&self, _parent: &str) -> Option<Any> {
        self.made.as_ref().map(|database| any(database.as_ref()))
    }

    fn end(&mut self, store: &mut Store, parent: &str, ending: &Ending<'_>) {
        let Ok(database) = store.database_mut(parent) else { return };
        database.busy = None;
        database.about.reconciling = false;
        if ending.end == End::Completed {
            let wanted = self.request.database.as_ref().is_some_and(|wanted| wanted.enable_drop_protection);
            database.about.enable_drop_protection = wanted;
            self.made = Some(Box::new(database.to_proto(ending.now)));
        }
    }

    fn family(&self) -> Option<Family> {
        Some(DATABASE)
    }

    fn id_prefix(&self) -> &'static str {
        AUTO_ID
    }
}

/// Only drop protection can be updated, and by one update at a time.
pub fn update(
    turn: &mut Turn<'_>,
    request: pb::UpdateDatabaseRequest,
) -> Result<longrunning::Operation, Status> {
    let wanted = request.database.as_ref().ok_or_else(|| errors::missing("database", "UpdateDatabase"))?;
    let name = wanted.name.clone();
    name::database(&name)?;
    let paths = request.update_mask.as_ref().map(|mask| mask.paths.as_slice()).unwrap_or_default();
    if paths != ["enable_drop_protection"] {
        let message = "Invalid update_mask in the request: it must name `enable_drop_protection`, which is all that \
                       can be updated.";
        return Err(Status::new(turn.choices.bad_update_mask, message));
    }
    let database = turn.store.database(&name)?;
    database.check_usable()?;
    if database.busy.is_some() {
        let message = format!("Cannot update database {name} because another update of it is pending.");
        return Err(Status::new(Code::FailedPrecondition, message));
    }
    let key = turn.start(&name, Update { request, made: None });
    let database = turn.store.database_mut(&name)?;
    database.busy = Some(key);
    database.about.reconciling = true;
    turn.run(key);
    turn.show(key)
}

/// Dropping what is not there succeeds. Completed backups stay; one that is being made prevents the drop. What restores
/// or optimises the database ends with it, and releases its backup.
pub fn drop(turn: &mut Turn<'_>, request: pb::DropDatabaseRequest) -> Result<(), Status> {
    let [_, instance, id] = name::database(&request.database)?;
    let Some(database) = turn.store.instance(instance)?.databases.get(id) else { return Ok(()) };
    let cannot = |code, why: &str| {
        Err(Status::new(code, format!("Cannot drop database {} because {why}", request.database)))
    };
    if database.about.enable_drop_protection {
        let why = "the `enable_drop_protection` setting is currently enabled for it. Please disable the setting and \
                   try again.";
        return cannot(Code::FailedPrecondition, why);
    }
    if database.pending_backup.is_some() {
        return cannot(turn.store.state.choices.drop_with_pending_backup, "a backup of it is being created.");
    }
    for key in [database.busy, database.optimizing].into_iter().flatten() {
        turn.cancel(key);
    }
    turn.store.state.policies.remove(request.database.as_str());
    remove(turn.store, &request.database);
    Ok(())
}
