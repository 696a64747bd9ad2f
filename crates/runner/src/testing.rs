//! What the tests of this crate share: a machine, a manifest of a few lines of shell, an emulator that emulates nothing.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rescind_catalog::{Manifest, PageNames, Run, ServiceProfile, Source, Stage, Tool, Variables};
use rescind_model::{
    BackupState, Claim, ClaimPattern, Code, Contract, Decided, Endpoint, Entry, Expectation, ExpectedExit,
    Given, GivenBackup, OperationState, OperationView, Outcome, Reply, ResourceChange, Scenario, Schedule,
    Snapshot, Stream, Touched, Transport,
};

use crate::process::Supervisor;
use crate::{Backend, BackendError, Context, MonotonicClock, Platform, Setup, Upstream};

/// A machine whose cache and temporary folder lie in `folder`.
pub(crate) fn context(folder: &Path) -> Context {
    let clock = MonotonicClock::new(Instant::now);
    let temporary = folder.join("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    Context {
        path: "/usr/bin:/bin".into(),
        environment: BTreeMap::new(),
        cache: folder.join("cache"),
        temporary,
        cores: 2,
        supervisor: Arc::new(Supervisor::new(clock.clone()).unwrap()),
        clock,
        platform: Platform { name: "test/test".to_owned(), system: "debian".to_owned() },
    }
}

/// A folder that all cases can write to, in a closed world, too.
pub(crate) fn common_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The service of the samples here.
pub(crate) fn service() -> Arc<ServiceProfile> {
    Arc::new(ServiceProfile {
        id: "spanner".parse().unwrap(),
        title: "Spanner".to_owned(),
        host: "spanner.googleapis.com".to_owned(),
        aliases: vec!["longrunning.googleapis.com".to_owned()],
        besides: vec!["oauth2.googleapis.com".to_owned(), "monitoring.googleapis.com".to_owned()],
        emulator_variable: Some("SPANNER_EMULATOR_HOST".to_owned()),
        instance: Some("test-instance".to_owned()),
        database: "test-db".to_owned(),
    })
}

/// A project in which the backup's name is taken.
pub(crate) fn setup() -> Setup {
    let foreign = GivenBackup { id: "{backup}".to_owned(), state: BackupState::Ready };
    Setup {
        service: service().id.clone(),
        instance: "i".to_owned(),
        database: "d".to_owned(),
        backup: "b1".to_owned(),
        given: Given { backups: vec![foreign], ..Given::default() },
        bystanders: false,
        schedule: Schedule::default(),
        choices: rescind_engine::Settings::default(),
    }
}

/// A sample that is the shell script `main.sh` in `folder`, which gets the project and the address as arguments.
pub(crate) fn manifest(folder: &Path, language: &str, script: &str) -> Manifest {
    let folder = folder.join(language);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("main.sh"), script).unwrap();
    Manifest {
        id: format!("spanner/{language}").parse().unwrap(),
        service: service(),
        title: language.to_owned(),
        file: PathBuf::from(format!("manifests/spanner/{language}.yaml")),
        source: Source { folder, file: "main.sh".into(), region: "tag".to_owned() },
        page: PageNames { headings: Vec::new(), fences: Vec::new(), blocks: None },
        toolchain: Vec::new(),
        variables: Variables::default(),
        prepare: Stage::default(),
        unavailable: Vec::new(),
        build: Stage::default(),
        run: Run {
            command: ["sh", "main.sh", "{project}", "{emulator}"].map(str::to_owned).into(),
            environment: BTreeMap::new(),
            endpoint: Endpoint::Emulator,
            emulator_environment: BTreeMap::new(),
            service_environment: BTreeMap::new(),
            deadline: Duration::from_secs(7200),
            processor_time: Duration::from_secs(60),
            jobs: None,
        },
        bundled: contract(),
        published: contract(),
        expectations: BTreeMap::new(),
    }
}

