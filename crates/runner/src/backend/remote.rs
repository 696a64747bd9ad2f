//! An emulator that runs elsewhere: its control API, over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rescind_emulator::control::{
    Done, ErrorDocument, Health, JournalDocument, PREFIX, Progress, ProjectDocument,
};
use rescind_model::{Entry, Snapshot};
use serde::de::DeserializeOwned;

use super::{Backend, BackendError};
use crate::{Setup, Upstream};

/// How long a call may take. The emulator answers at once; what takes longer is no answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running emulator, at an address.
#[derive(Clone, Debug)]
pub struct Remote {
    name: String,
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// No emulator that this rescind can use is at the address.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address names no machine.
    #[error("`{address}` is no address of an emulator; write HOST:PORT, as in 127.0.0.1:9010: {source}")]
    Address {
        /// As it was typed.
        address: String,
        /// What the resolver said.
        source: std::io::Error,
    },
    /// Nothing answers there, or something else does.
    #[error("no emulator answers at {address}: {message}; `rescind emulator` starts one")]
    NoAnswer {
        /// Where it was looked for.
        address: String,
        /// What came instead.
        message: String,
    },
    /// It is an emulator of another version, whose verdicts might be others.
    #[error(
        "the emulator at {address} is version {theirs}, and this is {ours}; use the same version for both"
    )]
    OtherVersion {
        /// Where it is.
        address: String,
        /// Its version.
        theirs: String,
        /// The version of this program.
        ours: &'static str,
    },
}

impl Remote {
    /// Finds the emulator at `HOST:PORT`. Samples will reach it by its IP address.
    ///
    /// # Errors
    /// There is none, or one of another version.
    pub async fn connect(address: &str) -> Result<Remote, ConnectError> {
        let failed = |source| ConnectError::Address { address: address.to_owned(), source };
        let mut found: Vec<SocketAddr> = tokio::net::lookup_host(address).await.map_err(failed)?.collect();
        // The emulator listens to one family, and to IPv4 unless it was told otherwise.
        found.sort_by_key(SocketAddr::is_ipv6);
        let mut refused = None;
        for socket in found {
            match Remote::connect_to(address.to_owned(), socket).await {
                Ok(remote) => return Ok(remote),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or_else(|| failed(std::io::Error::other("it has no IP address"))))
    }

    /// Finds the emulator at an address, which is called `name` in results.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub(super) async fn connect_to(name: String, address: SocketAddr) -> Result<Remote, ConnectError> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let remote = Remote { name, address, client };
        let health = remote
            .health()
            .await
            .map_err(|message| ConnectError::NoAnswer { address: remote.name.clone(), message })?;
        let ours = env!("CARGO_PKG_VERSION");
        if health.version != ours {
            return Err(ConnectError::OtherVersion { address: remote.name, theirs: health.version, ours });
        }
        Ok(remote)
    }

    /// Asks whether it is well.
    pub(super) async fn health(&self) -> Result<Health, String> {
        self.send(Method::GET, "health", Bytes::new()).await
    }

    /// Makes a call of a project.
    async fn call<T: DeserializeOwned>(
        &self,
        action: &str,
        method: Method,
        project: &str,
        what: &str,
        body: Bytes,
    ) -> Result<T, BackendError> {
        let path = format!("projects/{}{what}", utf8_percent_encode(project, NON_ALPHANUMERIC));
        let action = format!("{action} project {project}");
        self.send(method, &path, body).await.map_err(|message| BackendError { action, message })
    }

    async fn send<T: DeserializeOwned>(&self, method: Method, path: &str, body: Bytes) -> Result<T, String> {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{PREFIX}{path}", self.address))
            .header(header::CONTENT_TYPE, "application/json")
            // Only putting a project heeds it: one of another run is not to be replaced.
            .header(header::IF_NONE_MATCH, "*")
            .body(Full::new(body))
            .map_err(|error| error.to_string())?;
        let exchange = async {
            let response = self.client.request(request).await.map_err(|error| chain(&error))?;
            let status = response.status();
            let body = response.into_body().collect().await.map_err(|error| chain(&error))?;
            Ok((status, body.to_bytes()))
        };
        let answer: Result<_, String> = tokio::time::timeout(PATIENCE, exchange)
            .await
            .unwrap_or_else(|_| Err("it does not answer".into()));
        let (status, body) = answer?;
        if status != StatusCode::OK {
            let told = serde_json::from_slice::<ErrorDocument>(&body).map(|document| document.error.message);
            return Err(told.unwrap_or_else(|_| format!("it answers {status}, not as an emulator does")));
        }
        serde_json::from_slice(&body).map_err(|error| format!("it answers what no emulator does: {error}"))
    }
}

