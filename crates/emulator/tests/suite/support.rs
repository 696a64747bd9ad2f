//! A project for a test, and the requests that tests make.

use std::sync::Arc;
use std::time::Duration;

use prost::Name;
use prost_types::Timestamp;
use rescind_emulator::{InvalidSetup, Setup};
use rescind_engine::proto::{database as pb, instance as instance_pb, longrunning};
use rescind_engine::spanner::{database_admin as databases, instance_admin};
use rescind_engine::{
    Detail, FreeRunning, Project, Rpc, Services, Settings, Span, Status, Time, operations, services,
};
use rescind_model::{BackupState, Code, Given, GivenBackup, Transport};

pub const INSTANCE: &str = "projects/p/instances/test";
pub const CONFIG: &str = "projects/p/instanceConfigs/regional-us-central1";
pub const DATABASE: &str = "projects/p/instances/test/databases/db";

/// The clock of every test: it stands still.
pub fn clock() -> Time {
    Time::parse("2026-11-21T12:00:00Z").unwrap()
}

pub const HOUR: i64 = 3600;
pub const DAY: i64 = 24 * HOUR;
/// How long operations take in projects that run free.
pub const OPERATION_TIME: i64 = 10;

/// So many seconds after the clock.
pub fn after(seconds: i64) -> Option<Timestamp> {
    let now = clock().to_proto();
    Some(Timestamp { seconds: now.seconds + seconds, nanos: 0 })
}

pub fn backup_name(id: &str) -> String {
    format!("{INSTANCE}/backups/{id}")
}

pub fn setup(schedule: &str, given: &[(&str, BackupState)]) -> Setup {
    let backups =
        given.iter().map(|(id, state)| GivenBackup { id: (*id).to_owned(), state: *state }).collect();
    Setup {
        service: "spanner".parse().unwrap(),
        instance: "test".into(),
        database: "db".into(),
        backup: "b1".into(),
        given: Given { backups, ..Given::default() },
        bystanders: false,
        schedule: schedule.parse().unwrap(),
        choices: rescind_engine::Settings::default(),
    }
}

/// The services, with these choices.
pub fn choosing(settings: &[&str]) -> Arc<Services> {
    let mut all = Settings::default();
    settings.iter().for_each(|setting| all.extend(&setting.parse().unwrap()));
    Arc::new(services().with(&all).unwrap())
}

/// A project as a set-up says, with a journal.
pub fn prepared(setup: &Setup) -> Result<Project, InvalidSetup> {
    let services = Arc::new(services().with(&setup.choices).unwrap());
    let mut project = Project::new(services, "p", Box::new(setup.schedule.clone()), true);
    project.give(setup, clock())?;
    Ok(project)
}

/// A project, with the time.
pub struct Case {
    pub project: Project,
    now: Time,
}

impl Case {
    /// A project with an instance and a database, in which the server decides by this schedule.
    pub fn new(schedule: &str) -> Case {
        Case::with(&setup(schedule, &[])).unwrap()
    }

    /// The same with backups that are there before.
    pub fn given(schedule: &str, given: &[(&str, BackupState)]) -> Case {
        Case::with(&setup(schedule, given)).unwrap()
    }

    pub fn with(setup: &Setup) -> Result<Case, InvalidSetup> {
        Ok(Case { project: prepared(setup)?, now: clock() })
    }

    /// This project, now.
    pub fn of(project: Project) -> Case {
        Case { project, now: clock() }
    }

    /// A project that runs free, in which operations take [`OPERATION_TIME`] seconds, with an instance and a database.
    pub fn free_running() -> Case {
        let mut case = Case::free_running_and_empty();
        case.create_instance("test").unwrap();
        case.pass(OPERATION_TIME);
        case.create_database("db");
        case.pass(OPERATION_TIME);
        case
    }

    pub fn free_running_and_empty() -> Case {
        let project = Project::new(Arc::new(services()), "p", Box::new(FreeRunning), true);
        let project = project.at_pace(Some(Span::seconds(OPERATION_TIME)));
        Case { project, now: clock() }
    }

    /// Lets so many seconds pass, and a little more: requests at one time of the clock are microseconds apart.
    pub fn pass(&mut self, seconds: i64) {
        self.now = self.now + Span::seconds(seconds) + Span::from(Duration::from_millis(1));
    }

    pub fn call<R: Rpc>(&mut self, request: R::Request) -> Result<R::Reply, Status> {
        self.project.handle::<R>(&request, Transport::Grpc, self.now)
    }

    pub fn create_instance(&mut self, id: &str) -> Result<longrunning::Operation, Status> {
        let instance = instance_pb::Instance {
            config: CONFIG.into(),
            display_name: format!("Instance {id}"),
            ..Default::default()
        };
        let request = instance_pb::CreateInstanceRequest {
            parent: "projects/p".into(),
            instance_id: id.into(),
            instance: Some(instance),
        };
        self.call::<instance_admin::CreateInstance>(request)
    }

