//! The error of an RPC, independent of the transport that carries it.

use prost_types::Any;
use rescind_model::Code;

use crate::proto::rpc;

/// Why an RPC failed: what `google.rpc.Status` holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Status {
    /// The code, never OK.
    pub code: Code,
    /// The text for people.
    pub message: String,
    /// What programs may read.
    pub details: Vec<Detail>,
}

/// A detail of an error, out of google/rpc/error_details.proto.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Which resource the error is about.
    Resource {
        /// The full type, `type.googleapis.com/google.spanner.admin.database.v1.Backup`.
        resource_type: &'static str,
        /// The full name.
        name: String,
        /// What is wrong with it.
        description: &'static str,
    },
    /// Which field of the request is wrong.
    Field {
        /// The path of the field, `backup.expire_time`.
        field: String,
        /// What is wrong with it.
        description: String,
    },
    /// Which of the service's own errors it is, where a service numbers them: what `google.rpc.ErrorInfo.reason` holds.
    Reason(&'static str),
}

impl Status {
    /// An error without details.
    pub fn new(code: Code, message: impl Into<String>) -> Status {
        Status { code, message: message.into(), details: Vec::new() }
    }

    /// The same error with one more detail.
    #[must_use]
    pub fn with(mut self, detail: Detail) -> Status {
        self.details.push(detail);
        self
    }

    /// The error as it goes over the wire.
    pub fn to_proto(&self) -> rpc::Status {
        rpc::Status {
            code: self.code.number(),
            message: self.message.clone(),
            details: self.details.iter().map(Detail::to_proto).collect(),
        }
    }
}

impl Detail {
    fn to_proto(&self) -> Any {
        match self {
            Detail::Resource { .. } => any(&self.resource_info().unwrap_or_default()),
            Detail::Field { field, description } => any(&rpc::BadRequest {
                field_violations: vec![rpc::bad_request::FieldViolation {
                    field: field.clone(),
                    description: description.clone(),
                }],
            }),
            Detail::Reason(reason) => {
                any(&rpc::ErrorInfo { reason: (*reason).to_owned(), ..Default::default() })
            }
        }
    }

    /// The message `google.rpc.ResourceInfo`, which gRPC servers of Google also send in a trailer of its own.
    pub fn resource_info(&self) -> Option<rpc::ResourceInfo> {
        let Detail::Resource { resource_type, name, description } = self else { return None };
        Some(rpc::ResourceInfo {
            resource_type: (*resource_type).to_owned(),
            resource_name: name.clone(),
            owner: String::new(),
            description: (*description).to_owned(),
        })
    }
}

/// A message in an `Any`. (`Any::from_msg` can fail in theory only, and its error would have no one to go to.)
pub fn any<M: prost::Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;

    #[test]
    fn details_are_packed_under_their_full_type() {
        let status = Status::new(Code::NotFound, "gone").with(Detail::Resource {
            resource_type: "t",
            name: "n".into(),
            description: "d",
        });
        let wire = status.to_proto();
        assert_eq!(wire.code, 5);
        assert_eq!(wire.details[0].type_url, "type.googleapis.com/google.rpc.ResourceInfo");
        let info = rpc::ResourceInfo::decode(wire.details[0].value.as_slice()).unwrap();
        assert_eq!(info.resource_name, "n");
    }
}
