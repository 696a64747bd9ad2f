//! A project with a cluster, and the requests that tests make.

use std::sync::Arc;

use rescind_emulator::{InvalidSetup, Setup};
use rescind_engine::alloydb::v1beta as rpc;
use rescind_engine::proto::alloydb::v1beta as pb;
use rescind_engine::proto::longrunning;
use rescind_engine::{Decisions, FreeRunning, Project, Services, Span, Status, Time};
use rescind_engine::{Rpc, operations};
use rescind_model::{BackupState, Given, GivenBackup, Schedule, Transport};

use crate::support::{OPERATION_TIME, choosing, clock, prepared};

pub const LOCATION: &str = "projects/p/locations/us-central1";
pub const CLUSTER: &str = "projects/p/locations/us-central1/clusters/test";

pub fn backup_name(id: &str) -> String {
    format!("{LOCATION}/backups/{id}")
}

pub fn setup(schedule: &str, given: &[(&str, BackupState)]) -> Setup {
    let backups =
        given.iter().map(|(id, state)| GivenBackup { id: (*id).to_owned(), state: *state }).collect();
    Setup {
        service: "alloydb".parse().unwrap(),
        instance: "us-central1".into(),
        database: "test".into(),
        backup: "b1".into(),
        given: Given { backups, ..Given::default() },
        bystanders: false,
        schedule: schedule.parse().unwrap(),
        choices: rescind_engine::Settings::default(),
    }
}

/// A project, with the time.
pub struct Case {
    pub project: Project,
    pub now: Time,
}

impl Case {
    pub fn new(schedule: &str) -> Case {
        Case::with(&setup(schedule, &[])).unwrap()
    }

    pub fn given(schedule: &str, given: &[(&str, BackupState)]) -> Case {
        Case::with(&setup(schedule, given)).unwrap()
    }

    pub fn with(setup: &Setup) -> Result<Case, InvalidSetup> {
        Ok(Case { project: prepared(setup)?, now: clock() })
    }

    /// A project with choices, `NAME=VALUE`.
    pub fn choosing(settings: &[&str]) -> Case {
        Case::begin(choosing(settings), None, Box::new(Schedule::default()))
    }

    /// A project that runs free, in which operations take [`OPERATION_TIME`] seconds.
    pub fn free_running() -> Case {
        Case::begin(choosing(&[]), Some(Span::seconds(OPERATION_TIME)), Box::new(FreeRunning))
    }

    fn begin(services: Arc<Services>, pace: Option<Span>, decisions: Box<dyn Decisions>) -> Case {
        let mut project = Project::new(services, "p", decisions, true);
        project.give(&setup("", &[]), clock()).unwrap();
        Case { project: project.at_pace(pace), now: clock() }
    }

    pub fn pass(&mut self, seconds: i64) {
        self.now = self.now + Span::seconds(seconds) + Span::seconds(1);
    }

    pub fn call<R: Rpc>(&mut self, request: R::Request) -> Result<R::Reply, Status> {
        self.project.handle::<R>(&request, Transport::Grpc, self.now)
    }

    pub fn create(&mut self, id: &str) -> Result<longrunning::Operation, Status> {
        self.call::<rpc::CreateBackup>(create_request(id))
    }

    pub fn get(&mut self, id: &str) -> Result<pb::Backup, Status> {
        self.call::<rpc::GetBackup>(pb::GetBackupRequest { name: backup_name(id) })
    }

    pub fn delete(&mut self, id: &str) -> Result<longrunning::Operation, Status> {
        self.call::<rpc::DeleteBackup>(pb::DeleteBackupRequest {
            name: backup_name(id),
            ..Default::default()
        })
    }

    /// Updates fields of a backup, which is found by its name.
    pub fn update(&mut self, backup: pb::Backup, paths: &[&str]) -> Result<longrunning::Operation, Status> {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        self.call::<rpc::UpdateBackup>(pb::UpdateBackupRequest {
            update_mask: Some(prost_types::FieldMask { paths }),
            backup: Some(backup),
            ..Default::default()
        })
    }

    pub fn poll(&mut self, name: &str) -> Result<longrunning::Operation, Status> {
        self.call::<operations::GetOperation>(longrunning::GetOperationRequest { name: name.into() })
    }

    pub fn cancel(&mut self, name: &str) -> Result<(), Status> {
        self.call::<operations::CancelOperation>(longrunning::CancelOperationRequest { name: name.into() })
    }

    pub fn list(&mut self, filter: &str, order_by: &str) -> Result<Vec<String>, Status> {
        let reply = self.call::<rpc::ListBackups>(list_request(filter, order_by))?;
        Ok(reply.backups.iter().map(|backup| id_of(&backup.name)).collect())
    }
}

pub fn list_request(filter: &str, order_by: &str) -> pb::ListBackupsRequest {
    pb::ListBackupsRequest {
        parent: LOCATION.into(),
        filter: filter.into(),
        order_by: order_by.into(),
        ..Default::default()
    }
}

/// The last part of a name.
pub fn id_of(name: &str) -> String {
    name.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A request that every rule lets pass.
pub fn create_request(id: &str) -> pb::CreateBackupRequest {
    pb::CreateBackupRequest {
        parent: LOCATION.into(),
        backup_id: id.into(),
        backup: Some(pb::Backup { cluster_name: CLUSTER.into(), ..Default::default() }),
        ..Default::default()
    }
}

pub fn metadata(operation: &longrunning::Operation) -> pb::OperationMetadata {
    crate::support::metadata_as(operation)
}

pub fn made(operation: &longrunning::Operation) -> Option<pb::Backup> {
    crate::support::response_as(operation)
}
