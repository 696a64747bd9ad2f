//! The front, as clients of every kind meet it.

mod answers;
mod client;
mod faults;
mod looks;
mod trust;

use std::sync::Arc;
use std::time::SystemTime;

use rescind_emulator::Emulator;
use tempfile::TempDir;

use super::{Front, Pki, Upstream};
use crate::testing::setup;

/// A front for project `p`, and the emulator behind it, which has a project `q` as well.
struct House {
    front: Front,
    emulator: Emulator,
    pki: Pki,
    _folder: TempDir,
}

impl House {
    fn embedded(schedule: &str) -> House {
        House::of(Emulator::new(Arc::new(SystemTime::now)), schedule)
    }

    fn of(emulator: Emulator, schedule: &str) -> House {
        let mut scheduled = setup();
        scheduled.schedule = schedule.parse().unwrap();
        emulator.prepare("p", &scheduled).unwrap();
        emulator.prepare("q", &setup()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let pki = Pki::make(folder.path(), &["gaussdb-nosql.cn-north-4.myhuaweicloud.com"]).unwrap();
        let front = Front::start(Upstream::Embedded(emulator.clone()), "p", &pki).unwrap();
        House { front, emulator, pki, _folder: folder }
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
