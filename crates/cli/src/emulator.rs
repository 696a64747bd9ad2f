//! `rescind emulator`: the emulator by itself, free-running, for people and for other test suites.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, anyhow};
use rescind_emulator::{Emulator, Server, Setup};
use rescind_model::{Given, Schedule, Service, exit};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{DatabasePath, EmulatorArgs};
use crate::failure::Failure;

/// Serves until Ctrl-C or TERM.
///
/// # Errors
/// An address that other machines can reach and that was not explicitly allowed; a port that is taken.
pub fn emulator(args: &EmulatorArgs) -> Result<u8, Failure> {
    if !args.host.is_loopback() && !args.allow_remote {
        return Err(Failure::usage(anyhow!(
            "{} can be reached from other machines, and the emulator has no authentication; \
             say --allow-remote if that is meant",
            args.host
        )));
    }
    let runtime = Runtime::new().context("cannot start the runtime").map_err(Failure::setup)?;
    runtime.block_on(serve(args))
}

async fn serve(args: &EmulatorArgs) -> Result<u8, Failure> {
    // Signals are caught before anybody can know that the emulator is there.
    let mut terminate =
        signal(SignalKind::terminate()).context("cannot wait for TERM").map_err(Failure::setup)?;
    let mut interrupt =
        signal(SignalKind::interrupt()).context("cannot wait for Ctrl-C").map_err(Failure::setup)?;
    let emulator = Emulator::free_running(Arc::new(SystemTime::now), args.operation_time);
    let seed = |path: &DatabasePath| {
        let setup = Setup {
            service: Service::Spanner,
            instance: path.instance.clone(),
            database: path.database.clone(),
            backup: String::new(),
            given: Given::default(),
            schedule: Schedule::default(),
        };
        (path.project.clone(), setup)
    };
    emulator.seed(args.database.iter().map(seed).collect()).map_err(Failure::usage)?;
    let bind = |port| Server::bind(emulator.clone(), SocketAddr::new(args.host, port));
    let grpc = bind(args.grpc_port).await.map_err(Failure::setup)?;
    let rest = bind(args.rest_port).await.map_err(Failure::setup)?;
    if !args.host.is_loopback() {
        anstream::eprintln!(
            "warning: other machines can reach {}, and there is no authentication",
            args.host
        );
    }
    anstream::print!(
        "# gRPC and REST on both ports; what gRPC clients need:\n\
         export SPANNER_EMULATOR_HOST={}\n\
         # what REST clients and gcloud need:\n\
         export CLOUDSDK_API_ENDPOINT_OVERRIDES_SPANNER=http://{}/\n\
         export CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true\n",
        grpc.address(),
        rest.address()
    );
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = idle(&emulator, args.stop_when_idle) => {}
    }
    tokio::join!(grpc.shutdown(), rest.shutdown());
    Ok(exit::OK)
}

/// Returns when nobody has asked the emulator anything for so long; never, if no time is given.
async fn idle(emulator: &Emulator, time: Option<Duration>) {
    let Some(time) = time else { return std::future::pending().await };
    let mut seen = emulator.requests();
    loop {
        tokio::time::sleep(time).await;
        let requests = emulator.requests();
        if requests == seen {
            return;
        }
        seen = requests;
    }
}
