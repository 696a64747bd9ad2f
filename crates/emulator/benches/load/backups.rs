//! Memory and times with many backups, in one project of the engine.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use prost::Message;
use prost_types::Timestamp;
use rescind_emulator::Setup;
use rescind_emulator::engine::rpc::{database_admin as databases, operations_service as operations};
use rescind_emulator::engine::{Choices, Project, Settings, Time};
use rescind_emulator::proto::{database as pb, longrunning};
use rescind_model::{Given, Service, Transport};

use crate::program::resident;

const INSTANCE: &str = "projects/p/instances/test";
const DATABASE: &str = "projects/p/instances/test/databases/db";
/// How often a single call is repeated, each time for another backup.
const CALLS: usize = 1000;

/// Prints a row for each number of backups.
pub fn measure() {
    println!(
        "| backups | memory each (on the wire) | get | cancel | delete | first page | full listing | with a filter |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for count in [1, 10_000, 100_000, 1_000_000] {
        row(count);
    }
}

fn row(count: usize) {
    let before = resident("self");
    let mut store = Store::new(count);
    let each = resident("self").saturating_sub(before) as f64 / count as f64;
    let each = if count == 1 { "".to_owned() } else { format!("{each:.0} B ({} B)", store.encoded) };
    let get = store.time(|store, id| {
        let name = format!("{INSTANCE}/backups/{id}");
        let request = pb::GetBackupRequest { name };
        store.project.handle::<databases::GetBackup>(request, Transport::Grpc, store.clock).unwrap();
    });
    let cancel = store.time(|store, id| {
        // Backups that are made have their operations ended; a cancel of one is legal, and has no effect.
        let name = format!("{INSTANCE}/backups/{id}/operations/{}", store.operation(id));
        let request = longrunning::CancelOperationRequest { name };
        store.project.handle::<operations::CancelOperation>(request, Transport::Grpc, store.clock).unwrap();
    });
    let (page, _) = timed(|| store.list("", 100, false));
    let (all, listed) = timed(|| store.list("", 1000, true));
    assert_eq!(listed, count);
    let (filtered, found) = timed(|| store.list("name:backup-0000000", 1000, true));
    assert_eq!(found, 1);
    let delete = store.time(|store, id| {
        let request = pb::DeleteBackupRequest { name: format!("{INSTANCE}/backups/{id}") };
        store.project.handle::<databases::DeleteBackup>(request, Transport::Grpc, store.clock).unwrap();
    });
    println!(
        "| {count} | {each} | {get:.1?} | {cancel:.1?} | {delete:.1?} | {page:.1?} | {all:.1?} | {filtered:.1?} |"
    );
}

fn timed<T>(call: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let done = call();
    (begin.elapsed(), done)
}

struct Store {
    project: Project,
    clock: Time,
    count: usize,
    /// The size of one backup on the wire.
    encoded: usize,
    /// The number of the first backup's operation; those of the others follow it.
    first_operation: usize,
}

impl Store {
    fn new(count: usize) -> Store {
        let choices = Arc::new(Choices::default());
        let clock = Time::from(SystemTime::now());
        let setup = Setup {
            service: Service::Spanner,
            instance: "test".into(),
            database: "db".into(),
            backup: "b1".into(),
            given: Given::default(),
            schedule: "create:done".parse().unwrap(),
            choices: Settings::default(),
        };
        let world = setup.world("p", clock, &choices).unwrap();
        // Without a journal, as in a free-running emulator.
        let project = Project::new(world, choices, Box::new(setup.schedule), false);
        let mut store = Store { project, clock, count, encoded: 0, first_operation: 0 };
        for number in 0..count {
            store.create(number);
        }
        store
    }

    fn create(&mut self, number: usize) {
        let expire_time = Some(Timestamp { seconds: self.clock.to_proto().seconds + 86_400, nanos: 0 });
        let backup = pb::Backup { database: DATABASE.into(), expire_time, ..Default::default() };
        let request = pb::CreateBackupRequest {
            parent: INSTANCE.into(),
            backup_id: id(number),
            backup: Some(backup),
            encryption_config: None,
        };
        let operation =
            self.project.handle::<databases::CreateBackup>(request, Transport::Grpc, self.clock).unwrap();
        if number == 0 {
            let request = pb::GetBackupRequest { name: format!("{INSTANCE}/backups/{}", id(0)) };
            let backup = self.project.handle::<databases::GetBackup>(request, Transport::Grpc, self.clock);
            self.encoded = backup.unwrap().encoded_len();
            let digits = operation.name.trim_start_matches(|c: char| !c.is_ascii_digit());
            self.first_operation = digits.rsplit('_').next().unwrap().parse().unwrap();
        }
    }

    /// The id of the operation that made a backup.
    fn operation(&self, backup: &str) -> String {
        let number: usize = backup.trim_start_matches("backup-").parse().unwrap();
        format!("_auto_op_{}", self.first_operation + number)
    }

    /// How long a call takes, on average over backups from everywhere.
    fn time(&mut self, call: impl Fn(&mut Store, &str)) -> Duration {
        let calls = CALLS.min(self.count);
        let ids: Vec<String> = (0..calls).map(|call| id(call * (self.count / calls))).collect();
        let (elapsed, ()) = timed(|| ids.iter().for_each(|id| call(self, id)));
        elapsed / u32::try_from(calls).unwrap()
    }

    /// Lists one page, or all; how many there were.
    fn list(&mut self, filter: &str, page_size: i32, all: bool) -> usize {
        let mut listed = 0;
        let mut page_token = String::new();
        loop {
            let (parent, filter) = (INSTANCE.to_owned(), filter.to_owned());
            let request = pb::ListBackupsRequest { parent, filter, page_size, page_token };
            let reply = self.project.handle::<databases::ListBackups>(request, Transport::Grpc, self.clock);
            let reply = reply.unwrap();
            listed += reply.backups.len();
            page_token = reply.next_page_token;
            if !all || page_token.is_empty() {
                return listed;
            }
        }
    }
}

fn id(number: usize) -> String {
    format!("backup-{number:07}")
}
