//! Calls that are not done.

use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use tonic::body::Body;

use super::document::{ErrorBody, ErrorDocument};
use crate::wire::body;
use crate::{ControlError, InvalidSetup};

/// What every path of the API begins with.
pub const PREFIX: &str = "/rescind/v1/";

/// Why a call was not done.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// What the status needs beside it.
    pub header: Option<Box<(HeaderName, HeaderValue)>>,
    /// What is wrong.
    pub body: ErrorBody,
}

impl Refusal {
    /// A refusal with this status.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Refusal {
        let body = ErrorBody { code: status.as_u16(), message: message.into(), path: None };
        Refusal { status, header: None, body }
    }

    /// A call that is wrong.
    pub fn bad(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }

    /// A document that is wrong at this JSON path.
    pub fn bad_at(path: String, message: impl Into<String>) -> Refusal {
        let mut refusal = Refusal::bad(message);
        refusal.body.path = Some(path);
        refusal
    }

    /// A path that is none of the API.
    pub fn not_here(path: &str) -> Refusal {
        let message =
            format!("the control API lies below {PREFIX}, and {path} does not; services have other ports");
        Refusal::new(StatusCode::NOT_FOUND, message)
    }

    /// A path below [`PREFIX`] that there is not.
    pub fn unknown_path(path: &[&str]) -> Refusal {
        let message = format!("the control API has no path {PREFIX}{}", path.join("/"));
        Refusal::new(StatusCode::NOT_FOUND, message)
    }

    /// A path that takes other methods.
    pub fn other_method(path: &[&str], method: &Method, allowed: &str) -> Refusal {
        let message = format!("{PREFIX}{} takes {allowed}, not {method}", path.join("/"));
        let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message);
        let allowed = HeaderValue::from_str(allowed).ok();
        Refusal { header: allowed.map(|allowed| Box::new((header::ALLOW, allowed))), ..refusal }
    }

    /// The refusal as it is sent.
    pub fn response(self) -> Response<Body> {
        let mut response = body::json(self.status, &ErrorDocument { error: self.body });
        response.headers_mut().extend(self.header.map(|header| *header));
        response
    }
}

impl From<&Refusal> for Refusal {
    fn from(refusal: &Refusal) -> Refusal {
        refusal.clone()
    }
}

impl From<ControlError> for Refusal {
    fn from(error: ControlError) -> Refusal {
        match &error {
            ControlError::UnknownProject(_) => Refusal::new(StatusCode::NOT_FOUND, error.to_string()),
            ControlError::ProjectExists(_) => {
                Refusal::new(StatusCode::PRECONDITION_FAILED, error.to_string())
            }
            ControlError::NoJournal(_) => Refusal::new(StatusCode::CONFLICT, error.to_string()),
            ControlError::NotFreeRunning => Refusal::bad_at("progress".to_owned(), error.to_string()),
            ControlError::InvalidSetting { source, .. } => {
                Refusal::bad_at("setup.choices".to_owned(), source.to_string())
            }
            ControlError::InvalidSetup { source, .. } => {
                let field = match source {
                    InvalidSetup::Service { .. } => "setup.service",
                    InvalidSetup::Given(_) => "setup.given",
                };
                Refusal::bad_at(field.to_owned(), source.to_string())
            }
        }
    }
}