/// A contract by which no script here claims anything.
fn contract() -> Contract {
    let pattern = regex::Regex::new("^The backup failed$").unwrap();
    let claims = vec![ClaimPattern { claim: Claim::Failed, stream: Stream::Stdout, pattern }];
    Contract { claims, ..Contract::default() }
}

/// A program that prints its version as `echo` does.
pub(crate) fn tool(program: &str, prints: &str, minimum: &[u32]) -> Tool {
    Tool {
        program: program.to_owned(),
        name: program.to_owned(),
        version_args: vec![prints.to_owned()],
        version_pattern: regex::Regex::new(r"(\d+(?:\.\d+)*)").unwrap(),
        minimum: minimum.to_vec(),
        install: BTreeMap::from([("debian".to_owned(), format!("apt-get install {program}"))]),
    }
}

/// A scenario that asks for exit 0 and for nothing else.
pub(crate) fn scenario(name: &str) -> Arc<Scenario> {
    Arc::new(Scenario {
        name: name.to_owned(),
        title: format!("The scenario {name}."),
        services: vec![service().id.clone()],
        given: Given::default(),
        schedule: "create:running".parse().unwrap(),
        optional: Schedule::default(),
        expect: Some(Expectation {
            outcome: Outcome::Cancelled,
            exit: ExpectedExit::Zero,
            claims: Vec::new(),
            may_leave_backup: false,
        }),
    })
}

/// The operation of every case here: it is cancelled from the beginning.
fn operation() -> OperationView {
    OperationView {
        name: "projects/p/instances/i/backups/b/operations/_auto_op_1".to_owned(),
        state: OperationState::Failed(Code::Cancelled),
        foreign: false,
    }
}

/// What the journal of a case in [`scenario`] holds: the reply to the create shows the end of the operation.
fn create() -> Entry {
    Entry {
        seq: 1,
        transport: Transport::Grpc,
        rpc: "CreateBackup".to_owned(),
        request: None,
        resource: "projects/p/instances/i/backups/b".to_owned(),
        decisions: vec![Decided::of("create1:running".parse().unwrap(), &[])],
        reply: Reply { code: Code::Ok, message: String::new(), operation: Some(operation()) },
        fault: false,
        before: Touched::default(),
        after: Touched::default(),
    }
}

/// An emulator to whose address nobody listens. It keeps what it is asked, and fails for one project.
#[derive(Default)]
pub(crate) struct Fake {
    /// The calls to each project, in order.
    pub(crate) calls: Mutex<HashMap<String, Vec<&'static str>>>,
    /// The project that cannot be prepared.
    pub(crate) broken: Option<String>,
}

impl Fake {
    fn call(&self, project: &str, call: &'static str) {
        self.calls.lock().unwrap().entry(project.to_owned()).or_default().push(call);
    }
}

#[async_trait]
impl Backend for Fake {
    fn name(&self) -> String {
        "fake".to_owned()
    }

    fn upstream(&self) -> Upstream {
        Upstream::Remote(([127, 0, 0, 1], 1).into())
    }

    async fn prepare(&self, project: &str, _: &Setup) -> Result<(), BackendError> {
        self.call(project, "prepare");
        if self.broken.as_deref() == Some(project) {
            let action = format!("prepare {project}");
            return Err(BackendError { action, message: "it is broken".to_owned() });
        }
        Ok(())
    }

    async fn snapshot(&self, project: &str) -> Result<Snapshot, BackendError> {
        self.call(project, "snapshot");
        Ok(Snapshot { backups: Vec::new(), operations: vec![operation()] })
    }

    async fn settle(&self, project: &str) -> Result<(), BackendError> {
        self.call(project, "settle");
        Ok(())
    }

    async fn changes(&self, project: &str) -> Result<Vec<ResourceChange>, BackendError> {
        self.call(project, "changes");
        Ok(Vec::new())
    }

    async fn journal(&self, project: &str) -> Result<Vec<Entry>, BackendError> {
        self.call(project, "journal");
        Ok(vec![create()])
    }

    async fn remove(&self, project: &str) -> Result<(), BackendError> {
        self.call(project, "remove");
        Ok(())
    }
}
