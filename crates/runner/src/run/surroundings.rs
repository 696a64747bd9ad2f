//! What surrounds one case: its front, and where there are closed worlds, its world.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rescind_catalog::ServiceProfile;
use rescind_model::Limits;
use rescind_world::{Look, World, WorldServer};
use tokio_util::sync::CancellationToken;

use super::error::CaseError;

use crate::process::{self, FinishedProcess, Invocation};
use crate::{Backend, Context, Front, Pki};

/// What Google's libraries ask on a machine of Google's, to learn where they are. They do so by themselves, on every
/// machine, and do without an answer: nobody means anything by it.
const METADATA_NAMES: [&str; 3] = ["metadata.google.internal", "metadata.google.internal.", "metadata"];
const METADATA_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// Where gRPC's core looks for balancers of a service that is asked with Google's credentials. It does so by itself, too,
/// and without them asks the service.
fn balancers(host: &str) -> String {
    format!("_grpclb._tcp.{host}")
}

/// What surrounds one attempt at a case.
pub(super) struct Surroundings {
    front: Arc<Front>,
    /// None where time is real.
    world: Option<World>,
}

impl Surroundings {
    /// Starts a front for a project of a service, and prepares a world around it, with the case's folder in it.
    ///
    /// # Errors
    /// The system has no more ports or threads to give.
    pub(super) fn new(
        backend: &dyn Backend,
        pki: &Pki,
        service: &ServiceProfile,
        project: &str,
        limits: Limits,
        folder: &Path,
        closed: bool,
    ) -> Result<Surroundings, CaseError> {
        let front = Front::start(backend.upstream(), project, &service.besides, pki);
        let front = Arc::new(front.map_err(|source| CaseError::Front { source })?);
        let world = closed.then(|| {
            let world = World::new()
                .limits(rescind_world::TimeLimits {
                    virtual_time: Duration::from_millis(limits.deadline_ms),
                    processor_time: Duration::from_millis(limits.processor_ms),
                })
                .serve(service.hosts(), Arc::clone(&front) as Arc<dyn WorldServer>)
                .folder(folder)
                .writes_below([folder, Path::new("/dev"), Path::new("/proc")])
                .ignore_address(IpAddr::V4(METADATA_ADDRESS));
            let world = METADATA_NAMES.into_iter().fold(world, World::ignore_name);
            service.hosts().map(balancers).fold(world, World::ignore_name)
        });
        Ok(Surroundings { front, world })
    }

    /// Where the sample reaches the service.
    pub(super) fn address(&self) -> String {
        self.front.address().to_string()
    }

    /// Runs the sample's process, until it ends or has to be ended.
    pub(super) async fn run(
        &self,
        context: &Context,
        invocation: &Invocation,
        cancel: &CancellationToken,
    ) -> Result<FinishedProcess, CaseError> {
        let mut finished = match &self.world {
            Some(world) => process::run_in(world, invocation, cancel).await?,
            None => context.supervisor.run(invocation, cancel).await?,
        };
        // What it asked the front for that is not its own is out of its reach as well.
        finished.out_of_reach.extend(self.front.strangers());
        Ok(finished)
    }
}

impl WorldServer for Front {
    fn address(&self) -> std::net::SocketAddr {
        Front::address(self)
    }

    fn look(&self, connections: u64) -> Look {
        Front::look(self, connections)
    }
}
