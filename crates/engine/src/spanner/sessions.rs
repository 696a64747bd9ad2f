//! Sessions: what clients open before anything else.

use std::ops::Bound;

use rescind_model::Code;

use super::state::Turn;
use super::{errors, labels, name};
use crate::kernel::Status;
use crate::kernel::filter::{Fields, Filter, Kind, Value};
use crate::kernel::pagination::Pagination;
use crate::proto::spanner as pb;

/// The most sessions that one request creates.
const LARGEST_BATCH: i32 = 100;

pub fn create(turn: &mut Turn<'_>, request: pb::CreateSessionRequest) -> Result<pb::Session, Status> {
    let template = request.session.unwrap_or_default();
    add(turn, &request.database, &template)
}

fn add(turn: &mut Turn<'_>, database: &str, template: &pb::Session) -> Result<pb::Session, Status> {
    turn.store.database(database)?.check_usable()?;
    labels::check(&template.labels)?;
    turn.store.state.begun += 1;
    let id = format!("session-{}", turn.store.state.begun);
    let now = Some(turn.now.to_proto());
    let session = pb::Session {
        name: format!("{database}/sessions/{id}"),
        create_time: now,
        approximate_last_use_time: now,
        ..template.clone()
    };
    turn.store.database_mut(database)?.sessions.insert(id.into(), session.clone());
    Ok(session)
}

pub fn batch_create(
    turn: &mut Turn<'_>,
    request: pb::BatchCreateSessionsRequest,
) -> Result<pb::BatchCreateSessionsResponse, Status> {
    if request.session_count < 1 {
        let message = "Invalid session_count in the request: at least one session must be asked for.";
        return Err(Status::new(Code::InvalidArgument, message));
    }
    let template = request.session_template.unwrap_or_default();
    let count = request.session_count.min(LARGEST_BATCH);
    let session = (0..count).map(|_| add(turn, &request.database, &template)).collect::<Result<_, _>>()?;
    Ok(pb::BatchCreateSessionsResponse { session })
}

pub fn get(turn: &mut Turn<'_>, request: pb::GetSessionRequest) -> Result<pb::Session, Status> {
    find(turn, &request.name).cloned()
}

/// The session of this full name.
///
/// # Errors
/// NOT_FOUND: for the database or its instance, if that is gone, as clients tell a dropped database by the type of the
/// resource; else for the session.
pub fn find<'a>(turn: &'a Turn<'_>, name: &str) -> Result<&'a pb::Session, Status> {
    let (database, id) = name::session(name)?;
    let database = turn.store.database(database)?;
    database.sessions.get(id).ok_or_else(|| errors::session_not_found(name))
}

/// Deleting what is not there succeeds.
pub fn delete(turn: &mut Turn<'_>, request: pb::DeleteSessionRequest) -> Result<(), Status> {
    let (database, id) = name::session(&request.name)?;
    if let Ok(database) = turn.store.database_mut(database) {
        database.sessions.remove(id);
    }
    Ok(())
}

pub fn list(
    turn: &mut Turn<'_>,
    request: pb::ListSessionsRequest,
) -> Result<pb::ListSessionsResponse, Status> {
    let database = turn.store.database(&request.database)?;
    let kind = |path: &str| path.starts_with("labels.").then_some(Kind::Text);
    let filter = Filter::parse(&request.filter, kind).map_err(|error| error.into_status("ListSessions"))?;
    let page = Pagination::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let after = page.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let found = (database.sessions.range::<str, _>((after, Bound::Unbounded)))
        .filter(|(_, session)| filter.matches(&Listed(session)));
    let (sessions, next_page_token) = page.take(found, |(id, _)| id.to_string());
    let sessions = sessions.into_iter().map(|(_, session)| session.clone()).collect();
    Ok(pb::ListSessionsResponse { sessions, next_page_token })
}

struct Listed<'a>(&'a pb::Session);

impl Fields for Listed<'_> {
    fn field(&self, path: &str) -> Value<'_> {
        let label = path.strip_prefix("labels.").and_then(|key| self.0.labels.get(key));
        match label {
            Some(value) => Value::Many(vec![Value::Text(value.as_str().into()), Value::Present]),
            None => Value::Absent,
        }
    }
}
