//! The control API of an emulator that runs elsewhere, as its client sees it.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rescind_emulator::control::{ErrorDocument, PREFIX};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// How long a call may take. The emulator answers at once; what takes longer is no answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the control API of an emulator is, and what opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Control {
    /// Where it listens.
    pub at: ControlAt,
    /// The token that the emulator printed or was given; none where it wants none, as at a Unix socket.
    pub token: Option<String>,
}

/// Where a control API listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlAt {
    /// At `HOST:PORT`.
    Tcp(String),
    /// At a Unix socket.
    Unix(PathBuf),
}

/// The token is nobody's business.
impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("at", &self.at).finish_non_exhaustive()
    }
}

impl fmt::Display for ControlAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ControlAt::Tcp(address) => f.write_str(address),
            ControlAt::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl FromStr for ControlAt {
    type Err = String;

    fn from_str(text: &str) -> Result<ControlAt, String> {
        if let Some(path) = text.strip_prefix("unix:").filter(|path| !path.is_empty()) {
            return Ok(ControlAt::Unix(path.into()));
        }
        match text.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0) => {
                Ok(ControlAt::Tcp(text.to_owned()))
            }
            _ => Err("expected HOST:PORT or unix:PATH".to_owned()),
        }
    }
}

impl Control {
    /// Makes a call, over a connection of its own.
    ///
    /// # Errors
    /// Nobody answers, or what is asked is not done: the message says why.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<T, String> {
        let request = self.request(method, path, body)?;
        let exchange = async {
            match &self.at {
                ControlAt::Tcp(address) => {
                    let stream = TcpStream::connect(address).await.map_err(|error| chain(&error))?;
                    // A call is written whole: waiting for more to send would only delay it.
                    let _ = stream.set_nodelay(true);
                    exchange(stream, request).await
                }
                #[cfg(unix)]
                ControlAt::Unix(path) => {
                    let stream =
                        tokio::net::UnixStream::connect(path).await.map_err(|error| chain(&error))?;
                    exchange(stream, request).await
                }
                #[cfg(not(unix))]
                ControlAt::Unix(_) => Err("this system has no Unix sockets".to_owned()),
            }
        };
        let (status, body) = tokio::time::timeout(PATIENCE, exchange)
            .await
            .unwrap_or_else(|_| Err("it does not answer".into()))?;
        match status {
            StatusCode::OK => serde_json::from_slice(&body)
                .map_err(|error| format!("it answers what no emulator does: {error}")),
            StatusCode::UNAUTHORIZED => Err(self.unauthorized()),
            status => {
                let told = serde_json::from_slice::<ErrorDocument>(&body).map(|it| it.error.message);
                Err(told.unwrap_or_else(|_| format!("it answers {status}, not as an emulator does")))
            }
        }
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Result<Request<Full<Bytes>>, String> {
        let host = match &self.at {
            ControlAt::Tcp(address) => address,
            ControlAt::Unix(_) => "localhost",
        };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{PREFIX}{path}"))
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, "application/json")
            // Only putting a project heeds it: one of another run is not to be replaced.
            .header(header::IF_NONE_MATCH, "*");
        if let Some(token) = &self.token {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                .map_err(|_| "its token has characters that no token has".to_owned())?;
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        request.body(Full::new(body)).map_err(|error| error.to_string())
    }

    fn unauthorized(&self) -> String {
        match &self.token {
            Some(_) => {
                "its token is another one; set RESCIND_CONTROL_TOKEN to the one that the emulator printed"
            }
            None => "it wants a token; set RESCIND_CONTROL_TOKEN to the one that the emulator printed",
        }
        .to_owned()
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| chain(&error))?;
    let reply = async {
        let response = sender.send_request(request).await.map_err(|error| chain(&error))?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| chain(&error))?;
        Ok((status, body.to_bytes()))
    };
    let never = async {
        // What breaks the connection breaks the call off as well, and is told there.
        let _ = connection.await;
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        reply = reply => reply,
        never = never => match never {},
    }
}

/// The messages of an error and of its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_api_is_found_by_an_address_or_a_path_and_its_token_stays_untold() {
        for text in ["127.0.0.1:9030", "emulator.test:80", "unix:/run/rescind.sock"] {
            assert_eq!(text.parse::<ControlAt>().unwrap().to_string(), text);
        }
        for bad in ["", "unix:", "host", "host:0", ":9030"] {
            assert!(bad.parse::<ControlAt>().is_err(), "{bad}");
        }
        let control = Control { at: "h:1".parse().unwrap(), token: Some("secret".to_owned()) };
        assert!(!format!("{control:?}").contains("secret"));
    }
}
