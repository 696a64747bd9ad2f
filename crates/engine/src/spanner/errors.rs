//! The errors whose texts are published: recorded from the service, or in the vendor's emulator (common/errors.cc).

use rescind_model::Code;

use crate::kernel::Time;
use crate::kernel::status::{Detail, Status};

/// The types of resources, as `google.rpc.ResourceInfo` names them.
mod resource_type {
    pub const INSTANCE: &str = "type.googleapis.com/google.spanner.admin.instance.v1.Instance";
    pub const DATABASE: &str = "type.googleapis.com/google.spanner.admin.database.v1.Database";
    pub const SESSION: &str = "type.googleapis.com/google.spanner.v1.Session";
    pub const BACKUP: &str = "type.googleapis.com/google.spanner.admin.database.v1.Backup";
}

fn resource(
    code: Code,
    message: &str,
    resource_type: &'static str,
    name: String,
    about: &'static str,
) -> Status {
    Status::new(code, format!("{message}: {name}")).with(Detail::Resource {
        resource_type,
        name,
        description: about,
    })
}

/// There is no such instance.
pub fn instance_not_found(project: &str, instance: &str) -> Status {
    let name = format!("projects/{project}/instances/{instance}");
    let about = "Instance does not exist.";
    resource(Code::NotFound, "Instance not found", resource_type::INSTANCE, name, about)
}

/// There is such an instance already.
pub fn instance_exists(name: &str) -> Status {
    let about = "Instance already exists.";
    resource(Code::AlreadyExists, "Instance already exists", resource_type::INSTANCE, name.to_owned(), about)
}

/// The id of an instance breaks the published form.
pub fn bad_instance_id(code: Code, id: &str) -> Status {
    let message = format!(
        "Instance ID must start with a lowercase letter, be 2-64 characters long, contain only lowercase letters, \
         numbers, or hyphens, and not end with a hyphen. Got: {id}"
    );
    Status::new(code, message)
}

/// There is no instance configuration of this id, which the text has without what its name begins with.
pub fn config_not_found(id: &str) -> Status {
    Status::new(Code::NotFound, format!("Instance config \"{id}\" not found"))
}

/// There is no such session.
pub fn session_not_found(name: &str) -> Status {
    let about = "Session does not exist.";
    resource(Code::NotFound, "Session not found", resource_type::SESSION, name.to_owned(), about)
}

/// There is no such resource, of a kind that has no text of its own.
pub fn not_found(name: &str) -> Status {
    Status::new(Code::NotFound, format!("Resource not found: {name}"))
}

/// There is no such database.
pub fn database_not_found(name: &str) -> Status {
    let about = "Database does not exist.";
    resource(Code::NotFound, "Database not found", resource_type::DATABASE, name.to_owned(), about)
}

/// There is such a database already.
pub fn database_exists(name: &str) -> Status {
    let about = "Database already exists.";
    resource(Code::AlreadyExists, "Database already exists", resource_type::DATABASE, name.to_owned(), about)
}

/// The id of a database breaks the published form.
pub fn bad_database_id(code: Code, id: &str) -> Status {
    let message = format!(
        "Invalid database name. Database name must start with a lowercase letter, be 2-30 characters long, contain \
         only lowercase letters, numbers, underscores or hyphens, and not end with an underscore or hyphen. Got: {id}"
    );
    Status::new(code, message)
}

/// The instance holds as many databases as it can.
pub fn too_many_databases(instance: &str) -> Status {
    let message = format!(
        "Too many databases for instance: {instance}. See https://cloud.google.com/spanner/quotas#database_limits for \
         more information."
    );
    Status::new(Code::ResourceExhausted, message)
}

/// There is no such backup. The text follows that of databases and instances.
pub fn backup_not_found(name: &str) -> Status {
    let about = "Backup does not exist.";
    resource(Code::NotFound, "Backup not found", resource_type::BACKUP, name.to_owned(), about)
}

/// There is such a backup already.
pub fn backup_exists(name: &str) -> Status {
    let about = "Backup already exists.";
    resource(Code::AlreadyExists, "Backup already exists", resource_type::BACKUP, name.to_owned(), about)
}

/// The `expire_time` is missing or out of its bounds. `created` is when the backup was, or was to be, created.
pub fn expire_time(backup: &str, created: Time, input: Option<Time>) -> Status {
    let input = input.map_or_else(|| "unset".to_owned(), |time| time.to_string());
    let message = format!(
        "Invalid request for backup {backup}. `expire_time` is either missing, in the wrong format, or is not within \
         the minimum and maximum expire times supported. `expire_time` must be a Unix Epoch Time (UTC time since \
         1970-01-01 00:00:00) with microseconds granularity, and be at least 6 hours and at most 366 days from the \
         time the CreateBackup request is processed. The CreateBackup request was processed at `create_time` \
         ({created}), and the input `expire_time` is {input}."
    );
    Status::new(Code::InvalidArgument, message)
}

/// A backup of the database is being made already.
pub fn pending_backup(backup: &str, database: &str) -> Status {
    let message = format!(
        "Cannot create backup ({backup}) for database ({database}) because the maximum number of pending backups (1) \
         for the database has been reached. Please retry the operation once the pending backups complete."
    );
    Status::new(Code::FailedPrecondition, message)
}

/// The backup that is to be copied is being made still. (Text: recorded from the service.)
pub fn copy_of_pending_backup(backup: &str) -> Status {
    let message = format!(
        "Cannot copy source backup {backup} because the backup is still being created. Please retry the operation once \
         the pending backup is complete."
    );
    Status::new(Code::FailedPrecondition, message)
}

/// As many databases of the instance are being restored as may be.
pub fn pending_restores(database: &str, instance: &str, most: usize) -> Status {
    let message = format!(
        "Cannot restore database ({database}) because the maximum number of pending restores ({most}) for the instance \
         ({instance}) has been reached. Please retry the operation once the pending restores complete."
    );
    Status::new(Code::FailedPrecondition, message)
}

/// The `version_time` lies before the database.
pub fn version_before_creation(database: &str) -> Status {
    let message = format!(
        "Unable to create a backup of {database} with version_time earlier than the creation time of the database or \
         the database's version retention period."
    );
    Status::new(Code::InvalidArgument, message)
}

/// The `version_time` lies in the future.
pub fn version_in_the_future(database: &str) -> Status {
    Status::new(
        Code::InvalidArgument,
        format!("Unable to create a backup of {database} with a future version time."),
    )
}

/// A field of the request that must be there is not.
pub fn missing(field: &str, rpc: &str) -> Status {
    Status::new(Code::InvalidArgument, format!("Missing {field} in the request."))
        .with(Detail::Field { field: field.to_owned(), description: format!("{rpc} requires it.") })
}
