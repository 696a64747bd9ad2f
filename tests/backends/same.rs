//! The same cases against each back-end.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use rescind_model::{CaseId, Entry, Finding, Snapshot, Verdict};

use crate::container;
use crate::support::{Project, repository, results};

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

fn cases(emulator: &str) -> (String, Vec<Seen>) {
    let mut arguments = vec!["run", "--service", "spanner", "--language", "curl", "--emulator", emulator];
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

fn as_embedded(emulator: &str) -> String {
    let (embedded, expected) = cases("embedded");
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
}

impl Emulator {
    fn start() -> Emulator {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rescind"))
            .args(["emulator", "--grpc-port", "0", "--rest-port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines
            .find_map(|line| line.strip_prefix("export SPANNER_EMULATOR_HOST=").map(str::to_owned))
            .unwrap();
        Emulator { child, address }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

pub fn remote() {
    let emulator = Emulator::start();
    assert_eq!(as_embedded(&emulator.address), emulator.address);
}

pub fn container() {
    let before = container::running();
    assert_eq!(as_embedded("container"), "container");
    assert_eq!(container::running(), before);
}

pub fn nobody() {
    let project = Project::new("true");
    // The port is free again as soon as it is known.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let ran = project.run(&["--emulator", &address]).exits(3);
    assert!(ran.stderr.contains(&format!("no emulator answers at {address}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("`rescind emulator` starts one"), "{}", ran.stderr);
    let ran = project.run(&["--emulator", "embedded", "--image", "x"]).exits(2);
    assert!(ran.stderr.contains("--image is for --emulator container"), "{}", ran.stderr);
}
