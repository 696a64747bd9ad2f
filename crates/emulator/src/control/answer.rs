//! The calls: what each does.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use rescind_model::Schedule;
use serde::de::DeserializeOwned;
use tonic::body::Body;

use super::document::{
    ChangesDocument, Done, FaultsDocument, Health, JournalDocument, Progress, ProjectDocument, ProjectList,
};
use super::guard::Guard;
use super::refusal::{PREFIX, Refusal};
use crate::Emulator;
use crate::wire::body;

/// Answers a call.
pub async fn answer(emulator: Emulator, guard: &Guard, request: Request<Body>) -> Response<Body> {
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
                let document: ProjectDocument = read(body.as_ref()?)?;
                match document.progress {
                    Progress::Scheduled if is_new => emulator.prepare_new(project, &document.setup)?,
                    Progress::Scheduled => emulator.prepare(project, &document.setup)?,
                    Progress::FreeRunning => emulator.prepare_free_running(project, &document.setup)?,
                }
                ok(&Done {})
            }),
        },
        ["projects", project, "faults"] => (Method::PUT, &|| {
            let document: FaultsDocument = read(body.as_ref()?)?;
            emulator.put_faults(project, faults(document)?)?;
            ok(&Done {})
        }),
        ["projects", project, "journal"] => {
            (Method::GET, &|| ok(&JournalDocument { entries: emulator.journal(project)? }))
        }
        ["projects", project, "snapshot"] => (Method::GET, &|| ok(&emulator.snapshot(project)?)),
        ["projects", project, "changes"] => {
            (Method::GET, &|| ok(&ChangesDocument { changes: emulator.changes(project)? }))
        }
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

/// The schedule of a document, if it holds nothing but faults.
fn faults(document: FaultsDocument) -> Result<Schedule, Refusal> {
    match document.faults.terms().iter().find(|term| !term.decision.is_fault()) {
        None => Ok(document.faults),
        Some(term) => Err(Refusal::bad_at(
            "faults".to_owned(),
            format!(
                "`{term}` is no fault; a fault is lost, reset, delayed-250ms, or an error code such as unavailable"
            ),
        )),
    }
}

/// Reads a document. What is wrong is told with its JSON path.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let document = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        Refusal::bad_at(path, error.into_inner().to_string())
    })?;
    json.end().map_err(|error| Refusal::bad_at(".".to_owned(), error.to_string()))?;
    Ok(document)
}
