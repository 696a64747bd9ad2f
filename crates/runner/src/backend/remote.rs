//! An emulator that runs elsewhere: its services, and its control API.

use std::net::SocketAddr;

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rescind_emulator::control::{ChangesDocument, Done, Health, JournalDocument, Progress, ProjectDocument};
use rescind_model::{Entry, ResourceChange, Snapshot};
use serde::de::DeserializeOwned;

use super::control::{Control, ControlAt};
use super::{Backend, BackendError, health};
use crate::{Setup, Upstream};

/// A running emulator, at an address.
#[derive(Clone, Debug)]
pub struct Remote {
    name: String,
    address: SocketAddr,
    control: Control,
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
    /// It answers, and takes no orders.
    #[error("the emulator at {address} cannot be controlled at {control}: {message}")]
    NoControl {
        /// Where the emulator is.
        address: String,
        /// Where its control API was looked for.
        control: ControlAt,
        /// Why not.
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

/// Finds out whether an emulator of this version serves at `HOST:PORT`, by gRPC's health service, and gives its IP
/// address.
///
/// # Errors
/// There is none, or one of another version.
pub async fn find_emulator(address: &str) -> Result<SocketAddr, ConnectError> {
    let failed = |source| ConnectError::Address { address: address.to_owned(), source };
    let mut found: Vec<SocketAddr> = tokio::net::lookup_host(address).await.map_err(failed)?.collect();
    // The emulator listens to one family, and to IPv4 unless it was told otherwise.
    found.sort_by_key(SocketAddr::is_ipv6);
    let mut refused = None;
    for socket in found {
        match health::check(socket).await {
            Ok(version) => return same_version(address, version).map(|()| socket),
            Err(message) => refused = refused.or(Some(message)),
        }
    }
    Err(match refused {
        Some(message) => ConnectError::NoAnswer { address: address.to_owned(), message },
        None => failed(std::io::Error::other("it has no IP address")),
    })
}

fn same_version(address: &str, theirs: String) -> Result<(), ConnectError> {
    let ours = env!("CARGO_PKG_VERSION");
    if theirs == ours {
        return Ok(());
    }
    Err(ConnectError::OtherVersion { address: address.to_owned(), theirs, ours })
}

impl Remote {
    /// Finds the emulator at `HOST:PORT`, and its control API. Samples will reach it by its IP address.
    ///
    /// # Errors
    /// There is none, or one of another version, or one that takes no orders.
    pub async fn connect(address: &str, control: Control) -> Result<Remote, ConnectError> {
        let socket = find_emulator(address).await?;
        Remote::connect_to(address.to_owned(), socket, control).await
    }

    /// Finds the control API of an emulator at an address, which is called `name` in results.
    ///
    /// # Errors
    /// It does not take orders, or is of another version.
    pub(super) async fn connect_to(
        name: String,
        address: SocketAddr,
        control: Control,
    ) -> Result<Remote, ConnectError> {
        let remote = Remote { name, address, control };
        let health = remote.health().await.map_err(|message| ConnectError::NoControl {
            address: remote.name.clone(),
            control: remote.control.at.clone(),
            message,
        })?;
        same_version(&remote.name, health.version)?;
        Ok(remote)
    }

    /// Asks whether it is well.
    pub(super) async fn health(&self) -> Result<Health, String> {
        self.control.call(Method::GET, "health", Bytes::new()).await
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
        self.control.call(method, &path, body).await.map_err(|message| BackendError { action, message })
    }
}

#[async_trait]
impl Backend for Remote {
    fn name(&self) -> String {
        self.name.clone()
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

    async fn changes(&self, project: &str) -> Result<Vec<ResourceChange>, BackendError> {
        let document: ChangesDocument =
            self.call("compare", Method::GET, project, "/changes", Bytes::new()).await?;
        Ok(document.changes)
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
    use std::net::Ipv4Addr;
    use std::sync::Arc;
    use std::time::SystemTime;

    use rescind_emulator::control::{ControlAddress, ControlServer, Guard};
    use rescind_emulator::{Emulator, Server};
    use rescind_model::BackupState;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::testing::setup;

    /// An emulator, its services and its control API, which wants this token.
    async fn serve(place: ControlAddress, token: Option<&str>) -> (Emulator, Server, ControlServer) {
        let emulator = Emulator::new(Arc::new(SystemTime::now));
        let server = Server::bind(emulator.clone(), anywhere()).await.unwrap();
        let guard = Guard { token: token.map(str::to_owned), any_host: false };
        let control = ControlServer::bind(emulator.clone(), place, guard).await.unwrap();
        (emulator, server, control)
    }

    fn anywhere() -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
    }

    fn control(at: impl ToString, token: Option<&str>) -> Control {
        Control { at: at.to_string().parse().unwrap(), token: token.map(str::to_owned) }
    }

    async fn says_what_the_emulator_says(remote: &Remote, emulator: &Emulator) {
        remote.prepare("a%b c?", &setup()).await.unwrap();
        let error = remote.prepare("a%b c?", &setup()).await.unwrap_err().to_string();
        assert!(error.contains("is there already, perhaps of another run"), "{error}");
        remote.settle("a%b c?").await.unwrap();
        let snapshot = remote.snapshot("a%b c?").await.unwrap();
        assert_eq!(snapshot, emulator.snapshot("a%b c?").unwrap());
        assert!(snapshot.backups[0].foreign);
        assert_eq!(remote.journal("a%b c?").await.unwrap(), []);
        remote.remove("a%b c?").await.unwrap();
        let here = emulator.snapshot("a%b c?").unwrap_err().to_string();
        let there = remote.snapshot("a%b c?").await.unwrap_err().to_string();
        assert!(there.ends_with(&here), "{there}");
        let mut setup = setup();
        setup.given.backups[0].state = BackupState::Deleting;
        let error = remote.prepare("p", &setup).await.unwrap_err().to_string();
        assert!(error.ends_with("given backup `b1`: backups of Spanner are never DELETING"), "{error}");
    }

    #[tokio::test]
    async fn it_says_of_each_project_what_the_emulator_itself_says() {
        let (emulator, server, orders) = serve(ControlAddress::Tcp(anywhere()), Some("t")).await;
        let address = server.address().to_string();
        let remote = Remote::connect(&address, control(orders.place(), Some("t"))).await.unwrap();
        assert_eq!(remote.name(), address);
        says_what_the_emulator_says(&remote, &emulator).await;
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn it_is_controlled_by_a_unix_socket_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        let (emulator, server, orders) = serve(ControlAddress::Unix(path.clone()), None).await;
        let remote =
            Remote::connect(&server.address().to_string(), control(orders.place(), None)).await.unwrap();
        says_what_the_emulator_says(&remote, &emulator).await;
        // One that is in use stays; one that nobody listens at gives way.
        let taken =
            ControlServer::bind(emulator.clone(), ControlAddress::Unix(path.clone()), Guard::default()).await;
        assert!(taken.unwrap_err().to_string().contains("choose another place with --control"));
        drop(orders);
        assert!(!path.exists(), "it leaves nothing behind");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        ControlServer::bind(emulator, ControlAddress::Unix(path), Guard::default()).await.unwrap();
    }

    #[tokio::test]
    async fn an_emulator_that_takes_no_orders_is_told_from_one_that_is_not_there() {
        let (_emulator, server, orders) = serve(ControlAddress::Tcp(anywhere()), Some("t")).await;
        let address = server.address().to_string();
        let refused = async |control| Remote::connect(&address, control).await.unwrap_err().to_string();
        let error = refused(control(orders.place(), None)).await;
        assert!(error.contains("cannot be controlled at 127.0.0.1:"), "{error}");
        assert!(
            error.ends_with(
                "it wants a token; set RESCIND_CONTROL_TOKEN to the one that the emulator printed"
            )
        );
        let error = refused(control(orders.place(), Some("u"))).await;
        assert!(error.contains("its token is another one"), "{error}");
        // The services give no orders either.
        let error = refused(control(&address, Some("t"))).await;
        assert!(error.contains("cannot be controlled"), "{error}");
        let place = orders.place().to_string();
        drop(orders);
        let error = refused(control(place, Some("t"))).await;
        assert!(error.contains("refused"), "{error}");
    }

    #[tokio::test]
    async fn what_is_no_emulator_is_told() {
        let error = find_emulator("nonsense").await.unwrap_err().to_string();
        assert!(error.starts_with("`nonsense` is no address of an emulator; write HOST:PORT"), "{error}");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            stream
        };
        let (error, _stream) = tokio::join!(find_emulator(&address), serve);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(&format!("no emulator answers at {address}")), "{error}");
        drop(listener);
        let error = find_emulator(&address).await.unwrap_err().to_string();
        assert!(error.contains("refused") && error.ends_with("`rescind emulator` starts one"), "{error}");
    }

    #[test]
    fn another_version_is_refused() {
        let error = same_version("h:1", "0.0.0".to_owned()).unwrap_err().to_string();
        assert!(error.contains("is version 0.0.0, and this is"), "{error}");
        same_version("h:1", env!("CARGO_PKG_VERSION").to_owned()).unwrap();
    }
}
