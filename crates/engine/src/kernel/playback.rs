//! Playing what was recorded.

use prost_reflect::DynamicMessage;

use super::fault::Delivery;
use super::journal::Arrival;
use super::moments;
use super::project::Project;
use super::recording::{Came, Recorded};
use super::rest::{RestReply, RestRequest};
use super::status::Status;

/// What a client got for a request. Two are the same if they differ in nothing but in when something has happened during the
/// case.
#[derive(Clone, Debug, PartialEq)]
pub struct Replied {
    reply: Result<Told, Status>,
    /// The HTTP status of a REST API of a service's own.
    http: Option<u16>,
    delivery: Delivery,
}

/// What a reply says.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    /// A message, without the moments of the case.
    Message(DynamicMessage),
    /// A body that no proto describes.
    Body(Vec<u8>),
}

impl Project {
    /// Serves a request that was recorded, at the moment at which it was received then.
    pub fn play(&mut self, recorded: &Recorded) -> Replied {
        let clock = recorded.clock;
        let (reply, http) = match &recorded.request {
            Came::Call { addressed, request, transport } => {
                let reply = self.call(addressed, request, *transport, clock);
                let of = self.services().reply_of(addressed);
                let during = self.duration();
                let told = |reply: Vec<u8>| match of {
                    Some(of) => {
                        moments::without(&reply, of, &during).map_or(Told::Body(reply), Told::Message)
                    }
                    None => Told::Body(reply),
                };
                (reply.map(told), None)
            }
            Came::Rest { addressed, head, body } => {
                let request = RestRequest { head, body: body.as_deref() };
                match self.rest(addressed, &request, clock) {
                    Ok(RestReply { status, body }) => (Ok(Told::Body(body)), Some(status)),
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
