//! Recordings: the requests of a project as they came, to be played to another one.
//!
//! The engine is pure: the same requests at the same moments, with the same decisions, have the same replies. With other
//! decisions they tell how far a client that does the same thing each time would have gone on as it did.

use http::request::Parts;
use rescind_model::{RequestKind, Transport};

use super::addressed::Addressed;
use super::journal::Arrival;
use super::rest::RestRequest;
use super::status::Status;
use super::time::Time;

/// The requests of a project.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// When it was set up.
    pub began: Time,
    /// The requests, in the order in which they were received.
    pub requests: Vec<Recorded>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub(super) request: Came,
    /// When it was received.
    pub(super) clock: Time,
}

#[derive(Clone, Debug)]
pub(super) enum Came {
    /// Of an RPC.
    Call { addressed: Addressed, request: Vec<u8>, transport: Transport },
    /// To a service's own REST API.
    Rest { addressed: Addressed, head: Box<Parts>, body: Result<Vec<u8>, Status> },
    /// That is none of any service, and was refused.
    Refused { transport: Transport, rpc: String, resource: String, kind: RequestKind, refusal: Status },
}

impl Recorded {
    pub(super) fn call(addressed: &Addressed, request: &[u8], transport: Transport, clock: Time) -> Recorded {
        let (addressed, request) = (addressed.clone(), request.to_vec());
        Recorded { request: Came::Call { addressed, request, transport }, clock }
    }

    pub(super) fn rest(addressed: &Addressed, request: &RestRequest<'_>, clock: Time) -> Recorded {
        let body = request.body.map(<[u8]>::to_vec).map_err(Status::clone);
        let (addressed, head) = (addressed.clone(), Box::new(request.head.clone()));
        Recorded { request: Came::Rest { addressed, head, body }, clock }
    }

    pub(super) fn refused(arrival: &Arrival<'_>, refusal: &Status, clock: Time) -> Recorded {
        let request = Came::Refused {
            transport: arrival.transport,
            rpc: arrival.rpc.to_owned(),
            resource: arrival.resource.to_owned(),
            kind: arrival.kind.clone(),
            refusal: refusal.clone(),
        };
        Recorded { request, clock }
    }

    /// The name of its RPC and of the resource that it is about: by these two requests are the same or not. What else is in
    /// them may hold moments, and names that a client makes up.
    pub fn names(&self) -> (&str, &str) {
        match &self.request {
            Came::Call { addressed, .. } | Came::Rest { addressed, .. } => {
                (&addressed.rpc, &addressed.resource)
            }
            Came::Refused { rpc, resource, .. } => (rpc, resource),
        }
    }
}
