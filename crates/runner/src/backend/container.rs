//! An emulator in a container of its own, on this machine.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use rescind_model::{Entry, ResourceChange, Snapshot};
use testcontainers::bollard::models::{HostConfig, PortBinding};
use testcontainers::core::build::build_options::BuildImageOptions;
use testcontainers::core::client::docker_client_instance;
use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::{AsyncBuilder, AsyncRunner};
use testcontainers::{ContainerAsync, GenericBuildableImage, GenericImage, ImageExt};
use tokio::sync::Mutex;
use tokio_util::task::AbortOnDropHandle;

use super::control::{Control, ControlAt};
use super::image::{Image, ImageError, LABEL, VERSION};
use super::remote::{ConnectError, Remote};
use super::{Backend, BackendError};
use crate::{Setup, Upstream};

/// The repository of the images that are built here.
const REPOSITORY: &str = "rescind-emulator";
/// The port of gRPC and REST in the container.
const PORT: u16 = 9010;
/// The port of the control API there.
const CONTROL_PORT: u16 = 9030;
/// The emulator prints this once it listens.
const LISTENS: &str = "export RESCIND_CONTROL=";
/// After so many seconds without a request the emulator stops by itself, and the daemon removes its container: nothing
/// stays behind, however this process ends.
const IDLE_SECONDS: u32 = 10;
/// How often it is asked whether it is well, so that it stays while it is needed.
const PULSE: Duration = Duration::from_secs(3);

/// An emulator in a container.
pub struct Container {
    remote: Remote,
    container: Mutex<Option<ContainerAsync<GenericImage>>>,
    _pulse: AbortOnDropHandle<()>,
}

