//! A crash, a flaky case and a replay that diverged.

use rescind_model::{CaseResult, Code, Ended, Finding, LeakedProcess, Rule, Try, Verdict};

use super::build::{JournalBuilder, NOTHING, READY, RUNNING, case, location, observed};

pub(super) fn cases() -> Vec<CaseResult> {
    let location = || location("samples/spanner/go/cancel_backup.go", 40, 102);
    let completes = || {
        JournalBuilder::from(NOTHING)
            .ok("CreateBackup", "create1:running", RUNNING)
            .ok("CancelOperation", "cancel1:ignored", RUNNING)
            .ok("GetOperation", "poll1:running", RUNNING)
            .ok("GetOperation", "poll2:done", READY)
            .ok("DeleteBackup", "delete1:serve", (None, READY.1))
    };
    let leaves_it = || {
        JournalBuilder::from(NOTHING)
            .ok("CreateBackup", "create1:running", RUNNING)
            .ok("CancelOperation", "cancel1:ignored", RUNNING)
            .ok("GetOperation", "poll1:done", READY)
    };
    let mut crashed = observed(
        Ended::Signal(11),
        "",
        "SIGSEGV: segmentation violation\n",
        JournalBuilder::from(NOTHING).request(
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
            observation: Some(observed(Ended::Code(0), "Backup my-backup was completed.\n", "", leaves_it())),
            findings: vec![Finding::new(
                Rule::LeakedBackup,
                "left the backup my-backup in the service, where it is READY",
            )],
            reason: Some(
                "the first try broke `leaked-backup` (exit 0), and try 2 passed (exit 0)".to_owned(),
            ),
            other_tries: vec![Try {
                findings: Vec::new(),
                observation: observed(
                    Ended::Code(0),
                    "Backup my-backup was completed and then deleted.\n",
                    "",
                    completes(),
                ),
                wall_ms: 291,
                virtual_ms: Some(6_104),
            }],
            location: location(),
            wall_ms: 288,
            virtual_ms: Some(6_101),
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
