//! Users of a cluster: CreateUser, GetUser, UpdateUser, DeleteUser, ListUsers. None of them is an operation, and no
//! password is ever told.

use std::ops::Bound;
use std::sync::Arc;

use prost::Message;
use rescind_model::Code;

use super::overwriting::updated_paths;
use super::request_id::RequestId;
use super::state::Turn;
use super::version::convert;
use super::{check, errors, name};
use crate::kernel::pagination::Pagination;
use crate::kernel::status::{Detail, Status};
use crate::kernel::{filter::Filter, reflect};
use crate::proto::alloydb::v1beta as pb;

/// The fields that clients may change.
const UPDATABLE: [&str; 2] = ["password", "database_roles"];

fn about(code: Code, name: &str, what: &str, description: &'static str) -> Status {
    Status::new(code, format!("Resource '{name}' {what}")).with(Detail::Resource {
        resource_type: "alloydb.googleapis.com/User",
        name: name.to_owned(),
        description,
    })
}

fn not_found(name: &str) -> Status {
    about(Code::NotFound, name, "was not found", "The resource does not exist.")
}

pub fn create<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::CreateUserRequest = convert(&request)?;
    name::cluster(&request.parent)?;
    RequestId::read(&request.request_id)?;
    if request.user_id.is_empty() || request.user_id.contains('/') {
        return Err(errors::invalid(turn.choices.bad_id, "user_id", "it is not empty and holds no `/`"));
    }
    let name = format!("{}/users/{}", request.parent, request.user_id);
    let wanted = request.user.ok_or_else(|| errors::missing("user"))?;
    convert(&add(turn, name, wanted, request.validate_only)?)
}

fn add(turn: &mut Turn<'_>, name: String, wanted: pb::User, validate_only: bool) -> Result<pb::User, Status> {
    let cluster = name.rsplit_once("/users/").map_or(&*name, |(cluster, _)| cluster);
    super::clusters::check_usable(check::find::<pb::Cluster>(turn, cluster)?)?;
    if turn.store.state.users.contains_key(&*name) {
        return Err(about(Code::AlreadyExists, &name, "already exists", "The resource already exists."));
    }
    let user_type = match wanted.user_type() {
        pb::user::UserType::Unspecified => pb::user::UserType::AlloydbBuiltIn,
        given => given,
    };
    let key: Arc<str> = name.as_str().into();
    let user = pb::User { name, password: String::new(), user_type: user_type.into(), ..wanted };
    if !validate_only {
        turn.store.state.users.insert(key, user.clone());
    }
    Ok(user)
}

pub fn get<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::GetUserRequest = convert(&request)?;
    name::user(&request.name)?;
    let user = turn.store.state.users.get(&*request.name).ok_or_else(|| not_found(&request.name))?;
    convert(user)
}

pub fn update<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::UpdateUserRequest = convert(&request)?;
    let wanted = request.user.ok_or_else(|| errors::missing("user"))?;
    name::user(&wanted.name)?;
    RequestId::read(&request.request_id)?;
    let Some(user) = turn.store.state.users.get(&*wanted.name) else {
        if request.allow_missing {
            let name = wanted.name.clone();
            return convert(&add(turn, name, wanted, request.validate_only)?);
        }
        return Err(not_found(&wanted.name));
    };
    let paths = updated_paths(request.update_mask, &UPDATABLE);
    reflect::check_mask(&paths, &UPDATABLE, turn.choices.bad_update_mask)?;
    let mut updated = reflect::merge_fields(user.clone(), &wanted, &paths);
    updated.password.clear();
    if !request.validate_only {
        turn.store.state.users.insert(wanted.name.as_str().into(), updated.clone());
    }
    convert(&updated)
}

pub fn delete<Q: Message>(turn: &mut Turn<'_>, request: Q) -> Result<(), Status> {
    let request: pb::DeleteUserRequest = convert(&request)?;
    name::user(&request.name)?;
    RequestId::read(&request.request_id)?;
    if !turn.store.state.users.contains_key(&*request.name) {
        return Err(not_found(&request.name));
    }
    if !request.validate_only {
        turn.store.state.users.remove(&*request.name);
    }
    Ok(())
}

/// In the order of the names, which is all that can be filtered by: nothing is said of others.
pub fn list<Q: Message, R: Message + Default>(turn: &mut Turn<'_>, request: Q) -> Result<R, Status> {
    let request: pb::ListUsersRequest = convert(&request)?;
    name::cluster(&request.parent)?;
    Filter::parse(&request.filter, |_| None).map_err(|error| error.into_status("ListUsers"))?;
    let below = format!("{}/users/", request.parent);
    let page = Pagination::<String>::new(request.page_size, &request.page_token, turn.choices)?;
    let start = match &page.after {
        Some(after) if *after >= below => Bound::Excluded(after.as_str()),
        _ => Bound::Included(below.as_str()),
    };
    let found = turn.store.state.users.range::<str, _>((start, Bound::Unbounded));
    let found = found.take_while(|(name, _)| name.starts_with(&below));
    let (users, next_page_token) = page.take(found, |(name, _)| name.to_string());
    let users = users.into_iter().map(|(_, user)| user.clone()).collect();
    convert(&pb::ListUsersResponse { users, next_page_token, unreachable: Vec::new() })
}