/// The messages of an error and of its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[async_trait]
impl Backend for Remote {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn address(&self) -> String {
        self.address.to_string()
    }

    fn upstream(&self) -> Upstream {
        Upstream::Remote(self.address)
    }

    async fn prepare(&self, project: &str, setup: &Setup) -> Result<(), BackendError> {
        let document = ProjectDocument { setup: setup.clone(), progress: Progress::Scheduled };
        let body = serde_json::to_vec(&document).map_err(|error| BackendError {
            action: format!("prepare project {project}"),
            message: error.to_string(),
        })?;
        let Done {} = self.call("prepare", Method::PUT, project, "", body.into()).await?;
        Ok(())
    }

    async fn snapshot(&self, project: &str) -> Result<Snapshot, BackendError> {
        self.call("look at", Method::GET, project, "/snapshot", Bytes::new()).await
    }

    async fn settle(&self, project: &str) -> Result<(), BackendError> {
        let _settled: Snapshot = self.call("settle", Method::POST, project, "/settle", Bytes::new()).await?;
        Ok(())
    }

    async fn journal(&self, project: &str) -> Result<Vec<Entry>, BackendError> {
        let journal: JournalDocument =
            self.call("read the journal of", Method::GET, project, "/journal", Bytes::new()).await?;
        Ok(journal.entries)
    }

    async fn remove(&self, project: &str) -> Result<(), BackendError> {
        let Done {} = self.call("remove", Method::DELETE, project, "", Bytes::new()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::SystemTime;

    use rescind_model::BackupState;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::Embedded;
    use crate::testing::setup;

    #[tokio::test]
    async fn it_says_of_each_project_what_the_emulator_itself_says() {
        let embedded = Embedded::start(Arc::new(SystemTime::now)).await.unwrap();
        let remote = Remote::connect(&embedded.address()).await.unwrap();
        assert_eq!(remote.address(), embedded.address());
        remote.prepare("a%b c?", &setup()).await.unwrap();
        let error = remote.prepare("a%b c?", &setup()).await.unwrap_err().to_string();
        assert!(error.contains("is there already, perhaps of another run"), "{error}");
        remote.settle("a%b c?").await.unwrap();
        let snapshot = remote.snapshot("a%b c?").await.unwrap();
        assert_eq!(snapshot, embedded.snapshot("a%b c?").await.unwrap());
        assert!(snapshot.backups[0].foreign);
        assert_eq!(remote.journal("a%b c?").await.unwrap(), []);
        remote.remove("a%b c?").await.unwrap();
        let here = embedded.snapshot("a%b c?").await.unwrap_err().to_string();
        assert_eq!(remote.snapshot("a%b c?").await.unwrap_err().to_string(), here);
        let mut setup = setup();
        setup.given.backups[0].state = BackupState::Deleting;
        let here = embedded.prepare("p", &setup).await.unwrap_err().to_string();
        assert_eq!(remote.prepare("p", &setup).await.unwrap_err().to_string(), here);
    }

    #[tokio::test]
    async fn what_is_no_emulator_is_told() {
        let error = Remote::connect("nonsense").await.unwrap_err().to_string();
        assert!(error.starts_with("`nonsense` is no address of an emulator; write HOST:PORT"), "{error}");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        for (answer, expected) in [
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "not as an emulator does"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "missing field `status`"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 38\r\n\r\n{\"status\":\"SERVING\",\"version\":\"0.0.0\"}",
                "is version 0.0.0, and this is",
            ),
        ] {
            let serve = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 1024];
                assert!(stream.read(&mut request).await.unwrap() > 0);
                stream.write_all(answer.as_bytes()).await.unwrap();
                stream
            };
            let (error, _stream) = tokio::join!(Remote::connect(&address), serve);
            let error = error.unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        drop(listener);
        let error = Remote::connect(&address).await.unwrap_err().to_string();
        assert!(error.contains("refused") && error.ends_with("`rescind emulator` starts one"), "{error}");
    }
}
