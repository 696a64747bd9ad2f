//! The same cases against each back-end.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use rescind_model::{CaseId, Entry, Finding, Snapshot, Verdict};
use rescind_tests::{TestCatalog, binary, repository, results};

use crate::container;

/// One scenario of each kind: a cancel that wins, loses, is refused; a fault; what was given.
const SCENARIOS: [&str; 6] = [
    "cancel-lags",
    "cancel-unimplemented",
    "completes-despite-cancel",
    "create-already-exists",
    "create-reply-lost",
    "poll-unavailable-once",
];

/// All that a case depends on the emulator for.
type Seen = (CaseId, Verdict, Vec<Finding>, Vec<Entry>, [Snapshot; 3]);

fn cases(emulator: &[&str]) -> (String, Vec<Seen>) {
    let mut arguments = vec!["run", "--service", "spanner", "--language", "curl", "--emulator"];
    arguments.extend(emulator);
    arguments.extend(SCENARIOS.iter().flat_map(|scenario| ["--scenario", scenario]));
    let (ran, results) = results(&repository(), &arguments);
    ran.exits(0);
    let seen = results.cases.into_iter().map(|case| {
        let seen = case.observation.unwrap();
        let snapshots = [seen.given, seen.at_exit, seen.settled];
        (case.id, case.verdict, case.findings, seen.journal, snapshots)
    });
    (results.environment.emulator, seen.collect())
}

/// The name of an emulator, which these options choose, and which gives what the embedded one gives.
fn as_embedded(emulator: &[&str]) -> String {
    let (embedded, expected) = cases(&["embedded"]);
    assert_eq!(embedded, "embedded");
    assert_eq!(expected.len(), SCENARIOS.len());
    for (id, verdict, _, journal, _) in &expected {
        assert_eq!(*verdict, Verdict::Pass, "{id}");
        assert!(!journal.is_empty(), "{id}");
    }
    let (name, seen) = cases(emulator);
    assert_eq!(seen, expected);
    name
}

/// `rescind emulator`, until it is dropped.
struct Emulator {
    child: Child,
    address: String,
    control: String,
    /// The token that it made for itself; empty if it wants none.
    token: String,
}

impl Emulator {
    fn start(control: &str) -> Emulator {
        let mut child = Command::new(binary())
            .args(["emulator", "--grpc-port", "0", "--rest-port", "0", "--control", control])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut told =
            |variable: &str| lines.find_map(|line| line.strip_prefix(variable).map(str::to_owned)).unwrap();
        let address = told("export SPANNER_EMULATOR_HOST=");
        let control = told("export RESCIND_CONTROL=");
        let token = match control.strip_prefix("unix:") {
            Some(_) => String::new(),
            None => told("export RESCIND_CONTROL_TOKEN="),
        };
        Emulator { child, address, control, token }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

pub fn remote() {
    let emulator = Emulator::start("127.0.0.1:0");
    let options = [&*emulator.address, "--control", &emulator.control, "--control-token", &emulator.token];
    assert_eq!(as_embedded(&options), emulator.address);
}

pub fn remote_by_socket() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::start(&format!("unix:{}", folder.path().join("control").display()));
    let options = [&*emulator.address, "--control", &emulator.control];
    assert_eq!(as_embedded(&options), emulator.address);
}

pub fn without_token() {
    let emulator = Emulator::start("127.0.0.1:0");
    let catalog = TestCatalog::new("true");
    let ran = catalog.run(&["--emulator", &emulator.address, "--control", &emulator.control]).exits(3);
    assert!(ran.stderr.contains("it wants a token; set RESCIND_CONTROL_TOKEN"), "{}", ran.stderr);
}

pub fn container() {
    let before = container::running();
    assert_eq!(as_embedded(&["container"]), "container");
    assert_eq!(container::running(), before);
}

pub fn nobody() {
    let catalog = TestCatalog::new("true");
    // The port is free again as soon as it is known.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let ran = catalog.run(&["--emulator", &address]).exits(3);
    assert!(ran.stderr.contains(&format!("no emulator answers at {address}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("`rescind emulator` starts one"), "{}", ran.stderr);
    let ran = catalog.run(&["--emulator", "embedded", "--image", "x"]).exits(2);
    assert!(ran.stderr.contains("--image is for --emulator container"), "{}", ran.stderr);
}
