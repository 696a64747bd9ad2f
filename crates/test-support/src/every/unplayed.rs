//! A case that never asked for what its scenario is about, and one that never began.

use rescind_model::{CaseResult, Ended, Finding, Rule, Verdict};

use super::build::{CANCELLED, JournalBuilder, NOTHING, RUNNING, case, location, observed};

pub(super) fn cases() -> Vec<CaseResult> {
    let never_looks = JournalBuilder::from(NOTHING).ok("CreateBackup", "create1:running", RUNNING).ok(
        "CancelOperation",
        "cancel1:honoured",
        CANCELLED,
    );
    vec![
        CaseResult {
            observation: Some(observed(Ended::Code(0), "Backup my-backup was cancelled.\n", "", never_looks)),
            reason: Some("never asked for `poll1:unavailable`, and so says nothing about it".to_owned()),
            location: location("docs/cancel-backup-create.md", 74, 111),
            wall_ms: 12,
            virtual_ms: Some(12),
            ..case(
                "spanner/go/poll-unavailable-once",
                "The cancel takes effect and the first poll after it meets an unavailable service.",
                "create:running cancel:honoured poll1:unavailable",
                Verdict::NotPlayed,
            )
        },
        CaseResult {
            observation: Some(observed(
                Ended::Code(127),
                "",
                "cancel-backup.sh: line 14: $: command not found\n",
                JournalBuilder::from(NOTHING),
            )),
            findings: vec![Finding::new(
                Rule::NothingHappened,
                "the sample never began: not one request has reached the service",
            )],
            location: location("docs/cancel-backup-create.md", 14, 14),
            wall_ms: 5,
            virtual_ms: Some(5),
            ..case(
                "geminidb/curl/bad-token",
                "The token is refused before anything is begun.",
                "create:unauthenticated",
                Verdict::Fail,
            )
        },
    ]
}
