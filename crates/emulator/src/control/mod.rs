//! The control API: projects with given state and schedule, faults, journals and final states, as JSON.
//!
//! It has a [listener](ControlServer) of its own, which no sample is told of, and a [guard](Guard) at its door.
//! `docs/control-api.md` shows every call.

mod document;
mod guard;
mod server;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use tonic::body::Body;

pub use self::document::{
    Done, ErrorBody, ErrorDocument, FaultsDocument, Health, JournalDocument, Progress, ProjectDocument,
    ProjectList,
};
pub use self::guard::Guard;
pub use self::server::{ControlServeError, ControlServer, Place};
use crate::wire::body;
use crate::{ControlError, Emulator};

/// What every path of the API begins with.
pub const PREFIX: &str = "/rescind/v1/";

/// Answers a call.
async fn answer(emulator: Emulator, guard: &Guard, request: Request<Body>) -> Response<Body> {
    let (head, incoming) = request.into_parts();
    if let Err(refusal) = guard.admit(&head) {
        return refusal.response();
    }
    emulator.count_request();
    let body = body::read(incoming).await.map_err(|status| Refusal::bad(status.message));
    let Some(path) = head.uri.path().strip_prefix(PREFIX) else {
        return Refusal::not_here(head.uri.path()).response();
    };
    let segments: Result<Vec<_>, _> =
        path.split('/').map(|segment| percent_decode_str(segment).decode_utf8()).collect();
    let done = match &segments {
        Ok(segments) => {
            let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
            let is_new = head.headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == "*");
            respond(&emulator, &head.method, &segments, is_new, body)
        }
        Err(_) => Err(Refusal::bad("the path is not UTF-8")),
    };
    done.unwrap_or_else(|refusal| refusal.response())
}

/// What a call does, once it is known that the call exists.
type Served = Result<Response<Body>, Refusal>;

/// `is_new` is true if a project is to be put only where there is none (RFC 9110, 13.1.2).
fn respond(
    emulator: &Emulator,
    method: &Method,
    path: &[&str],
    is_new: bool,
    body: Result<Bytes, Refusal>,
) -> Served {
    let (allowed, call): (Method, &dyn Fn() -> Served) = match path {
        ["health"] => (Method::GET, &|| ok(&Health::serving())),
        ["reset"] => (Method::POST, &|| {
            emulator.reset()?;
            ok(&Done {})
        }),
        ["projects"] => (Method::GET, &|| ok(&ProjectList { projects: emulator.projects() })),
        ["projects", project] if !project.is_empty() => match *method {
            Method::DELETE => (Method::DELETE, &|| {
                emulator.remove(project)?;
                ok(&Done {})
            }),
            _ => (Method::PUT, &|| {
                let document: ProjectDocument = document::read(body.as_ref()?)?;
                match document.progress {
                    Progress::Scheduled if is_new => emulator.prepare_new(project, &document.setup)?,
                    Progress::Scheduled => emulator.prepare(project, &document.setup)?,
                    Progress::FreeRunning => emulator.prepare_free_running(project, &document.setup)?,
                }
                ok(&Done {})
            }),
        },
        ["projects", project, "faults"] => (Method::PUT, &|| {
            let document: FaultsDocument = document::read(body.as_ref()?)?;
            emulator.put_faults(project, document.into_schedule()?)?;
            ok(&Done {})
        }),
        ["projects", project, "journal"] => {
            (Method::GET, &|| ok(&JournalDocument { entries: emulator.journal(project)? }))
        }
        ["projects", project, "snapshot"] => (Method::GET, &|| ok(&emulator.snapshot(project)?)),
        ["projects", project, "settle"] => (Method::POST, &|| {
            emulator.settle(project)?;
            ok(&emulator.snapshot(project)?)
        }),
        _ => return Err(Refusal::unknown_path(path)),
    };
    if *method == allowed {
        return call();
    }
    let allowed = if matches!(path, ["projects", _]) { "PUT, DELETE" } else { allowed.as_str() };
    Err(Refusal::other_method(path, method, allowed))
}

fn ok(reply: &impl serde::Serialize) -> Served {
    Ok(body::json(StatusCode::OK, reply))
}

/// Why a call was not done.
#[derive(Clone, Debug)]
struct Refusal {
    status: StatusCode,
    /// What the status needs beside it.
    header: Option<Box<(HeaderName, HeaderValue)>>,
    body: ErrorBody,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Refusal {
        let body = ErrorBody { code: status.as_u16(), message: message.into(), path: None };
        Refusal { status, header: None, body }
    }

    fn bad(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }

    /// A document that is wrong at this JSON path.
    fn bad_at(path: String, message: impl Into<String>) -> Refusal {
        let mut refusal = Refusal::bad(message);
        refusal.body.path = Some(path);
        refusal
    }

    fn not_here(path: &str) -> Refusal {
        let message =
            format!("the control API lies below {PREFIX}, and {path} does not; services have other ports");
        Refusal::new(StatusCode::NOT_FOUND, message)
    }

    fn unknown_path(path: &[&str]) -> Refusal {
        let message = format!("the control API has no path {PREFIX}{}", path.join("/"));
        Refusal::new(StatusCode::NOT_FOUND, message)
    }

    fn other_method(path: &[&str], method: &Method, allowed: &str) -> Refusal {
        let message = format!("{PREFIX}{} takes {allowed}, not {method}", path.join("/"));
        let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message);
        let allowed = HeaderValue::from_str(allowed).ok();
        Refusal { header: allowed.map(|allowed| Box::new((header::ALLOW, allowed))), ..refusal }
    }

    fn response(self) -> Response<Body> {
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
            ControlError::InvalidSetup { source, .. } => {
                Refusal::bad_at("setup.given".to_owned(), source.to_string())
            }
        }
    }
}
