//! A project of the engine with many backups, and what they take.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use prost::Message;
use prost_types::Timestamp;
use rescind_emulator::Setup;
use rescind_engine::Rpc;
use rescind_engine::alloydb::v1 as alloydb;
use rescind_engine::proto::{alloydb::v1 as alloydb_pb, database as spanner_pb, longrunning};
use rescind_engine::spanner::database_admin as spanner;
use rescind_engine::{FreeRunning, Project, RestRequest, Settings, Span, Time, services};
use rescind_model::{Given, Schedule, Transport};

use crate::program::resident;

/// The first word of the arguments by which this program asks itself for the memory of a stock.
pub const ARGUMENT: &str = "memory-of";

/// A million backups are made within an hour: none expires.
const OPERATION_TIME: Duration = Duration::from_millis(1);
const LOCATION: &str = "projects/p/locations/test";
pub const INSTANCE: &str = "projects/p/instances/test";

/// A project with backups that are made.
pub struct Stock {
    project: Project,
    clock: Time,
    service: &'static str,
}

impl Stock {
    pub fn new(service: &'static str, count: usize) -> Stock {
        let clock = Time::from(SystemTime::now());
        let setup = Setup {
            service: service.parse().unwrap(),
            instance: "test".into(),
            database: "db".into(),
            backup: "b1".into(),
            given: Given::default(),
            bystanders: false,
            schedule: Schedule::default(),
            choices: Settings::default(),
        };
        // As in an emulator that runs free: operations take their time, and there is no journal.
        let mut project = Project::new(Arc::new(services()), "p", Box::new(FreeRunning), false);
        project.give(&setup, clock).unwrap();
        let project = project.at_pace(Some(OPERATION_TIME.into()));
        let mut stock = Stock { project, clock, service };
        for number in 0..count {
            stock.create(number);
        }
        stock
    }

    pub fn call<R: Rpc>(&mut self, request: R::Request) -> R::Reply {
        self.project.handle::<R>(&request, Transport::Grpc, self.clock).unwrap()
    }

    /// Makes a request over HTTP.
    fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let request = http::Request::builder().method(method).uri(path).header("x-auth-token", "t");
        let (head, ()) = request.body(()).unwrap().into_parts();
        let request = RestRequest { head: &head, body: Ok(body) };
        let reply = self.project.handle_rest(&request, self.clock).unwrap();
        assert!(reply.status < 400, "{}", String::from_utf8_lossy(&reply.body));
        reply.body
    }

    /// Makes a backup. Returns the name of its operation where there are operations.
    pub fn create(&mut self, number: usize) -> Option<String> {
        // The one before is made.
        self.clock = self.clock + Span::from(2 * OPERATION_TIME);
        let backup_id = id(number);
        let operation: longrunning::Operation = match self.service {
            "spanner" => {
                let expire = Timestamp { seconds: self.clock.to_proto().seconds + 86_400, nanos: 0 };
                let database = format!("{INSTANCE}/databases/db");
                self.call::<spanner::CreateBackup>(spanner_pb::CreateBackupRequest {
                    parent: INSTANCE.into(),
                    backup_id,
                    backup: Some(spanner_pb::Backup {
                        database,
                        expire_time: Some(expire),
                        ..Default::default()
                    }),
                    encryption_config: None,
                })
            }
            "alloydb" => {
                let cluster_name = format!("{LOCATION}/clusters/db");
                self.call::<alloydb::CreateBackup>(alloydb_pb::CreateBackupRequest {
                    parent: LOCATION.into(),
                    backup_id,
                    backup: Some(alloydb_pb::Backup { cluster_name, ..Default::default() }),
                    ..Default::default()
                })
            }
            "geminidb" => {
                let body = format!(r#"{{"name":"{backup_id}"}}"#);
                self.ask("POST", "/v3/p/instances/db/backups", body.as_bytes());
                return None;
            }
            other => panic!("no stock of {other} is known here"),
        };
        Some(operation.name)
    }

    /// The size of the first backup on the wire, in bytes.
    fn encoded(&mut self) -> usize {
        match self.service {
            "spanner" => {
                let name = format!("{INSTANCE}/backups/{}", id(0));
                self.call::<spanner::GetBackup>(spanner_pb::GetBackupRequest { name }).encoded_len()
            }
            "alloydb" => {
                let name = format!("{LOCATION}/backups/{}", id(0));
                let request = alloydb_pb::GetBackupRequest { name };
                self.call::<alloydb::GetBackup>(request).encoded_len()
            }
            "geminidb" => {
                let list = self.ask("GET", "/v4/p/backups?limit=1", &[]);
                let list: serde_json::Value = serde_json::from_slice(&list).unwrap();
                list["backups"][0].to_string().len()
            }
            other => panic!("no stock of {other} is known here"),
        }
    }
}

/// Prints how much memory a backup takes, for each service and number of backups.
pub fn memory() {
    println!("| | backups | memory | for each backup | its size on the wire |");
    println!("|---|---|---|---|---|");
    for service in services().names() {
        let mut empty = 0;
        for count in [0, 10_000, 1_000_000] {
            // In a process of its own: memory that others gave back would be used again, and so not be seen.
            let asked = Command::new(std::env::current_exe().unwrap())
                .args([ARGUMENT, service, &count.to_string()])
                .output()
                .unwrap();
            assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
            let told = String::from_utf8(asked.stdout).unwrap();
            let (taken, encoded) = told.trim().split_once(' ').unwrap();
            let taken: u64 = taken.parse().unwrap();
            let each = match count {
                0 => " | ".to_owned(),
                _ => format!("{} B | {encoded} B", taken.saturating_sub(empty) / count),
            };
            if count == 0 {
                empty = taken;
            }
            println!("| {service} | {count} | {:.1} MiB | {each} |", taken as f64 / 1024.0 / 1024.0);
        }
    }
    println!();
}

/// Tells [`memory`] what a stock takes, and the size of a backup on the wire.
pub fn memory_of(service: &str, count: &str) {
    let service = services().names().find(|name| *name == service).unwrap();
    let count: usize = count.parse().unwrap();
    let before = resident("self");
    let mut stock = Stock::new(service, count);
    let taken = resident("self").saturating_sub(before);
    let encoded = if count == 0 { 0 } else { stock.encoded() };
    println!("{taken} {encoded}");
}

pub fn id(number: usize) -> String {
    format!("backup-{number:07}")
}
