//! The way to an emulator that runs elsewhere: requests and replies are passed on as they come.
//!
//! Each connection of the case has connections of its own to the emulator, so that a fault that resets one of them
//! resets the same one of the case, with everything that is under way on it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, Version, header};
use hyper::client::conn::{TrySendError, http1, http2};
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use rescind_emulator::Scope;
use rescind_emulator::wire::{Connection, PROJECT, STRANGER};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tonic::body::Body;

use super::passing::Passing;

/// What concerns one connection and is not passed on (RFC 9110, 7.6.1), and what the front has seen to.
const OF_ONE_CONNECTION: [HeaderName; 6] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::EXPECT,
    HeaderName::from_static("proxy-connection"),
];

/// How often a request is handed to the emulator that has not been taken: a connection that was idle may just have
/// ended.
const ATTEMPTS: u32 = 2;

/// The way of one connection of the case. Clones are the same way.
#[derive(Clone)]
pub struct Forwarder {
    address: SocketAddr,
    scope: Arc<Scope>,
    connection: Connection,
    http1: Arc<Mutex<Option<http1::SendRequest<Body>>>>,
    http2: Arc<Mutex<Option<http2::SendRequest<Body>>>>,
}

/// A request did not come to a reply.
enum Failed {
    /// The emulator has taken it, or cannot be reached at all.
    Lost,
    /// Nobody has taken it.
    Untaken(Box<Request<Body>>),
}

impl From<io::Error> for Failed {
    fn from(_: io::Error) -> Failed {
        Failed::Lost
    }
}

impl From<hyper::Error> for Failed {
    fn from(_: hyper::Error) -> Failed {
        Failed::Lost
    }
}

impl From<TrySendError<Request<Body>>> for Failed {
    fn from(mut error: TrySendError<Request<Body>>) -> Failed {
        error.take_message().map_or(Failed::Lost, |request| Failed::Untaken(Box::new(request)))
    }
}

impl Forwarder {
    /// The way from a connection to the emulator at an address.
    pub fn new(address: SocketAddr, scope: Arc<Scope>, connection: Connection) -> Forwarder {
        Forwarder { address, scope, connection, http1: Arc::default(), http2: Arc::default() }
    }

    /// Has the emulator answer a request. Where it does not, the connection of the case is reset.
    pub async fn answer(self, request: Request<Body>) -> Response<Body> {
        let version = request.version();
        match self.send(self.outgoing(request)).await {
            Some(response) => self.incoming(response, version),
            None => {
                self.connection.reset();
                std::future::pending().await
            }
        }
    }

    async fn send(&self, request: Request<Body>) -> Option<Response<Body>> {
        let mut request = Box::new(request);
        for _ in 0..ATTEMPTS {
            let sent = match request.version() {
                Version::HTTP_2 => self.send_by_http2(*request).await,
                _ => self.send_by_http1(*request).await,
            };
            match sent {
                Ok(response) => return Some(response),
                Err(Failed::Untaken(untaken)) => request = untaken,
                Err(Failed::Lost) => return None,
            }
        }
        None
    }

    async fn send_by_http1(&self, request: Request<Body>) -> Result<Response<Body>, Failed> {
        let mut sender = self.http1.lock().await;
        let sender = match &mut *sender {
            Some(sender) if !sender.is_closed() => sender,
            sender => {
                let (new, driver) = http1::handshake(TokioIo::new(self.connect().await?)).await?;
                self.connection.spawn(driver);
                sender.insert(new)
            }
        };
        if sender.ready().await.is_err() {
            return Err(Failed::Untaken(Box::new(request)));
        }
        Ok(sender.try_send_request(request).await?.map(Body::new))
    }

    async fn send_by_http2(&self, request: Request<Body>) -> Result<Response<Body>, Failed> {
        let mut sender = self.http2_sender().await?;
        Ok(sender.try_send_request(request).await?.map(Body::new))
    }

    /// A sender of its own for each request: those of one connection are under way side by side.
    async fn http2_sender(&self) -> Result<http2::SendRequest<Body>, Failed> {
        let mut kept = self.http2.lock().await;
        if let Some(sender) = kept.as_ref().filter(|sender| !sender.is_closed()) {
            return Ok(sender.clone());
        }
        let stream = TokioIo::new(self.connect().await?);
        let (sender, driver) = http2::handshake(self.connection.tasks(), stream).await?;
        self.connection.spawn(driver);
        Ok(kept.insert(sender).clone())
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// The request as it goes to the emulator: bound to the project of the case.
    fn outgoing(&self, request: Request<Body>) -> Request<Body> {
        let (mut head, body) = request.into_parts();
        let authority = head.uri.authority().cloned();
        strip(&mut head.headers);
        head.headers.remove(STRANGER);
        let project = utf8_percent_encode(self.scope.project(), NON_ALPHANUMERIC).to_string();
        // Percent-encoded text is always a value.
        if let Ok(project) = HeaderValue::from_str(&project) {
            head.headers.insert(PROJECT, project);
        }
        let path = head.uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        if head.version == Version::HTTP_2 {
            head.uri = absolute(authority, path).unwrap_or(head.uri);
        } else {
            head.version = Version::HTTP_11;
            head.uri = Uri::from(path);
            let host = || HeaderValue::from_str(&self.address.to_string()).ok();
            if !head.headers.contains_key(header::HOST)
                && let Some(host) = host()
            {
                head.headers.insert(header::HOST, host);
            }
        }
        Request::from_parts(head, body)
    }

    /// The reply as it goes to the case. What it says about strangers is for the front.
    fn incoming(&self, response: Response<Body>, version: Version) -> Response<Body> {
        let (mut head, body) = response.into_parts();
        for stranger in head.headers.get_all(STRANGER) {
            self.scope.note(percent_decode(stranger.as_bytes()).decode_utf8_lossy().into_owned());
        }
        head.headers.remove(STRANGER);
        strip(&mut head.headers);
        head.version = version;
        Response::from_parts(head, Body::new(Passing::new(body, self.connection.clone())))
    }
}

fn strip(headers: &mut HeaderMap) {
    for name in OF_ONE_CONNECTION {
        headers.remove(name);
    }
}

/// HTTP/2 names the whole of what is asked for. The emulator is spoken to in clear text.
fn absolute(authority: Option<Authority>, path: PathAndQuery) -> Option<Uri> {
    let authority = authority.unwrap_or_else(|| Authority::from_static("localhost"));
    Uri::builder().scheme(Scheme::HTTP).authority(authority).path_and_query(path).build().ok()
}
