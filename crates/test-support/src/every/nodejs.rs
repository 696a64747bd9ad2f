//! Cases from a page: a foreign backup that is gone, a known failure, an unexpected pass.

use rescind_model::{CaseResult, Code, Ended, Finding, Rule, Verdict};

use super::build::{
    CANCELLED, FAILED, FOREIGN, JournalBuilder, NOTHING, RUNNING, backup, case, location, observed, operation,
};

pub(super) fn cases() -> Vec<CaseResult> {
    let location = || location("docs/cancel-backup-create.md", 118, 171);
    let mut early = observed(
        Ended::Code(0),
        "Creating backup.\n",
        "",
        JournalBuilder::from(NOTHING).ok("CreateBackup", "create1:running", RUNNING),
    );
    early.out_of_reach.push("connect to 93.184.216.34:80".to_owned());
    vec![
        CaseResult {
            observation: Some(observed(
                Ended::Code(0),
                "Creating backup.\nBackup cancelled.\n",
                "",
                JournalBuilder::from(NOTHING)
                    .ok("CreateBackup", "create1:running", RUNNING)
                    .ok("CancelOperation", "cancel1:honoured", CANCELLED),
            )),
            reason: Some("known failure: the sample prints no operation name (https://example.com/issues/7)".to_owned()),
            findings: vec![Finding {
                diff: Some("--- expected (cancelled)\n+++ stdout\n@@ -1,2 +1,2 @@\n-Creating backup my-backup.\n+Creating backup.\n Backup cancelled.\n".to_owned()),
                ..Finding::new(Rule::OutputDiffers, "standard output is not that of the outcome `cancelled`")
            }],
            location: location(),
            wall_ms: 640,
            ..case(
                "spanner/nodejs/cancel-wins",
                "The cancel takes effect at once.",
                "create:running cancel:honoured",
                Verdict::KnownFailure,
            )
        },
        CaseResult {
            observation: Some(early),
            findings: vec![
                Finding::new(Rule::EarlyExit, format!("exited with 0 while {} was still running", operation())),
                Finding::new(Rule::CancelNotSent, "never asked to cancel, although its operation was running"),
                Finding::new(
                    Rule::OutOfReach,
                    "asked for what is outside its world: connect to 93.184.216.34:80",
                ),
            ],
            location: location(),
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
                JournalBuilder::from(FOREIGN)
                    .request(
                        "CreateBackup",
                        "",
                        Code::AlreadyExists,
                        "Backup already exists: my-backup",
                        FOREIGN,
                    )
                    .ok("DeleteBackup", "delete1:serve", NOTHING),
            )),
            findings: vec![
                Finding::new(
                    Rule::DeletedForeignBackup,
                    format!("deleted {}, which was there before the sample began", backup()),
                ),
                Finding::new(
                    Rule::CancelledForeignOperation,
                    format!("request 3 asked to cancel {}/operations/_auto_op_1, which ran before the sample began", backup()),
                ),
                Finding::new(
                    Rule::ForeignChanged,
                    "altered labels of the instance projects/p/instances/i, which was there before the sample began",
                ),
                Finding::new(
                    Rule::LeakedResource,
                    "created the backup schedule projects/p/instances/i/databases/d/backupSchedules/s and left it",
                ),
                Finding::new(Rule::LeakedCredential, "printed the access token on standard error"),
            ],
            location: location(),
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
                JournalBuilder::from(NOTHING)
                    .ok("CreateBackup", "create1:running", RUNNING)
                    .ok("CancelOperation", "cancel1:ignored", RUNNING)
                    .ok("GetOperation", "poll1:failed", FAILED),
            )),
            reason: Some("passes, although manifests/known-failures.yaml:12 says that it breaks `false-claim`".to_owned()),
            location: location(),
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
