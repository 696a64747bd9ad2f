//! One fixed results object that holds every verdict and every rule, as real runs would have them.

use std::collections::BTreeMap;

use rescind_model::{
    BackupState, BackupView, Captured, CaseResult, Code, Ended, Entry, Environment, Finding, LeakedProcess,
    Location, Observation, OperationState, OperationView, Reply, Results, Rule, SCHEMA_VERSION, Snapshot,
    Touched, Transport, Verdict,
};

const INSTANCE: &str = "projects/spanner-case/instances/test-instance";

/// The states of the backup and of its operation.
type States = (Option<BackupState>, Option<OperationState>);

const NOTHING: States = (None, None);
const RUNNING: States = (Some(BackupState::Creating), Some(OperationState::Running));
const READY: States = (Some(BackupState::Ready), Some(OperationState::Completed));
const CANCELLED: States = (None, Some(OperationState::Failed(Code::Cancelled)));
const FAILED: States = (None, Some(OperationState::Failed(Code::Internal)));
const FOREIGN: States = (Some(BackupState::Ready), None);

fn backup() -> String {
    format!("{INSTANCE}/backups/my-backup")
}

fn operation() -> String {
    format!("{}/operations/_auto_op_1", backup())
}

/// Builds a journal request by request; each begins in the state in which the one before it ended.
struct Journal {
    entries: Vec<Entry>,
    state: States,
}

impl Journal {
    fn from(state: States) -> Journal {
        Journal { entries: Vec::new(), state }
    }

    fn request(mut self, rpc: &str, decision: &str, code: Code, message: &str, after: States) -> Journal {
        let touched = |(backup, operation): States| Touched { backup, operation };
        let shown = matches!(rpc, "CreateBackup" | "GetOperation") && code == Code::Ok;
        let view = after.1.filter(|_| shown);
        self.entries.push(Entry {
            seq: u32::try_from(self.entries.len() + 1).unwrap(),
            transport: Transport::Grpc,
            rpc: rpc.to_owned(),
            resource: if rpc.ends_with("Operation") { operation() } else { backup() },
            decisions: decision.split_whitespace().map(str::to_owned).collect(),
            reply: Reply {
                code,
                message: message.to_owned(),
                operation: view.map(|state| OperationView { name: operation(), state, foreign: false }),
            },
            fault: code != Code::Ok && !decision.is_empty(),
            before: touched(self.state),
            after: touched(after),
        });
        self.state = after;
        self
    }

    fn ok(self, rpc: &str, decision: &str, after: States) -> Journal {
        self.request(rpc, decision, Code::Ok, "", after)
    }
}

fn snapshot((backup_state, operation_state): States, foreign: bool) -> Snapshot {
    Snapshot {
        backups: backup_state
            .map(|state| BackupView { name: backup(), state, foreign })
            .into_iter()
            .collect(),
        operations: operation_state
            .map(|state| OperationView { name: operation(), state, foreign: false })
            .into_iter()
            .collect(),
    }
}

fn observed(ended: Ended, stdout: &str, stderr: &str, journal: Journal) -> Observation {
    let foreign = journal.entries.first().is_some_and(|entry| entry.before.backup.is_some());
    let given = snapshot(if foreign { FOREIGN } else { NOTHING }, foreign);
    let end = snapshot(journal.state, foreign);
    Observation {
        ended,
        stdout: Captured::whole(stdout),
        stderr: Captured::whole(stderr),
        leaked_processes: Vec::new(),
        journal: journal.entries,
        given,
        at_exit: end.clone(),
        settled: end,
    }
}

fn case(id: &str, title: &str, schedule: &str, verdict: Verdict) -> CaseResult {
    CaseResult {
        id: id.parse().unwrap(),
        title: title.to_owned(),
        schedule: schedule.to_owned(),
        verdict,
        reason: None,
        findings: Vec::new(),
        observation: None,
        location: None,
        time_warp: None,
        wall_ms: 0,
        replay: {
            let (sample, scenario) = id.rsplit_once('/').unwrap();
            let (service, language) = sample.split_once('/').unwrap();
            format!("rescind run --service {service} --language {language} --scenario {scenario}")
        },
    }
}

fn location(file: &str, first_line: u32, last_line: u32) -> Option<Location> {
    Some(Location { file: file.to_owned(), first_line, last_line })
}

