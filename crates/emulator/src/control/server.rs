//! The listener of the control API: a port, or a Unix socket, that serves nothing else.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tonic::body::Body;

use super::answer::answer;
use super::guard::Guard;
use crate::Emulator;

/// How long the listener rests when the system has no more sockets to give.
const PAUSE: Duration = Duration::from_millis(50);

/// Where the control API listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlAddress {
    /// At an address; port 0 takes a free port.
    Tcp(SocketAddr),
    /// At a Unix socket, which is made, and which only the user who runs the emulator can connect to.
    Unix(PathBuf),
}

impl fmt::Display for ControlAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ControlAddress::Tcp(address) => address.fmt(f),
            ControlAddress::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl FromStr for ControlAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<ControlAddress, String> {
        match text.strip_prefix("unix:") {
            Some("") => Err("expected a path after `unix:`".to_owned()),
            Some(path) => Ok(ControlAddress::Unix(path.into())),
            None => tcp(text).map(ControlAddress::Tcp).ok_or_else(|| {
                "expected ADDRESS:PORT, as in 127.0.0.1:9030 or localhost:9030, or unix:PATH".to_owned()
            }),
        }
    }
}

/// An address and a port, as in 127.0.0.1:9030, localhost:9030 or http://127.0.0.1:9030.
fn tcp(text: &str) -> Option<SocketAddr> {
    let text = text.strip_prefix("http://").map_or(text, |rest| rest.strip_suffix('/').unwrap_or(rest));
    match text.split_once(':') {
        Some((host, port)) if host.eq_ignore_ascii_case("localhost") => {
            Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse::<u16>().ok()?)))
        }
        _ => text.parse().ok(),
    }
}

/// The control API could not listen.
#[derive(Debug, thiserror::Error)]
#[error("the control API cannot listen on {place}: {source}; choose another place with --control")]
pub struct ControlServeError {
    /// Where it was to listen.
    pub place: ControlAddress,
    /// Why not.
    pub source: io::Error,
}

/// A listener of the control API. Dropping it stops it at once.
#[derive(Debug)]
pub struct ControlServer {
    place: ControlAddress,
    task: JoinHandle<Infallible>,
}

impl ControlServer {
    /// Starts to listen. When this returns, clients can connect.
    ///
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The place cannot be listened on: it is taken, or it is a Unix socket, and this system has none.
    pub async fn bind(
        emulator: Emulator,
        place: ControlAddress,
        guard: Guard,
    ) -> Result<ControlServer, ControlServeError> {
        let asked = place.clone();
        let failed = |source| ControlServeError { place: asked.clone(), source };
        match place {
            ControlAddress::Tcp(address) => {
                let listener = TcpListener::bind(address).await.map_err(failed)?;
                let place = ControlAddress::Tcp(listener.local_addr().map_err(failed)?);
                let accept = async move || listener.accept().await.map(|(stream, _)| stream);
                Ok(ControlServer { place, task: tokio::spawn(serve(accept, emulator, guard)) })
            }
            #[cfg(unix)]
            ControlAddress::Unix(path) => {
                let listener = socket::listen(&path).await.map_err(failed)?;
                let accept = async move || listener.accept().await.map(|(stream, _)| stream);
                Ok(ControlServer {
                    place: ControlAddress::Unix(path),
                    task: tokio::spawn(serve(accept, emulator, guard)),
                })
            }
            #[cfg(not(unix))]
            ControlAddress::Unix(_) => Err(failed(io::ErrorKind::Unsupported.into())),
        }
    }

    /// Where it listens.
    pub fn place(&self) -> &ControlAddress {
        &self.place
    }
}

impl Drop for ControlServer {
    fn drop(&mut self) {
        self.task.abort();
        if let ControlAddress::Unix(path) = &self.place {
            // Gone already if somebody tidied up.
            let _ = std::fs::remove_file(path);
        }
    }
}

async fn serve<S>(accept: impl AsyncFn() -> io::Result<S>, emulator: Emulator, guard: Guard) -> Infallible
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = accept() => match accepted {
                Ok(stream) => drop(connections.spawn(speak(stream, emulator.clone(), guard.clone()))),
                // A client that gave up, or no sockets left: the listener itself is sound.
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
        }
    }
}

async fn speak<S>(stream: S, emulator: Emulator, guard: Guard)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
        let (emulator, guard) = (emulator.clone(), guard.clone());
        async move { Ok::<_, Infallible>(answer(emulator, &guard, request.map(Body::new)).await) }
    });
    // A connection that breaks is the client's affair.
    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

#[cfg(unix)]
mod socket {
    use std::fs::{self, Permissions};
    use std::io;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    use std::path::Path;

    use tokio::net::{UnixListener, UnixStream};

    /// Only the owner reads and writes.
    const OWNER: u32 = 0o600;

    /// Listens at a path, for the user who runs this alone. A socket at which nobody listens any more gives way.
    pub(super) async fn listen(path: &Path) -> io::Result<UnixListener> {
        let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        match fs::symlink_metadata(path) {
            Ok(found) if !found.file_type().is_socket() => return Err(io::ErrorKind::AlreadyExists.into()),
            Ok(_) if !UnixStream::connect(path).await.is_err_and(refused) => {
                return Err(io::ErrorKind::AddrInUse.into());
            }
            // What is in the way is replaced below; what is wrong with the folder is told there.
            Ok(_) | Err(_) => {}
        }
        // Made under another name, so that nobody can connect before it is the owner's alone.
        let made = path.with_added_extension(format!("{}", std::process::id()));
        let listener = UnixListener::bind(&made)?;
        fs::set_permissions(&made, Permissions::from_mode(OWNER))?;
        fs::rename(&made, path)?;
        Ok(listener)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_or_a_path() {
        for text in ["127.0.0.1:9030", "[::1]:0", "unix:/run/rescind.sock"] {
            assert_eq!(text.parse::<ControlAddress>().unwrap().to_string(), text);
        }
        for text in ["localhost:9030", "LOCALHOST:9030", "http://127.0.0.1:9030/", "http://localhost:9030"] {
            assert_eq!(text.parse::<ControlAddress>().unwrap().to_string(), "127.0.0.1:9030", "{text}");
        }
        for bad in [
            "",
            "9030",
            "example.com:9030",
            "localhost:",
            "https://127.0.0.1:1",
            "unix:",
            "/run/rescind.sock",
        ] {
            assert!(bad.parse::<ControlAddress>().is_err(), "{bad}");
        }
    }
}
