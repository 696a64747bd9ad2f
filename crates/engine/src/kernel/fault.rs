//! Faults: what a client sees when a request meets one.

use std::time::Duration;

use rescind_model::{Code, Decision};

use super::status::Status;

/// How a reply gets to its client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// As soon as it is there.
    #[default]
    AtOnce,
    /// After this time.
    After(Duration),
    /// Never: the connection is reset.
    Never,
}

impl Delivery {
    /// How a reply is delivered when the request meets this fault.
    pub fn of(fault: Option<Decision>) -> Delivery {
        match fault {
            Some(Decision::Delayed(milliseconds)) => {
                Delivery::After(Duration::from_millis(milliseconds.into()))
            }
            Some(Decision::Reset) => Delivery::Never,
            _ => Delivery::AtOnce,
        }
    }
}

/// A refusal with this code, in the words that Google's services use where they say nothing special.
pub fn refusal(code: Code) -> Status {
    let message = match code {
        Code::Ok => "OK",
        Code::Cancelled => "The request was cancelled.",
        Code::Unknown => "Unknown error.",
        Code::InvalidArgument => "Request contains an invalid argument.",
        Code::DeadlineExceeded => "Deadline expired before operation could complete.",
        Code::NotFound => "Requested entity was not found.",
        Code::AlreadyExists => "Requested entity already exists.",
        Code::PermissionDenied => "The caller does not have permission.",
        Code::ResourceExhausted => "Resource has been exhausted (e.g. check quota).",
        Code::FailedPrecondition => "Precondition check failed.",
        Code::Aborted => "The operation was aborted.",
        Code::OutOfRange => "The request is out of range.",
        Code::Unimplemented => "Operation is not implemented, or supported, or enabled.",
        Code::Internal => "Internal error encountered.",
        Code::Unavailable => "The service is currently unavailable.",
        Code::DataLoss => "Unrecoverable data loss or corruption.",
        Code::Unauthenticated => "Request had invalid authentication credentials.",
    };
    Status::new(code, message)
}

/// The connection broke before the reply, whether the request took effect or not.
pub fn connection_reset() -> Status {
    Status::new(Code::Unavailable, "Connection reset by peer.")
}
