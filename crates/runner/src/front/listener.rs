//! The listener of a front: clear text and TLS on one port.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rescind_emulator::wire::Connection;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::handler::CaseHandler;

/// The first byte of a TLS connection: the record type of a handshake (RFC 8446, 5.1). No request of HTTP begins so.
const HANDSHAKE: u8 = 0x16;
/// How long the listener rests when the system has no more sockets to give.
const PAUSE: Duration = Duration::from_millis(50);

/// What listens for the connections of a case.
pub struct Listener {
    listener: TcpListener,
    host: Host,
}

#[derive(Clone)]
struct Host {
    acceptor: TlsAcceptor,
    handler: CaseHandler,
}

impl Listener {
    /// Will serve what connects.
    pub fn new(listener: TcpListener, acceptor: TlsAcceptor, handler: CaseHandler) -> Listener {
        Listener { listener, host: Host { acceptor, handler } }
    }

    /// Serves what connects, for ever. Dropping this drops every connection.
    pub async fn accept(self) -> Infallible {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => drop(connections.spawn(self.host.clone().welcome(stream, peer))),
                    // No sockets left: who wants to connect waits, and is seen to wait.
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
            }
        }
    }
}

impl Host {
    /// Takes a connection down at once, and gives what serves it.
    fn welcome(self, stream: TcpStream, peer: SocketAddr) -> impl Future<Output = ()> + Send + 'static {
        let open = self.handler.ledger().open(peer);
        async move {
            let connection = Connection::default();
            tokio::select! {
                () = self.serve(stream, &connection) => {}
                () = connection.is_reset() => {}
            }
            drop(open);
        }
    }

    async fn serve(&self, stream: TcpStream, connection: &Connection) {
        // Replies are small and written whole: waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        let mut first = [0];
        // A connection that breaks is the client's affair, here and below.
        let Ok(1) = stream.peek(&mut first).await else { return };
        let stream = connection.watch(stream);
        if first == [HANDSHAKE] {
            if let Ok(stream) = self.acceptor.accept(stream).await {
                self.speak(stream, connection).await;
            }
        } else {
            self.speak(stream, connection).await;
        }
    }

    /// Answers requests over HTTP/1 or HTTP/2. There is no time-out: a client may keep a connection as long as it likes.
    async fn speak<S>(&self, stream: S, connection: &Connection)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let handler = self.handler.on(connection.clone());
        let handler = service_fn(move |request| {
            let handler = handler.clone();
            async move { Ok::<_, Infallible>(handler.answer(request).await) }
        });
        let _ = connection.builder().serve_connection(TokioIo::new(stream), handler).await;
    }
}
