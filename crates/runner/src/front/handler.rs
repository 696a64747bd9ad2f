//! What a front does with a request.

use std::sync::Arc;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use rescind_emulator::control::PREFIX;
use rescind_emulator::wire::{self, Connection};
use rescind_emulator::{Emulator, Scope};
use tonic::body::Body;

use super::answering::{Answering, ReplyBody, Waits};
use super::forwarder::Forwarder;
use super::ledger::Ledger;
use super::upstream::Upstream;
use super::{besides, token};

/// Answers the requests of one case. Clones are the same.
#[derive(Clone)]
pub struct CaseHandler {
    upstream: Upstream,
    scope: Arc<Scope>,
    besides: Arc<[String]>,
    ledger: Arc<Ledger>,
}

/// Answers the requests of one connection. Clones are the same.
#[derive(Clone)]
pub struct ConnectionHandler {
    handler: CaseHandler,
    connection: Connection,
    way: Way,
}

/// How requests go upstream.
#[derive(Clone)]
enum Way {
    Embedded(Emulator),
    Remote(Forwarder),
}

impl CaseHandler {
    /// What answers by `upstream`, within `scope`, unless it is asked under one of the names `besides`.
    pub fn new(
        upstream: Upstream,
        scope: Arc<Scope>,
        besides: Arc<[String]>,
        ledger: Arc<Ledger>,
    ) -> CaseHandler {
        CaseHandler { upstream, scope, besides, ledger }
    }

    /// Where connections and requests are taken down.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// What answers on this connection.
    pub fn on(&self, connection: Connection) -> ConnectionHandler {
        let scope = Arc::clone(&self.scope);
        let way = match &self.upstream {
            Upstream::Embedded(emulator) => Way::Embedded(emulator.within(scope)),
            Upstream::Remote(address) => Way::Remote(Forwarder::new(*address, scope, connection.clone())),
        };
        ConnectionHandler { handler: self.clone(), connection, way }
    }
}

impl ConnectionHandler {
    /// Answers a request.
    pub async fn answer(self, request: Request<Incoming>) -> Response<ReplyBody<Body>> {
        let answering = Answering::begin(&self.handler.ledger);
        let waits = match self.way {
            Way::Embedded(_) => Waits::ForTheClient,
            // An emulator elsewhere may answer at any time what it has of a request.
            Way::Remote(_) => Waits::ForBoth,
        };
        let request = request.map(|body| Body::new(answering.request(body, waits)));
        let response = self.route(request).await;
        response.map(|body| answering.reply(body))
    }

    async fn route(self, request: Request<Body>) -> Response<Body> {
        if token::is_asked_for(&request) {
            return token::answer(request).await;
        }
        if besides::is_asked(&self.handler.besides, &request) {
            return besides::answer(request).await;
        }
        if request.uri().path().starts_with(PREFIX) {
            return self.refuse_control(&request);
        }
        match self.way {
            Way::Embedded(emulator) => wire::answer(emulator, self.connection, request).await,
            Way::Remote(remote) => remote.answer(request).await,
        }
    }

    /// The services have no such path, and say so; that somebody looked for it is worth knowing.
    fn refuse_control(&self, request: &Request<Body>) -> Response<Body> {
        let asked = format!("the control API ({} {})", request.method(), request.uri().path());
        self.handler.scope.note(asked);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    }
}
