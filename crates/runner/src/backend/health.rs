//! Whether an emulator serves at an address: gRPC's health service, on the port of the services.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use super::control::chain;

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The RPC (grpc/health/v1/health.proto).
const CHECK: &str = "/grpc.health.v1.Health/Check";
/// An empty message, as gRPC frames it: it asks about the server as a whole.
const WHOLE: &[u8] = &[0; 5];
/// `HealthCheckResponse { status: SERVING }`, framed.
const SERVING: &[u8] = &[0, 0, 0, 0, 2, 0x08, 0x01];

/// Asks the emulator at an address whether it serves, and gives its version.
///
/// # Errors
/// Nothing answers there, or something else: the message says what.
pub(super) async fn check(address: SocketAddr) -> Result<String, String> {
    let asked = tokio::time::timeout(PATIENCE, ask(address)).await;
    let (headers, body) = asked.unwrap_or_else(|_| Err("it does not answer".to_owned()))?;
    let server = headers.get(header::SERVER).and_then(|server| server.to_str().ok());
    let version = server.and_then(|server| server.strip_prefix("rescind/"));
    match version {
        Some(version) if body == SERVING => Ok(version.to_owned()),
        Some(_) => Err("it says that it does not serve".to_owned()),
        None => Err("it does not answer as an emulator does".to_owned()),
    }
}

async fn ask(address: SocketAddr) -> Result<(HeaderMap, Bytes), String> {
    let stream = TcpStream::connect(address).await.map_err(|error| chain(&error))?;
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.map_err(|error| chain(&error))?;
    let request = Request::post(format!("http://{address}{CHECK}"))
        .header(header::CONTENT_TYPE, "application/grpc")
        .header(header::TE, "trailers")
        .body(Full::new(Bytes::from_static(WHOLE)))
        .map_err(|error| error.to_string())?;
    let reply = async {
        let response = sender.send_request(request).await.map_err(|error| chain(&error))?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| chain(&error))?;
        Ok((head.headers, body.to_bytes()))
    };
    tokio::pin!(connection, reply);
    tokio::select! {
        reply = &mut reply => reply,
        // What ended the connection is what there is to tell, unless the reply came before it.
        ended = &mut connection => match ended {
            Err(error) => Err(chain(&error)),
            Ok(()) => reply.await,
        },
    }
}
