//! What a front does with a request.

use std::sync::Arc;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use rescind_emulator::control::PREFIX;
use rescind_emulator::wire::{self, Connection};
use rescind_emulator::{Emulator, Scope};
use tonic::body::Body;

use super::answering::{Answering, Reply};
use super::ledger::Ledger;
use super::{Upstream, token};

/// Answers the requests of one case. Clones are the same.
#[derive(Clone)]
pub struct Service {
    emulator: Emulator,
    scope: Arc<Scope>,
    ledger: Arc<Ledger>,
}

impl Service {
    /// What answers by `upstream`, within `scope`.
    pub fn new(upstream: Upstream, scope: Arc<Scope>, ledger: Arc<Ledger>) -> Service {
        let Upstream::Embedded(emulator) = upstream;
        Service { emulator: emulator.within(Arc::clone(&scope)), scope, ledger }
    }

    /// Where connections and requests are taken down.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Answers a request that came on this connection.
    pub async fn answer(self, connection: Connection, request: Request<Incoming>) -> Response<Reply<Body>> {
        let answering = Answering::begin(&self.ledger);
        let request = request.map(|body| Body::new(answering.request(body)));
        let response = self.route(connection, request).await;
        response.map(|body| answering.reply(body))
    }

    async fn route(self, connection: Connection, request: Request<Body>) -> Response<Body> {
        if token::is_asked_for(&request) {
            token::answer(request).await
        } else if request.uri().path().starts_with(PREFIX) {
            self.refuse_control(&request)
        } else {
            wire::answer(self.emulator, connection, request).await
        }
    }

    /// The services have no such path, and say so; that somebody looked for it is worth knowing.
    fn refuse_control(&self, request: &Request<Body>) -> Response<Body> {
        self.scope.note(format!("the control API ({} {})", request.method(), request.uri().path()));
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    }
}
