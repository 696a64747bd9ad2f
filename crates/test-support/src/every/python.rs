//! Leaks, false claims and a sample that never ends.

use rescind_model::{CaseResult, Code, Ended, Finding, Rule, Verdict};

use super::build::{CANCELLED, FAILED, JournalBuilder, NOTHING, RUNNING, backup, case, location, observed};

pub(super) fn cases() -> Vec<CaseResult> {
    let location = || location("samples/spanner/python/cancel_backup.py", 31, 74);
    let diff = "--- expected (failed)\n+++ stdout\n@@ -1,2 +1,2 @@\n-Backup my-backup failed: INTERNAL.\n-Nothing was left behind.\n+Backup creation was successfully cancelled.\n+Backup deleted.\n";
    let mut never_ends = JournalBuilder::from(NOTHING).ok("CreateBackup", "create1:running", RUNNING).ok(
        "CancelOperation",
        "cancel1:ignored",
        RUNNING,
    );
    for poll in 1..=12 {
        never_ends = never_ends.ok("GetOperation", &format!("poll{poll}:running"), RUNNING);
    }
    vec![
        CaseResult {
            observation: Some(observed(
                Ended::Code(1),
                "",
                "Traceback (most recent call last):\n  File \"main.py\", line 44, in <module>\n    sys.exit(main())\ngoogle.api_core.exceptions.MethodNotImplemented: 501 CancelOperation is not implemented\n",
                JournalBuilder::from(NOTHING).ok("CreateBackup", "create1:running", RUNNING).request(
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
            ],
            location: location(),
            wall_ms: 1_843,
            virtual_ms: Some(301_843),
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
                JournalBuilder::from(NOTHING)
                    .ok("CreateBackup", "create1:running", RUNNING)
                    .ok("CancelOperation", "cancel1:honoured", CANCELLED)
                    .ok("GetOperation", "poll1:done", CANCELLED)
                    .request("GetBackup", "", Code::NotFound, "Backup not found: my-backup", CANCELLED),
            )),
            location: location(),
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
            findings: vec![Finding::new(Rule::TimedOut, "had not ended after 2 h of virtual time")],
            location: location(),
            wall_ms: 2_204,
            virtual_ms: Some(7_200_004),
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
                JournalBuilder::from(NOTHING)
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
                Finding::new(Rule::WrongExit, "exited with 0; the outcome `failed` asks for another code"),
            ],
            location: location(),
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
