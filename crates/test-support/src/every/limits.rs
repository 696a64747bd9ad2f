//! Cases that had to be ended: one that nobody knows of what would have come, and two that would never have ended.

use rescind_model::{CaseResult, Ended, Finding, Limits, Rule, Verdict};

use super::build::{JournalBuilder, NOTHING, REAL, RUNNING, case, location, observed};

pub(super) fn cases() -> Vec<CaseResult> {
    let started = || JournalBuilder::from(NOTHING).ok("CreateBackup", "create1:running", RUNNING);
    let polled = started().ok("CancelOperation", "cancel1:ignored", RUNNING).ok(
        "GetOperation",
        "poll1:running",
        RUNNING,
    );
    let mut undecided = observed(Ended::Deadline, "Creating backup my-backup.\n", "", polled);
    undecided.limits = REAL;
    let mut busy = observed(Ended::ProcessorTime, "", "", started());
    busy.limits = Limits { processor_ms: 30_000, ..busy.limits };
    vec![
        CaseResult {
            observation: Some(undecided),
            reason: Some("still waited at its deadline, 60 s of real time".to_owned()),
            location: location("samples/geminidb/curl/stop-backup.sh", 12, 130),
            wall_ms: 60_007,
            ..case(
                "geminidb/curl/never-ends",
                "The operation neither ends nor heeds the cancel.",
                "create:running cancel:ignored poll:running",
                Verdict::Undecided,
            )
        },
        CaseResult {
            observation: Some(observed(Ended::Stuck, "Creating backup my-backup.\n", "", started())),
            findings: vec![Finding::new(
                Rule::TimedOut,
                "waits for something that can never happen: every process sleeps and none waits for time",
            )],
            location: location("samples/geminidb/python/backup_sample.py", 28, 152),
            wall_ms: 141,
            virtual_ms: Some(139),
            ..case(
                "geminidb/python/cancel-lags",
                "The cancel is acknowledged and takes effect at the third poll.",
                "create:running cancel:pending poll1:running poll2:running poll3:cancelled",
                Verdict::Fail,
            )
        },
        CaseResult {
            observation: Some(busy),
            findings: vec![Finding::new(Rule::TimedOut, "used 30 s of processor time without ending")],
            location: location("samples/geminidb/python/backup_sample.py", 28, 152),
            wall_ms: 30_412,
            virtual_ms: Some(30_412),
            ..case(
                "geminidb/python/never-ends",
                "The operation neither ends nor heeds the cancel.",
                "create:running cancel:ignored poll:running",
                Verdict::Fail,
            )
        },
    ]
}