fn python() -> Vec<CaseResult> {
    let location = || location("samples/spanner/python/cancel_backup.py", 31, 74);
    let diff = "--- expected (failed)\n+++ stdout\n@@ -1,2 +1,2 @@\n-Backup my-backup failed: INTERNAL.\n-Nothing was left behind.\n+Backup creation was successfully cancelled.\n+Backup deleted.\n";
    let mut never_ends = Journal::from(NOTHING).ok("CreateBackup", "create1:running", RUNNING).ok(
        "CancelOperation",
        "cancel1:ignored",
        RUNNING,
    );
    for poll in 1..=240 {
        never_ends = never_ends.ok("GetOperation", &format!("poll{poll}:running"), RUNNING);
    }
    vec![
        CaseResult {
            observation: Some(observed(
                Ended::Code(1),
                "",
                "Traceback (most recent call last):\n  File \"main.py\", line 44, in <module>\n    sys.exit(main())\ngoogle.api_core.exceptions.MethodNotImplemented: 501 CancelOperation is not implemented\n",
                Journal::from(NOTHING).ok("CreateBackup", "create1:running", RUNNING).request(
                    "CancelOperation",
                    "cancel1:unimplemented",
                    Code::Unimplemented,
                    "CancelOperation is not implemented",
                    RUNNING,
                ),
            )),
            findings: vec![
                Finding::new(Rule::LeakedBackup, format!("left {} in the service", backup())),
                Finding::new(
                    Rule::MissingClaim,
                    "does not say what happened: no claim of `completed` or `deleted`",
                ),
                Finding::new(
                    Rule::WrongExit,
                    "exited with 1 although nothing is left; the outcome `cancel-refused` asks for 0",
                ),
            ],
            location: location(),
            time_warp: Some(1000),
            wall_ms: 1_843,
            ..case(
                "spanner/python/cancel-unimplemented",
                "The server does not serve CancelOperation, and the backup completes.",
                "create:running cancel:unimplemented poll:done",
                Verdict::Fail,
            )
        },
        CaseResult {
            observation: Some(observed(
                Ended::Code(0),
                "Backup creation was successfully cancelled.\n",
                "",
                Journal::from(NOTHING)
                    .ok("CreateBackup", "create1:running", RUNNING)
                    .ok("CancelOperation", "cancel1:honoured", CANCELLED)
                    .ok("GetOperation", "poll1:done", CANCELLED)
                    .request("GetBackup", "", Code::NotFound, "Backup not found: my-backup", CANCELLED),
            )),
            location: location(),
            time_warp: Some(1000),
            wall_ms: 912,
            ..case(
                "spanner/python/cancel-wins",
                "The cancel takes effect at once.",
                "create:running cancel:honoured",
                Verdict::Pass,
            )
        },
        CaseResult {
            observation: Some(observed(Ended::Deadline, "", "waiting for the operation\n", never_ends)),
            findings: vec![Finding::new(Rule::TimedOut, "had not ended after 60 s, its deadline")],
            location: location(),
            time_warp: Some(1000),
            wall_ms: 60_004,
            ..case(
                "spanner/python/never-ends",
                "The operation neither ends nor heeds the cancel.",
                "create:running cancel:ignored poll:running",
                Verdict::Fail,
            )
        },
        CaseResult {
            observation: Some(observed(
                Ended::Code(0),
                "Backup creation was successfully cancelled.\nBackup deleted.\n",
                "",
                Journal::from(NOTHING)
                    .ok("CreateBackup", "create1:running", RUNNING)
                    .ok("CancelOperation", "cancel1:ignored", RUNNING)
                    .ok("GetOperation", "poll1:failed", FAILED),
            )),
            findings: vec![
                Finding::new(
                    Rule::FalseClaim,
                    "claims `cancelled`, but the operation failed with INTERNAL: \"Backup creation was successfully cancelled.\"",
                ),
                Finding {
                    diff: Some(diff.to_owned()),
                    ..Finding::new(Rule::OutputDiffers, "standard output is not that of the outcome `failed`")
                },
            ],
            location: location(),
            time_warp: Some(1000),
            wall_ms: 1_020,
            ..case(
                "spanner/python/operation-fails",
                "The operation ends with INTERNAL although a cancel was acknowledged.",
                "create:running cancel:ignored poll1:failed",
                Verdict::Fail,
            )
        },
    ]
}

