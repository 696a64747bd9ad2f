//! The listener.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tonic::body::Body;

use super::answer::answer_within;
use super::connection::Connection;
use crate::Emulator;

/// How long requests that are being served may take until a server that shuts down breaks them off.
const GRACE: Duration = Duration::from_secs(2);
/// How long the listener rests when the system has no more sockets to give.
const PAUSE: Duration = Duration::from_millis(50);

/// The server could not listen.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}")]
pub struct ServeError {
    /// The address that was asked for.
    pub address: SocketAddr,
    /// Why not.
    pub source: io::Error,
}

/// A server that listens. Dropping it stops it at once; [`Server::shutdown`] lets it finish what it is at.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts to listen; port 0 takes a free port. When this returns, clients can connect.
    ///
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn bind(emulator: Emulator, address: SocketAddr) -> Result<Server, ServeError> {
        let failed = |source| ServeError { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(listener, emulator, stopped));
        Ok(Server { address, stop: Some(stop), task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, and returns when every request has been answered, or after two seconds.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // The other end is gone only if the task is, and then there is nothing left to stop.
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, emulator: Emulator, mut stopped: oneshot::Receiver<()>) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => serve(stream, &emulator, &graceful, &mut connections),
                // A client that gave up, or no sockets left: the listener itself is sound.
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
        }
    }
    drop(listener);
    // What is not finished by then is broken off, when `connections` is dropped.
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

fn serve(stream: TcpStream, emulator: &Emulator, graceful: &GracefulShutdown, connections: &mut JoinSet<()>) {
    // Replies are small and written whole: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let emulator = emulator.clone();
    let handle = Connection::default();
    let stream = handle.watch(stream);
    let broken = handle.clone();
    let builder = handle.builder();
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = answer_within(emulator.clone(), handle.clone(), request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned());
    connections.spawn(async move {
        tokio::select! {
            // A connection that breaks is the client's affair.
            _ = connection => {}
            () = broken.is_reset() => {}
        }
    });
}
