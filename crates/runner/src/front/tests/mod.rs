//! The front, as clients of every kind meet it.

mod answers;
mod client;
mod faults;
mod looks;
mod trust;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use rescind_emulator::{Emulator, Server};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::{Front, Pki, Upstream};
use crate::testing::{service, setup};

/// Where the emulator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Here,
    Elsewhere,
}

const PLACES: [Place; 2] = [Place::Here, Place::Elsewhere];

/// A front for project `p`, and the emulator behind it, which has a project `q` as well.
struct House {
    front: Front,
    emulator: Emulator,
    pki: Pki,
    elsewhere: Option<(Runtime, Server)>,
    _folder: TempDir,
}

impl House {
    fn new(place: Place, schedule: &str) -> House {
        House::of(Emulator::new(Arc::new(SystemTime::now)), place, schedule)
    }

    fn of(emulator: Emulator, place: Place, schedule: &str) -> House {
        let mut scheduled = setup();
        scheduled.schedule = schedule.parse().unwrap();
        emulator.prepare("p", &scheduled).unwrap();
        emulator.prepare("q", &setup()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let pki = Pki::make(folder.path(), &["gaussdb-nosql.cn-north-4.myhuaweicloud.com"]).unwrap();
        let elsewhere = (place == Place::Elsewhere).then(|| serve(emulator.clone()));
        let upstream = match &elsewhere {
            None => Upstream::Embedded(emulator.clone()),
            Some((_, server)) => Upstream::Remote(server.address()),
        };
        let front = Front::start(upstream, "p", &service().besides, &pki).unwrap();
        House { front, emulator, pki, elsewhere, _folder: folder }
    }

    /// The requests of a project, as its journal names them.
    fn journal(&self, project: &str) -> Vec<String> {
        let entries = self.emulator.journal(project).unwrap();
        entries
            .iter()
            .map(|entry| format!("{:?} {} {}", entry.transport, entry.rpc, entry.reply.code))
            .collect()
    }
}

/// A server on a thread of its own, also for tests that have a runtime already.
fn serve(emulator: Emulator) -> (Runtime, Server) {
    let serve = || {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(Server::bind(emulator, SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        (runtime, server)
    };
    std::thread::scope(|scope| scope.spawn(serve).join().unwrap())
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some((runtime, server)) = self.elsewhere.take() {
            drop(server);
            runtime.shutdown_background();
        }
    }
}
