//! Playing what was recorded.

use super::fault::Delivery;
use super::journal::Arrival;
use super::project::Project;
use super::recording::{Came, Recorded};
use super::rest::{RestReply, RestRequest};
use super::status::Status;

/// What a client got for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replied {
    reply: Result<Vec<u8>, Status>,
    /// The HTTP status of a REST API of a service's own.
    http: Option<u16>,
    delivery: Delivery,
}

impl Project {
    /// Serves a request that was recorded, at the moment at which it was received then.
    pub fn play(&mut self, recorded: &Recorded) -> Replied {
        let clock = recorded.clock;
        let (reply, http) = match &recorded.request {
            Came::Call { addressed, request, transport } => {
                (self.call(addressed, request, *transport, clock), None)
            }
            Came::Rest { addressed, head, body } => {
                let request = RestRequest { head, body: body.as_deref() };
                match self.rest(addressed, &request, clock) {
                    Ok(RestReply { status, body }) => (Ok(body), Some(status)),
                    Err(status) => (Err(status), None),
                }
            }
            Came::Refused { transport, rpc, resource, kind, refusal } => {
                let arrival = Arrival { transport: *transport, rpc, resource, kind: kind.clone() };
                (Err(self.refuse(&arrival, refusal.clone(), clock)), None)
            }
        };
        Replied { reply, http, delivery: self.delivery() }
    }
}