fn nodejs() -> Vec<CaseResult> {
    let location = || location("docs/cancel-backup-create.md", 118, 171);
    vec![
        CaseResult {
            observation: Some(observed(
                Ended::Code(0),
                "Creating backup.\nBackup cancelled.\n",
                "",
                Journal::from(NOTHING)
                    .ok("CreateBackup", "create1:running", RUNNING)
                    .ok("CancelOperation", "cancel1:honoured", CANCELLED),
            )),
            reason: Some("known failure: the sample prints no operation name (https://example.com/issues/7)".to_owned()),
            findings: vec![Finding {
                diff: Some("--- expected (cancelled)\n+++ stdout\n@@ -1,2 +1,2 @@\n-Creating backup my-backup.\n+Creating backup.\n Backup cancelled.\n".to_owned()),
                ..Finding::new(Rule::OutputDiffers, "standard output is not that of the outcome `cancelled`")
            }],
            location: location(),
            time_warp: Some(100),
            wall_ms: 640,
            ..case(
                "spanner/nodejs/cancel-wins",
                "The cancel takes effect at once.",
                "create:running cancel:honoured",
                Verdict::KnownFailure,
            )
        },
        CaseResult {
            observation: Some(observed(
                Ended::Code(0),
                "Creating backup.\n",
                "",
                Journal::from(NOTHING).ok("CreateBackup", "create1:running", RUNNING),
            )),
            findings: vec![
                Finding::new(Rule::EarlyExit, format!("exited with 0 while {} was still running", operation())),
                Finding::new(Rule::CancelNotSent, "never asked to cancel, although its operation was running"),
            ],
            location: location(),
            time_warp: Some(100),
            wall_ms: 588,
            ..case(
                "spanner/nodejs/completes-before-cancel",
                "The operation completes before the cancel arrives.",
                "create:running cancel:ignored poll:done",
                Verdict::Fail,
            )
        },
        CaseResult {
            observation: Some(observed(
                Ended::Code(1),
                "Creating backup.\nBackup deleted.\n",
                "Error: 6 ALREADY_EXISTS: Backup already exists: my-backup\n    at callErrorFromStatus (call.js:31:19)\n",
                Journal::from(FOREIGN)
                    .request(
                        "CreateBackup",
                        "",
                        Code::AlreadyExists,
                        "Backup already exists: my-backup",
                        FOREIGN,
                    )
                    .ok("DeleteBackup", "delete1:serve", NOTHING),
            )),
            findings: vec![Finding::new(
                Rule::DeletedForeignBackup,
                format!("deleted {}, which was there before the sample began", backup()),
            )],
            location: location(),
            time_warp: Some(100),
            wall_ms: 701,
            ..case(
                "spanner/nodejs/create-already-exists",
                "A backup of that id is there already and must survive.",
                "create:already-exists",
                Verdict::Fail,
            )
        },
        CaseResult {
            observation: Some(observed(
                Ended::Code(1),
                "Backup my-backup failed: INTERNAL.\n",
                "",
                Journal::from(NOTHING)
                    .ok("CreateBackup", "create1:running", RUNNING)
                    .ok("CancelOperation", "cancel1:ignored", RUNNING)
                    .ok("GetOperation", "poll1:failed", FAILED),
            )),
            reason: Some("passes, although manifests/known-failures.yaml:12 says that it breaks `false-claim`".to_owned()),
            location: location(),
            time_warp: Some(100),
            wall_ms: 655,
            ..case(
                "spanner/nodejs/operation-fails",
                "The operation ends with INTERNAL although a cancel was acknowledged.",
                "create:running cancel:ignored poll1:failed",
                Verdict::UnexpectedPass,
            )
        },
    ]
}

