//! What the cases are built of: journals, observations, locations.

use rescind_model::{
    BackupState, BackupView, Captured, CaseResult, ClockKind, Code, Decided, Ended, Entry, Limits, Location,
    Observation, OperationState, OperationView, Reply, Snapshot, Term, Touched, Transport, Verdict,
};

pub(super) const INSTANCE: &str = "projects/spanner-case/instances/test-instance";

/// The limits in a closed world.
pub(super) const VIRTUAL: Limits =
    Limits { clock: ClockKind::Virtual, deadline_ms: 7_200_000, processor_ms: 60_000 };
/// The limits where time is real.
pub(super) const REAL: Limits = Limits { clock: ClockKind::Real, deadline_ms: 60_000, processor_ms: 60_000 };

/// The states of the backup and of its operation.
pub(super) type States = (Option<BackupState>, Option<OperationState>);

pub(super) const NOTHING: States = (None, None);
pub(super) const RUNNING: States = (Some(BackupState::Creating), Some(OperationState::Running));
pub(super) const READY: States = (Some(BackupState::Ready), Some(OperationState::Completed));
pub(super) const CANCELLED: States = (None, Some(OperationState::Failed(Code::Cancelled)));
pub(super) const FAILED: States = (None, Some(OperationState::Failed(Code::Internal)));
pub(super) const FOREIGN: States = (Some(BackupState::Ready), None);

pub(super) fn backup() -> String {
    format!("{INSTANCE}/backups/my-backup")
}

pub(super) fn operation() -> String {
    format!("{}/operations/_auto_op_1", backup())
}

/// Builds a journal request by request; each begins in the state in which the one before it ended.
pub(super) struct JournalBuilder {
    pub(super) entries: Vec<Entry>,
    pub(super) state: States,
}

/// A decision as the engine would have taken it down.
fn decided(term: &str) -> Decided {
    let term: Term = term.parse().unwrap();
    let legal = if term.decision.is_fault() { &[] } else { term.request.decisions() };
    Decided::of(term, legal)
}

impl JournalBuilder {
    pub(super) fn from(state: States) -> JournalBuilder {
        JournalBuilder { entries: Vec::new(), state }
    }

    pub(super) fn request(
        mut self,
        rpc: &str,
        decision: &str,
        code: Code,
        message: &str,
        after: States,
    ) -> JournalBuilder {
        let touched = |(backup, operation): States| Touched { backup, operation, foreign: false };
        let shown = matches!(rpc, "CreateBackup" | "GetOperation") && code == Code::Ok;
        let view = after.1.filter(|_| shown);
        self.entries.push(Entry {
            seq: u32::try_from(self.entries.len() + 1).unwrap(),
            transport: Transport::Grpc,
            rpc: rpc.to_owned(),
            request: None,
            resource: if rpc.ends_with("Operation") { operation() } else { backup() },
            decisions: decision.split_whitespace().map(decided).collect(),
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

    pub(super) fn ok(self, rpc: &str, decision: &str, after: States) -> JournalBuilder {
        self.request(rpc, decision, Code::Ok, "", after)
    }
}

pub(super) fn snapshot((backup_state, operation_state): States, foreign: bool) -> Snapshot {
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

pub(super) fn observed(ended: Ended, stdout: &str, stderr: &str, journal: JournalBuilder) -> Observation {
    let foreign = journal.entries.first().is_some_and(|entry| entry.before.backup.is_some());
    let given = snapshot(if foreign { FOREIGN } else { NOTHING }, foreign);
    let end = snapshot(journal.state, foreign);
    // What still ran when the sample ended has run to its end by then, unless it never ends.
    let settled = match ended {
        Ended::Deadline | Ended::ProcessorTime | Ended::Stuck => end.clone(),
        _ if journal.state == RUNNING => snapshot(READY, foreign),
        _ => end.clone(),
    };
    Observation {
        ended,
        limits: VIRTUAL,
        stdout: Captured::whole(stdout),
        stderr: Captured::whole(stderr),
        leaked_processes: Vec::new(),
        out_of_reach: Vec::new(),
        leaked_credentials: Vec::new(),
        journal: journal.entries,
        given,
        at_exit: end,
        settled,
        changes: Vec::new(),
    }
}

pub(super) fn case(id: &str, title: &str, schedule: &str, verdict: Verdict) -> CaseResult {
    CaseResult {
        id: id.parse().unwrap(),
        title: title.to_owned(),
        schedule: schedule.to_owned(),
        verdict,
        reason: None,
        findings: Vec::new(),
        observation: None,
        location: None,
        wall_ms: 0,
        virtual_ms: None,
        other_tries: Vec::new(),
        replay: {
            let (sample, scenario) = id.rsplit_once('/').unwrap();
            let (service, language) = sample.split_once('/').unwrap();
            format!("rescind run --service {service} --language {language} --scenario {scenario}")
        },
    }
}

pub(super) fn location(file: &str, first_line: u32, last_line: u32) -> Option<Location> {
    Some(Location { file: file.to_owned(), first_line, last_line })
}
