//! The errors of AlloyDB. Their codes are those of the AIPs that its protos refer to; no text is published.

use rescind_model::Code;

use super::state::Resource;
use crate::kernel::status::{Detail, Status};

fn about<R: Resource>(code: Code, name: &str, what: &str, description: &'static str) -> Status {
    Status::new(code, format!("Resource '{name}' {what}")).with(Detail::Resource {
        resource_type: R::TYPE,
        name: name.to_owned(),
        description,
    })
}

/// There is no such resource.
pub fn not_found<R: Resource>(name: &str) -> Status {
    about::<R>(Code::NotFound, name, "was not found", "The resource does not exist.")
}

/// There is such a resource already.
pub fn already_exists<R: Resource>(name: &str) -> Status {
    about::<R>(Code::AlreadyExists, name, "already exists", "The resource already exists.")
}

/// Another operation works on the resource (AIP-151).
pub fn busy(name: &str) -> Status {
    Status::new(
        Code::Aborted,
        format!("Another operation on '{name}' is in progress. Retry it once that has ended."),
    )
}

/// The etag of the request is not that of the resource (service.proto, `DeleteBackupRequest.etag`).
pub fn stale_etag(name: &str, etag: &str) -> Status {
    Status::new(Code::Aborted, format!("The etag '{etag}' is not the current one of '{name}'."))
}

/// A field of the request is wrong.
pub fn invalid(code: Code, field: &str, why: impl Into<String>) -> Status {
    let description = why.into();
    Status::new(code, format!("Invalid {field} in the request: {description}."))
        .with(Detail::Field { field: field.to_owned(), description })
}

/// A field of the request that must be there is not.
pub fn missing(field: &str) -> Status {
    invalid(Code::InvalidArgument, field, "it is missing")
}