fn go() -> Vec<CaseResult> {
    let location = || location("samples/spanner/go/cancel_backup.go", 40, 102);
    let completes = || {
        Journal::from(NOTHING)
            .ok("CreateBackup", "create1:running", RUNNING)
            .ok("CancelOperation", "cancel1:ignored", RUNNING)
            .ok("GetOperation", "poll1:running", RUNNING)
            .ok("GetOperation", "poll2:done", READY)
            .ok("DeleteBackup", "delete1:serve", (None, READY.1))
    };
    let mut crashed = observed(
        Ended::Signal(11),
        "",
        "SIGSEGV: segmentation violation\n",
        Journal::from(NOTHING).request(
            "CreateBackup",
            "",
            Code::InvalidArgument,
            "Invalid CreateBackup request: expire_time must be set",
            NOTHING,
        ),
    );
    crashed.leaked_processes.push(LeakedProcess { command: "/bin/sleep 600".to_owned() });
    vec![
        CaseResult {
            observation: Some(observed(
                Ended::Code(0),
                "Backup my-backup was completed and then deleted.\n",
                "",
                completes(),
            )),
            reason: Some("the replay took `poll1:done` where it was to take `poll1:running`".to_owned()),
            location: location(),
            wall_ms: 301,
            ..case(
                "spanner/go/cancel-lags",
                "The cancel is acknowledged and takes effect at the third poll.",
                "create:running cancel:pending poll1:running poll2:running poll3:cancelled",
                Verdict::Diverged,
            )
        },
        CaseResult {
            observation: Some(observed(
                Ended::Code(0),
                "Backup my-backup was completed and then deleted.\n",
                "",
                completes(),
            )),
            reason: Some("2 of 3 tries passed; the third broke `output-differs`".to_owned()),
            location: location(),
            wall_ms: 288,
            ..case(
                "spanner/go/cancel-wins",
                "The cancel takes effect at once.",
                "create:running cancel:honoured",
                Verdict::Flaky,
            )
        },
        CaseResult {
            observation: Some(observed(
                Ended::Code(0),
                "Backup my-backup was completed and then deleted.\n",
                "",
                completes(),
            )),
            location: location(),
            wall_ms: 295,
            ..case(
                "spanner/go/completes-before-cancel",
                "The operation completes before the cancel arrives.",
                "create:running cancel:ignored poll:done",
                Verdict::Pass,
            )
        },
        CaseResult {
            observation: Some(crashed),
            findings: vec![
                Finding::new(
                    Rule::MalformedRequest,
                    "CreateBackup was refused as malformed: Invalid CreateBackup request: expire_time must be set",
                ),
                Finding::new(Rule::Crashed, "was ended by signal 11 (SIGSEGV)"),
                Finding::new(Rule::LeakedProcess, "left a process running: /bin/sleep 600"),
            ],
            location: location(),
            wall_ms: 97,
            ..case(
                "spanner/go/operation-fails",
                "The operation ends with INTERNAL although a cancel was acknowledged.",
                "create:running cancel:ignored poll1:failed",
                Verdict::Fail,
            )
        },
    ]
}

fn not_run() -> Vec<CaseResult> {
    let titles = [
        ("cancel-wins", "The cancel takes effect at once."),
        ("operation-fails", "The operation ends with INTERNAL although a cancel was acknowledged."),
    ];
    let mut cases = Vec::new();
    for (scenario, title) in titles {
        cases.push(CaseResult {
            reason: Some("needs javac 17 or newer, found none\ninstall it with: apt-get install openjdk-17-jdk-headless".to_owned()),
            ..case(&format!("spanner/java/{scenario}"), title, "create:running", Verdict::Unsupported)
        });
        cases.push(CaseResult {
            reason: Some("prepare failed: `bundle install` exited with 5\nCould not find gem 'google-cloud-spanner (= 2.99)'".to_owned()),
            ..case(&format!("spanner/ruby/{scenario}"), title, "create:running", Verdict::SetupError)
        });
    }
    cases.push(case("geminidb/curl/cancel-wins", titles[0].1, "create:running", Verdict::Skipped));
    cases.push(CaseResult {
        observation: Some(observed(Ended::Code(0), "Stopped.\n", "", Journal::from(NOTHING))),
        wall_ms: 44,
        ..case("geminidb/curl/operation-fails", titles[1].1, "create:running", Verdict::Pass)
    });
    cases
}

/// Every verdict and every rule.
pub fn results() -> Results {
    let mut cases: Vec<CaseResult> = [python(), nodejs(), go(), not_run()].into_iter().flatten().collect();
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    let toolchains = [("go", "1.24.1"), ("nodejs", "22.11.0"), ("python", "3.12.3")];
    Results {
        schema_version: SCHEMA_VERSION,
        environment: Environment {
            rescind: "0.1.0".to_owned(),
            platform: "linux/x86_64".to_owned(),
            emulator: "embedded".to_owned(),
            source: "docs/cancel-backup-create.md".to_owned(),
            toolchains: toolchains.map(|(name, version)| (name.to_owned(), version.to_owned())).into(),
        },
        interrupted: true,
        filtered: false,
        notices: vec![
            "docs/cancel-backup-create.md:210: the block for `PowerShell` has no manifest and was not checked".to_owned(),
        ],
        cases,
    }
}

#[test]
fn every_verdict_and_every_rule_is_there() {
    let results = results();
    let summary = results.summary();
    for verdict in Verdict::ALL {
        assert!(summary.count(verdict) > 0, "no case is {verdict}");
    }
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in results.cases.iter().flat_map(|case| &case.findings) {
        *rules.entry(finding.rule.id()).or_default() += 1;
    }
    for rule in Rule::ALL {
        assert!(rules.contains_key(rule.id()), "no case breaks {rule}");
    }
}