/// There is no emulator in a container.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// There is no daemon.
    #[error(
        "no Docker daemon answers ({0}); start one, or leave out `--emulator container` to use the embedded emulator"
    )]
    NoDaemon(String),
    /// No image can be made of this program.
    #[error("cannot make an image of this program: {0}")]
    Image(#[from] ImageError),
    /// The daemon does not build it.
    #[error("cannot build the emulator's image: {0}")]
    Build(String),
    /// The container does not start, or what it runs ends, or there is no such image.
    #[error("cannot start a container of {image}: {message}")]
    Start {
        /// The image.
        image: String,
        /// What the daemon said.
        message: String,
    },
    /// It started, and is not an emulator that can be used.
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

impl Container {
    /// Starts this executable's emulator in a container, of an image that is made of the executable itself. Its control
    /// API will want `token`.
    ///
    /// Must be called within a tokio runtime of several threads.
    ///
    /// # Errors
    /// There is no daemon, or it does not build or start it.
    pub async fn of_executable(executable: &Path, token: String) -> Result<Container, ContainerError> {
        find_daemon().await?;
        let image = Image::of(executable)?;
        let mut build = GenericBuildableImage::new(REPOSITORY, &image.tag);
        build = build.with_dockerfile_string(image.dockerfile);
        for (file, target) in image.files {
            build = build.with_file(file, target);
        }
        // The tag names the content, so an image that is there is the right one.
        let options = BuildImageOptions::new().with_skip_if_exists(true);
        let built =
            build.build_image_with(options).await.map_err(|error| ContainerError::Build(chain(&error)))?;
        Container::start(built, "container".to_owned(), &format!("{REPOSITORY}:{}", image.tag), token).await
    }

    /// Starts a container of an image of rescind, which the daemon has or can get. Its control API will want `token`.
    ///
    /// Must be called within a tokio runtime of several threads.
    ///
    /// # Errors
    /// There is no daemon or no such image, or it is not one of this version of rescind.
    pub async fn of_image(name: &str, token: String) -> Result<Container, ContainerError> {
        find_daemon().await?;
        let (repository, tag) = split(name);
        Container::start(GenericImage::new(repository, tag), format!("container {name}"), name, token).await
    }

    async fn start(
        image: GenericImage,
        name: String,
        shown: &str,
        token: String,
    ) -> Result<Container, ContainerError> {
        let failed = |error: testcontainers::TestcontainersError| ContainerError::Start {
            image: shown.to_owned(),
            message: chain(&error),
        };
        let request = image
            .with_wait_for(WaitFor::message_on_stdout(LISTENS))
            .with_cmd(["--stop-when-idle", &IDLE_SECONDS.to_string()])
            .with_env_var("RESCIND_CONTROL_TOKEN", &token)
            .with_label(LABEL, VERSION)
            .with_host_config_modifier(publish);
        let container = request.start().await.map_err(failed)?;
        let published = async |port: u16| {
            let port = container.get_host_port_ipv4(port.tcp()).await.map_err(failed)?;
            Ok::<_, ContainerError>(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        };
        let at = ControlAt::Tcp(published(CONTROL_PORT).await?.to_string());
        let control = Control { at, token: Some(token) };
        let remote = Remote::connect_to(name, published(PORT).await?, control).await?;
        let pulse = AbortOnDropHandle::new(tokio::spawn(keep_alive(remote.clone())));
        Ok(Container { remote, container: Mutex::new(Some(container)), _pulse: pulse })
    }
}

/// The emulator's ports go to free ones of the loopback interface only: its services have no authentication.
fn publish(host: &mut HostConfig) {
    let anywhere = PortBinding { host_ip: Some(Ipv4Addr::LOCALHOST.to_string()), host_port: None };
    let bindings = [PORT, CONTROL_PORT].map(|port| (format!("{port}/tcp"), Some(vec![anywhere.clone()])));
    host.publish_all_ports = Some(false);
    host.port_bindings = Some(HashMap::from(bindings));
    host.auto_remove = Some(true);
}

async fn find_daemon() -> Result<(), ContainerError> {
    let client = docker_client_instance().await.map_err(|error| ContainerError::NoDaemon(chain(&error)))?;
    client.ping().await.map(drop).map_err(|error| ContainerError::NoDaemon(chain(&error)))
}

async fn keep_alive(remote: Remote) {
    loop {
        tokio::time::sleep(PULSE).await;
        // If it is gone, the next call that matters says so.
        let _ = remote.health().await;
    }
}

/// The repository and the tag of an image's name; `latest` if it has none.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((name, "latest"))
}

/// The messages of an error and of its causes, but for a cause that the message before it spells out already.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let causes = std::iter::successors(error.source(), |error| error.source());
    for cause in causes.map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[async_trait]
impl Backend for Container {
    fn name(&self) -> String {
        self.remote.name()
    }

    fn upstream(&self) -> Upstream {
        self.remote.upstream()
    }

    async fn prepare(&self, project: &str, setup: &Setup) -> Result<(), BackendError> {
        self.remote.prepare(project, setup).await
    }

    async fn snapshot(&self, project: &str) -> Result<Snapshot, BackendError> {
        self.remote.snapshot(project).await
    }

    async fn settle(&self, project: &str) -> Result<(), BackendError> {
        self.remote.settle(project).await
    }

    async fn changes(&self, project: &str) -> Result<Vec<ResourceChange>, BackendError> {
        self.remote.changes(project).await
    }

    async fn journal(&self, project: &str) -> Result<Vec<Entry>, BackendError> {
        self.remote.journal(project).await
    }

    async fn remove(&self, project: &str) -> Result<(), BackendError> {
        self.remote.remove(project).await
    }

    async fn close(&self) -> Result<(), BackendError> {
        let Some(container) = self.container.lock().await.take() else { return Ok(()) };
        let id = container.id().to_owned();
        container.rm().await.map_err(|error| BackendError {
            action: format!("be removed with its container {id}"),
            message: chain(&error),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_s_name_is_split_at_its_tag() {
        assert_eq!(split("rescind"), ("rescind", "latest"));
        assert_eq!(split("localhost:5000/rescind"), ("localhost:5000/rescind", "latest"));
        assert_eq!(split("localhost:5000/rescind:0.1"), ("localhost:5000/rescind", "0.1"));
        assert_eq!(split("rescind@sha256:12ab"), ("rescind@sha256", "12ab"));
    }
}