    pub fn create(&mut self, id: &str) -> Result<longrunning::Operation, Status> {
        self.call::<databases::CreateBackup>(create_request(id))
    }

    /// Creates another database beside the given one.
    pub fn create_database(&mut self, id: &str) -> String {
        let request = pb::CreateDatabaseRequest {
            parent: INSTANCE.into(),
            create_statement: format!("CREATE DATABASE `{id}`"),
            ..Default::default()
        };
        self.call::<databases::CreateDatabase>(request).unwrap();
        format!("{INSTANCE}/databases/{id}")
    }

    pub fn get(&mut self, id: &str) -> Result<pb::Backup, Status> {
        self.call::<databases::GetBackup>(pb::GetBackupRequest { name: backup_name(id) })
    }

    pub fn delete(&mut self, id: &str) -> Result<(), Status> {
        self.call::<databases::DeleteBackup>(pb::DeleteBackupRequest { name: backup_name(id) })
    }

    pub fn poll(&mut self, name: &str) -> Result<longrunning::Operation, Status> {
        self.call::<operations::GetOperation>(longrunning::GetOperationRequest { name: name.into() })
    }

    pub fn cancel(&mut self, name: &str) -> Result<(), Status> {
        self.call::<operations::CancelOperation>(longrunning::CancelOperationRequest { name: name.into() })
    }

    pub fn list(&mut self, filter: &str) -> Result<Vec<pb::Backup>, Status> {
        let request =
            pb::ListBackupsRequest { parent: INSTANCE.into(), filter: filter.into(), ..Default::default() };
        self.call::<databases::ListBackups>(request).map(|reply| reply.backups)
    }

    pub fn list_operations(&mut self, filter: &str) -> Result<Vec<longrunning::Operation>, Status> {
        let request = pb::ListBackupOperationsRequest {
            parent: INSTANCE.into(),
            filter: filter.into(),
            ..Default::default()
        };
        self.call::<databases::ListBackupOperations>(request).map(|reply| reply.operations)
    }

    pub fn database(&mut self, name: &str) -> Result<pb::Database, Status> {
        self.call::<databases::GetDatabase>(pb::GetDatabaseRequest { name: name.into() })
    }

    pub fn drop_database(&mut self, name: &str) -> Result<(), Status> {
        self.call::<databases::DropDatabase>(pb::DropDatabaseRequest { database: name.into() })
    }

    pub fn instance(&mut self) -> instance_pb::Instance {
        let request = instance_pb::GetInstanceRequest { name: INSTANCE.into(), ..Default::default() };
        self.call::<instance_admin::GetInstance>(request).unwrap()
    }
}

/// The detail of an error that says that there is no such database.
pub fn no_database(name: &str) -> Detail {
    Detail::Resource {
        resource_type: "type.googleapis.com/google.spanner.admin.database.v1.Database",
        name: name.into(),
        description: "Database does not exist.",
    }
}

/// The detail of an error that says that there is no such instance.
pub fn no_instance(name: &str) -> Detail {
    Detail::Resource {
        resource_type: "type.googleapis.com/google.spanner.admin.instance.v1.Instance",
        name: name.into(),
        description: "Instance does not exist.",
    }
}

/// A request that every rule lets pass.
pub fn create_request(id: &str) -> pb::CreateBackupRequest {
    pb::CreateBackupRequest {
        parent: INSTANCE.into(),
        backup_id: id.into(),
        backup: Some(pb::Backup { database: DATABASE.into(), expire_time: after(DAY), ..Default::default() }),
        encryption_config: None,
    }
}

/// The code that an operation has failed with.
pub fn error_code(operation: &longrunning::Operation) -> Option<Code> {
    match &operation.result {
        Some(longrunning::operation::Result::Error(error)) => Code::from_number(error.code),
        _ => None,
    }
}

/// The metadata of an operation that creates a backup.
pub fn metadata(operation: &longrunning::Operation) -> pb::CreateBackupMetadata {
    metadata_as(operation)
}

/// The metadata of an operation.
pub fn metadata_as<M: Name + Default>(operation: &longrunning::Operation) -> M {
    operation.metadata.as_ref().unwrap().to_msg().unwrap()
}

/// The backup that an operation has created.
pub fn response(operation: &longrunning::Operation) -> Option<pb::Backup> {
    response_as(operation)
}

/// What came of an operation.
pub fn response_as<M: Name + Default>(operation: &longrunning::Operation) -> Option<M> {
    match &operation.result {
        Some(longrunning::operation::Result::Response(any)) => Some(any.to_msg().unwrap()),
        _ => None,
    }
}
