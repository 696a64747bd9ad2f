//! REST: the services' own APIs, and a generic transcoder between HTTP with JSON and the RPCs, by the rules of
//! google/api/http.proto.

mod reply;
mod request;
mod router;
mod template;

use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header, request::Parts};
use prost::Message;
use rescind_model::{Code, Transport};
use tonic::body::Body;

use self::reply::Style;
use self::router::PathMatch;
pub use self::router::Router;
use super::body;
use super::connection::Connection;
use crate::Emulator;
use crate::emulator::Answer;
use rescind_engine::{Delivery, RestRequest, Status};

/// Answers an HTTP request that is no gRPC call.
pub async fn answer(emulator: Emulator, connection: Connection, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let (response, delivery) = respond(&emulator, &head, body::read(body).await);
    connection.deliver(delivery).await;
    response
}

fn respond(emulator: &Emulator, head: &Parts, sent: Result<Bytes, Status>) -> (Response<Body>, Delivery) {
    let own = RestRequest { head, body: sent.as_ref().map(|sent| &**sent) };
    if let Some(addressed) = emulator.services().address_rest(&own) {
        let (reply, delivery) = emulator.answer_rest(&addressed, &own);
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return (body::written_json(status, reply.body), delivery);
    }
    let path = head.uri.path();
    let query = form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes());
    let query: Vec<(String, String)> = query.into_owned().collect();
    let style = Style::of(&query);
    match emulator.router().find(&head.method, path) {
        PathMatch::Route(route, captures) => {
            let request = sent.and_then(|body| request::bind(route, &captures, &query, &body));
            let method = &route.method;
            let answer = match request {
                Ok(request) => {
                    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
                    emulator.answer(&path, Transport::Rest, &request.encode_to_vec())
                }
                Err(status) => {
                    let resource = captures.first().map_or("", |(_, value)| value);
                    emulator.refuse(Transport::Rest, method.name(), resource, status)
                }
            };
            let response = match answer.reply {
                Ok(reply) => style.reply(method.output(), &reply, method.is_server_streaming()),
                Err(status) => style.error(&status),
            };
            (response, answer.delivery)
        }
        PathMatch::OtherMethods(methods) => {
            let allowed = methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ");
            let message = format!("{path} takes {allowed}, not {}.", head.method);
            let (status, delivery) = refuse_path(emulator, head, Status::new(Code::Unimplemented, message));
            let mut response = style.error_with(StatusCode::METHOD_NOT_ALLOWED, &status);
            response
                .headers_mut()
                .extend(HeaderValue::from_str(&allowed).map(|value| (header::ALLOW, value)));
            (response, delivery)
        }
        PathMatch::Nothing => {
            let status =
                Status::new(Code::NotFound, format!("{} {path}: there is no such method.", head.method));
            let (status, delivery) = refuse_path(emulator, head, status);
            (style.error(&status), delivery)
        }
    }
}

/// Refuses what is no request of any RPC, and has it journaled by HTTP method and path.
fn refuse_path(emulator: &Emulator, head: &Parts, refusal: Status) -> (Status, Delivery) {
    let path = head.uri.path();
    let resource = ["/v1/", "/v1beta/", "/v1alpha/"]
        .iter()
        .find_map(|version| path.strip_prefix(version))
        .unwrap_or(path);
    let rpc = format!("{} {path}", head.method);
    let Answer { reply, delivery } = emulator.refuse(Transport::Rest, &rpc, resource, refusal);
    let Err(status): Result<Infallible, Status> = reply;
    (status, delivery)
}
