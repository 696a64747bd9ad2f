//! One test for each rule in both directions.

use std::sync::LazyLock;

use regex::Regex;

use super::*;
use crate::{
    BackupState, BackupView, Captured, ChangeKind, Claim, ClaimPattern, ClockKind, Code, Entry, Expectation,
    ExpectedExit, Given, LeakedProcess, Limits, OperationState, OperationView, Outcome, Reply,
    ResourceChange, Schedule, Snapshot, Stream, Touched, Transport,
};

const BACKUP: &str = "projects/p/instances/i/backups/b";
const OPERATION: &str = "projects/p/instances/i/backups/b/operations/_auto_op_1";

pub(crate) fn scenario(outcome: Outcome, exit: ExpectedExit, claims: &[Claim]) -> Scenario {
    Scenario {
        name: "made-up".into(),
        title: "Made up for a test.".into(),
        services: vec!["spanner".parse().unwrap()],
        given: Given::default(),
        schedule: "create:running".parse().unwrap(),
        optional: Schedule::default(),
        expect: Some(Expectation { outcome, exit, claims: claims.to_vec(), may_leave_backup: false }),
    }
}

pub(crate) fn cancel_wins() -> Scenario {
    scenario(Outcome::Cancelled, ExpectedExit::Zero, &[Claim::Cancelled])
}

pub(super) fn contract() -> Contract {
    // Its patterns are compiled once: the properties ask for it many thousand times.
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        let claim = |claim, pattern| ClaimPattern {
            claim,
            stream: Stream::Stdout,
            pattern: Regex::new(pattern).unwrap(),
        };
        Contract {
            claims: vec![
                claim(Claim::Cancelled, "was cancelled"),
                claim(Claim::Completed, "was completed"),
                claim(Claim::Deleted, "Deleted"),
                claim(Claim::Failed, "failed"),
            ],
            ..Contract::default()
        }
    });
    CONTRACT.clone()
}

pub(super) fn placeholders() -> Placeholders {
    Placeholders {
        project: "p".into(),
        instance: "i".into(),
        database: "d".into(),
        backup: "b".into(),
        operation: String::new(),
    }
}

pub(crate) fn entry(seq: u32, rpc: &str, code: Code, shown: Option<OperationState>) -> Entry {
    Entry {
        seq,
        transport: Transport::Grpc,
        rpc: rpc.into(),
        request: None,
        resource: BACKUP.into(),
        decisions: Vec::new(),
        reply: Reply {
            code,
            message: String::new(),
            operation: shown.map(|state| OperationView { name: OPERATION.into(), state, foreign: false }),
        },
        fault: false,
        before: Touched::default(),
        after: Touched::default(),
    }
}

pub(crate) fn backup(foreign: bool) -> BackupView {
    BackupView { name: BACKUP.into(), state: BackupState::Ready, foreign }
}

pub(crate) fn ended_with(state: OperationState, backups: Vec<BackupView>) -> Snapshot {
    Snapshot { backups, operations: vec![OperationView { name: OPERATION.into(), state, foreign: false }] }
}

pub(super) fn limits() -> Limits {
    Limits { clock: ClockKind::Virtual, deadline_ms: 7_200_000, processor_ms: 60_000 }
}

pub(crate) fn observation(stdout: &str, exit: i32, settled: Snapshot) -> Observation {
    let mut cancel = entry(2, "CancelOperation", Code::Ok, None);
    cancel.before.operation = Some(OperationState::Running);
    let end = settled.operations.first().map(|operation| operation.state);
    let looks = end.map(|state| entry(3, "GetOperation", Code::Ok, Some(state)));
    let begin = entry(1, "CreateBackup", Code::Ok, Some(OperationState::Running));
    Observation {
        ended: Ended::Code(exit),
        limits: limits(),
        stdout: Captured::whole(stdout),
        stderr: Captured::default(),
        leaked_processes: Vec::new(),
        out_of_reach: Vec::new(),
        leaked_credentials: Vec::new(),
        journal: [begin, cancel].into_iter().chain(looks).collect(),
        given: Snapshot::default(),
        at_exit: settled.clone(),
        settled,
        changes: Vec::new(),
    }
}

pub(crate) fn cancelled() -> Snapshot {
    ended_with(OperationState::Failed(Code::Cancelled), Vec::new())
}

fn rules(scenario: &Scenario, observation: &Observation) -> Vec<Rule> {
    judge(scenario, &contract(), observation, &placeholders())
        .into_iter()
        .map(|finding| finding.rule)
        .collect()
}

#[test]
fn a_true_clean_run_has_no_findings() {
    assert_eq!(rules(&cancel_wins(), &observation("It was cancelled.\n", 0, cancelled())), []);
}

#[test]
fn a_backup_that_is_left_is_leaked_and_an_exit_with_0_then_lies() {
    let left = ended_with(OperationState::Completed, vec![backup(false)]);
    let scenario = scenario(Outcome::Completed, ExpectedExit::Zero, &[Claim::Completed]);
    let mut seen = observation("It was completed.\n", 0, left);
    assert_eq!(rules(&scenario, &seen), [Rule::LeakedBackup, Rule::WrongExit]);
    seen.ended = Ended::Code(1);
    assert_eq!(rules(&scenario, &seen), [Rule::LeakedBackup]);
}

#[test]
fn a_backup_that_nobody_could_have_deleted_is_no_leak() {
    let left = ended_with(OperationState::Completed, vec![backup(false)]);
    let mut delete = entry(4, "DeleteBackup", Code::PermissionDenied, None);
    delete.fault = true;
    delete.before.backup = Some(BackupState::Ready);
    let mut seen = observation("It was completed.\n", 1, left.clone());
    seen.journal.push(delete.clone());
    assert_eq!(rules(&cancel_wins(), &seen), []);
    seen.ended = Ended::Code(0);
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::WrongExit]);
    // What the scenario, or another one in whose place it is met, says of itself.
    let mut scenario = cancel_wins();
    scenario.expect.as_mut().unwrap().may_leave_backup = true;
    assert_eq!(rules(&scenario, &observation("It was completed.\n", 1, left)), []);
}

#[test]
fn what_was_there_before_is_neither_deleted_nor_cancelled_even_if_that_is_refused() {
    let mut seen = observation("It was cancelled.\n", 0, cancelled());
    let mut asked = entry(4, "DeleteBackup", Code::PermissionDenied, None);
    asked.before.foreign = true;
    seen.journal.push(asked.clone());
    let found = || judge(&cancel_wins(), &contract(), &seen, &placeholders());
    insta::assert_snapshot!(found()[0].message, @"request 4 asked to delete projects/p/instances/i/backups/b, which was there before the sample began");
    assert_eq!(found().len(), 1);
    seen.journal[3] = Entry { rpc: "CancelOperation".to_owned(), ..asked };
    let found = judge(&cancel_wins(), &contract(), &seen, &placeholders());
    assert_eq!((found.len(), found[0].rule), (1, Rule::CancelledForeignOperation));
    insta::assert_snapshot!(found[0].message, @"request 4 asked to cancel projects/p/instances/i/backups/b, which ran before the sample began");
}

#[test]
fn a_foreign_backup_must_survive_and_is_never_leaked() {
    let scenario = scenario(Outcome::Refused, ExpectedExit::NonZero, &[]);
    let mut seen = observation("It failed.\n", 1, Snapshot::default());
    seen.given.backups.push(backup(true));
    seen.journal = vec![entry(1, "CreateBackup", Code::AlreadyExists, None)];
    assert_eq!(rules(&scenario, &seen), [Rule::DeletedForeignBackup]);
    seen.settled.backups.push(backup(true));
    assert_eq!(rules(&scenario, &seen), []);
    // A backup of the sample under the same name is not the one that was there.
    seen.settled.backups[0].foreign = false;
    assert_eq!(rules(&scenario, &seen), [Rule::LeakedBackup, Rule::DeletedForeignBackup]);
}

fn changed(resource: &str, name: &str, change: ChangeKind) -> ResourceChange {
    ResourceChange { name: name.into(), resource: resource.into(), change, fields: Vec::new() }
}

#[test]
fn nothing_else_may_be_changed_or_left_and_backups_have_rules_of_their_own() {
    use ChangeKind::{Altered, Created, Deleted};
    let scenario = cancel_wins();
    let cancelled = || observation("It was cancelled.\n", 0, cancelled());
    let told = |resource, name, change| {
        let seen = Observation { changes: vec![changed(resource, name, change)], ..cancelled() };
        rules(&scenario, &seen)
    };
    assert_eq!(told("database", "d2", Deleted), [Rule::ForeignChanged]);
    assert_eq!(told("instance", "i", Altered), [Rule::ForeignChanged]);
    assert_eq!(told("backup", BACKUP, Altered), [Rule::ForeignChanged]);
    assert_eq!(told("backup schedule", "s", Created), [Rule::LeakedResource]);
    let mut deleted = Observation { changes: vec![changed("backup", BACKUP, Deleted)], ..cancelled() };
    deleted.given.backups.push(backup(true));
    assert_eq!(rules(&scenario, &deleted), [Rule::DeletedForeignBackup]);
    let mut left = Observation { changes: vec![changed("backup", BACKUP, Created)], ..cancelled() };
    left.settled.backups.push(backup(false));
    assert!(!rules(&scenario, &left).contains(&Rule::LeakedResource));
    let fields = vec!["config".to_owned(), "labels".to_owned()];
    let seen = Observation {
        changes: vec![ResourceChange { fields, ..changed("instance", "i", Altered) }],
        ..cancelled()
    };
    let findings = judge(&scenario, &contract(), &seen, &placeholders());
    assert_eq!(
        findings[0].message,
        "altered config and labels of the instance i, which was there before the sample began"
    );
}

#[test]
fn a_credential_in_the_output_is_told_by_its_name_and_not_shown() {
    let leaked_credentials = vec!["the access token on standard error".to_owned()];
    let seen = Observation { leaked_credentials, ..observation("It was cancelled.\n", 0, cancelled()) };
    let findings = judge(&cancel_wins(), &contract(), &seen, &placeholders());
    assert_eq!(findings[0].rule, Rule::LeakedCredential);
    assert_eq!(findings[0].message, "printed the access token on standard error");
}

#[test]
fn each_claim_is_held_against_the_service() {
    let failed = ended_with(OperationState::Failed(Code::Internal), Vec::new());
    let scenario = scenario(Outcome::Failed, ExpectedExit::NonZero, &[Claim::Failed]);
    let said = |text: &str| rules(&scenario, &observation(text, 1, failed.clone()));
    assert_eq!(said("It failed.\n"), []);
    assert_eq!(said("It was cancelled.\n"), [Rule::FalseClaim, Rule::MissingClaim]);
    assert_eq!(said("It was completed.\n"), [Rule::FalseClaim, Rule::MissingClaim]);
    assert_eq!(said("Deleted it.\n"), [Rule::FalseClaim, Rule::MissingClaim]);
    assert_eq!(said("Bye.\n"), [Rule::MissingClaim]);
}

#[test]
fn failed_is_true_only_if_the_operation_failed_or_a_request_did_for_good() {
    let claims = |seen: &Observation| rules(&cancel_wins(), seen).contains(&Rule::FalseClaim);
    let mut seen = observation("It was cancelled.\nfailed\n", 0, cancelled());
    assert!(claims(&seen), "nothing failed");
    seen.journal.push(entry(3, "GetBackup", Code::NotFound, None));
    assert!(claims(&seen), "to learn that it is gone is an answer");
    seen.journal.push(entry(4, "GetOperation", Code::Unavailable, None));
    assert!(!claims(&seen), "as far as the sample knows, it cannot be looked at");
    seen.journal.push(entry(5, "GetOperation", Code::Ok, None));
    assert!(claims(&seen), "it could, the next time");
    seen.journal.push(entry(6, "CreateBackup", Code::NotFound, None));
    assert!(!claims(&seen), "what it was to be made of is not there");
}

#[test]
fn deleted_is_true_once_a_deletion_of_an_own_backup_had_an_effect_or_was_answered_ok() {
    let scenario = scenario(Outcome::Completed, ExpectedExit::Zero, &[Claim::Deleted]);
    let mut seen = observation("Deleted it.\n", 0, ended_with(OperationState::Completed, Vec::new()));
    seen.journal.push(entry(4, "DeleteBackup", Code::Ok, None));
    let lies = [Rule::FalseClaim, Rule::MissingClaim];
    assert_eq!(rules(&scenario, &seen), lies, "of what was never there");
    seen.journal[3].before.backup = Some(BackupState::Ready);
    assert_eq!(rules(&scenario, &seen), []);
    seen.journal[3].reply.code = Code::Unavailable;
    assert_eq!(rules(&scenario, &seen), [], "the reply alone was lost");
    seen.journal[3].after.backup = Some(BackupState::Ready);
    assert_eq!(rules(&scenario, &seen), lies, "it had no effect");
    seen.journal[3].reply.code = Code::Ok;
    seen.journal[3].before.foreign = true;
    assert_eq!(rules(&scenario, &seen), [Rule::DeletedForeignBackup, lies[0], lies[1]]);
    seen.journal[3].before = crate::Touched::default();
    seen.journal[0].after.operation = Some(OperationState::Running);
    assert_eq!(rules(&scenario, &seen), [], "what it had created was gone when it asked");
}

#[test]
fn exits_are_judged_by_what_happened() {
    assert_eq!(rules(&cancel_wins(), &observation("It was cancelled.\n", 1, cancelled())), [Rule::WrongExit]);
    let refused = scenario(Outcome::Refused, ExpectedExit::NonZero, &[]);
    let mut seen = observation("It failed.\n", 0, Snapshot::default());
    seen.journal = vec![entry(1, "CreateBackup", Code::AlreadyExists, None)];
    assert_eq!(rules(&refused, &seen), [Rule::WrongExit]);
    // Nothing is left, by the sample's own doing; but it does not say so.
    let failed = ended_with(OperationState::Failed(Code::Internal), Vec::new());
    assert_eq!(rules(&refused, &observation("It failed.\n", 0, failed)), [Rule::WrongExit]);
}

#[test]
fn a_clean_end_that_the_sample_brought_about_itself_may_be_told_with_0() {
    let mut seen = observation("It was cancelled.\n", 0, cancelled());
    seen.journal[0].reply =
        Reply { operation: None, code: Code::Unavailable, ..seen.journal[0].reply.clone() };
    assert_eq!(Due::of(&seen).outcome, Outcome::ReplyLost);
    assert_eq!(rules(&cancel_wins(), &seen), []);
    seen.stdout = Captured::whole("It failed.\n");
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::WrongExit]);
    seen.ended = Ended::Code(1);
    assert_eq!(rules(&cancel_wins(), &seen), []);
}

#[test]
fn where_either_exit_is_right_a_scenario_that_has_one_in_mind_decides() {
    let mut seen = observation("It was cancelled.\n", 1, cancelled());
    seen.journal.truncate(2);
    let nameless = Scenario { expect: None, ..cancel_wins() };
    assert_eq!(rules(&nameless, &seen), []);
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::WrongExit]);
    seen.ended = Ended::Code(0);
    assert_eq!(rules(&cancel_wins(), &seen), []);
}

#[test]
fn success_while_the_operation_runs_is_too_early() {
    let mut seen = observation("It was cancelled.\n", 0, cancelled());
    seen.at_exit = ended_with(OperationState::Running, Vec::new());
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::EarlyExit]);
    seen.ended = Ended::Code(2);
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::WrongExit]);
}

#[test]
fn a_cancel_is_due_unless_the_sample_saw_the_end_first() {
    let completed = ended_with(OperationState::Completed, Vec::new());
    let scenario = scenario(Outcome::Completed, ExpectedExit::Zero, &[Claim::Completed]);
    let mut seen = observation("It was completed.\n", 0, completed);
    seen.journal.truncate(1);
    seen.journal.push(entry(2, "GetOperation", Code::Ok, Some(OperationState::Running)));
    assert_eq!(rules(&scenario, &seen), [Rule::CancelNotSent]);
    let mut deletion = entry(3, "DeleteBackup", Code::Ok, Some(OperationState::Completed));
    if let Some(operation) = &mut deletion.reply.operation {
        operation.name.push_str("-of-the-deletion");
    }
    seen.journal.push(deletion);
    assert_eq!(rules(&scenario, &seen), [Rule::CancelNotSent], "the end of another operation says nothing");
    seen.journal.push(entry(4, "GetOperation", Code::Ok, Some(OperationState::Completed)));
    assert_eq!(rules(&scenario, &seen), [Rule::CancelNotSent], "it has seen it running");
    let running = seen.journal.remove(1);
    assert_eq!(rules(&scenario, &seen), []);
    seen.journal.insert(1, running);
    let mut delete = entry(3, "DeleteBackup", Code::Ok, None);
    delete.before.backup = Some(BackupState::Creating);
    seen.journal.insert(2, delete);
    assert_eq!(rules(&scenario, &seen), [Rule::CancelNotSent], "its own deletion was the end");
    seen.journal.insert(2, entry(3, "CancelOperation", Code::NotFound, None));
    assert_eq!(rules(&scenario, &seen), [Rule::CancelNotSent], "it cancelled something else");
    seen.journal[2].before.operation = Some(OperationState::Running);
    assert_eq!(rules(&scenario, &seen), []);
}

#[test]
fn a_sample_without_a_request_never_began_whatever_it_printed_and_however_it_ended() {
    let refused = scenario(Outcome::Refused, ExpectedExit::NonZero, &[Claim::Failed]);
    let mut seen = observation("It failed.\n", 1, Snapshot::default());
    seen.journal = vec![entry(1, "CreateBackup", Code::AlreadyExists, None)];
    assert_eq!(rules(&refused, &seen), []);
    seen.journal.clear();
    assert_eq!(rules(&refused, &seen), [Rule::NothingHappened, Rule::FalseClaim, Rule::MissingClaim]);
    (seen.ended, seen.stdout) = (Ended::Code(0), Captured::default());
    assert!(rules(&cancel_wins(), &seen).contains(&Rule::NothingHappened));
    seen.ended = Ended::Signal(6);
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::Crashed, Rule::NothingHappened]);
    (seen.ended, seen.limits.clock) = (Ended::Deadline, ClockKind::Real);
    assert_eq!(rules(&cancel_wins(), &seen), [], "it may yet begin");
}

#[test]
fn a_refusal_by_rule_is_malformed_and_a_scheduled_fault_is_not() {
    let mut seen = observation("It was cancelled.\n", 0, cancelled());
    seen.journal.push(entry(4, "CreateBackup", Code::InvalidArgument, None));
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::MalformedRequest]);
    seen.journal[3].fault = true;
    assert_eq!(rules(&cancel_wins(), &seen), []);
}

#[test]
fn a_sample_that_was_ended_is_not_asked_for_its_exit_or_its_output() {
    let mut seen = observation("", 0, cancelled());
    seen.ended = Ended::Deadline;
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::TimedOut]);
    seen.ended = Ended::Signal(11);
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::Crashed]);
    seen.stdout = Captured::whole("It was completed.\n");
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::Crashed, Rule::FalseClaim]);
}

#[test]
fn each_end_that_had_to_be_made_says_at_which_limit() {
    let message = |ended| {
        let mut seen = observation("", 0, cancelled());
        seen.ended = ended;
        let findings = judge(&cancel_wins(), &contract(), &seen, &placeholders());
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].rule, Rule::TimedOut);
        findings[0].message.clone()
    };
    assert_eq!(message(Ended::Deadline), "had not ended after 2 h of virtual time");
    assert_eq!(message(Ended::ProcessorTime), "used 60 s of processor time without ending");
    assert_eq!(
        message(Ended::Stuck),
        "waits for something that can never happen: every process sleeps and none waits for time"
    );
}

#[test]
fn a_wait_that_was_ended_in_real_time_is_held_against_nobody() {
    let leaked = BackupView { name: BACKUP.into(), state: BackupState::Ready, foreign: false };
    let mut seen = observation("", 0, ended_with(OperationState::Completed, vec![leaked]));
    (seen.ended, seen.limits.clock) = (Ended::Deadline, ClockKind::Real);
    assert_eq!(rules(&cancel_wins(), &seen), []);
    seen.ended = Ended::ProcessorTime;
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::TimedOut, Rule::LeakedBackup]);
}

#[test]
fn what_is_out_of_reach_is_a_finding_each_in_order() {
    let mut seen = observation("It was cancelled.\n", 0, cancelled());
    for asked in ["the name example.com", "/proc/1/environ", "the name example.com"] {
        seen.out_of_reach.push(asked.to_owned());
    }
    let findings = judge(&cancel_wins(), &contract(), &seen, &placeholders());
    let messages: Vec<_> = findings.iter().map(|finding| (finding.rule, finding.message.as_str())).collect();
    assert_eq!(
        messages,
        [
            (Rule::OutOfReach, "asked for what is outside its world: the name example.com"),
            (Rule::OutOfReach, "asked for what is outside its world: /proc/1/environ"),
        ]
    );
}

#[test]
fn processes_that_stay_are_named() {
    let mut seen = observation("It was cancelled.\n", 0, cancelled());
    seen.leaked_processes.push(LeakedProcess { command: "sleep 600".into() });
    assert_eq!(rules(&cancel_wins(), &seen), [Rule::LeakedProcess]);
}

#[test]
fn output_is_compared_with_the_names_that_the_service_saw() {
    let mut contract = contract();
    contract.outputs.insert(Outcome::Cancelled, "{backup} of {operation} was cancelled\n".into());
    let mut names = placeholders();
    names.backup = "asked-for".into();
    let expected = format!("b of {OPERATION} was cancelled");
    let judged =
        |stdout: &str| judge(&cancel_wins(), &contract, &observation(stdout, 0, cancelled()), &names);
    assert_eq!(judged(&format!("{expected}\r\n")), []);
    let findings = judged("b was cancelled\n");
    assert_eq!(findings[0].rule, Rule::OutputDiffers);
    insta::assert_snapshot!(findings[0].diff.as_deref().unwrap(), @"
    --- expected (outputs.cancelled)
    +++ printed
    @@ -1 +1 @@
    -b of projects/p/instances/i/backups/b/operations/_auto_op_1 was cancelled
    +b was cancelled
    ");
}

#[test]
fn a_text_for_one_scenario_wins_over_its_outcome() {
    let mut contract = contract();
    contract.outputs.insert(Outcome::Cancelled, "no".into());
    contract.outputs_by_scenario.insert("made-up".into(), "was cancelled".into());
    let seen = observation("was cancelled\n", 0, cancelled());
    assert_eq!(judge(&cancel_wins(), &contract, &seen, &placeholders()), []);
}

#[test]
fn what_is_said_of_a_fault_that_no_scenario_names_is_the_samples_to_choose() {
    let mut contract = contract();
    contract.outputs.insert(Outcome::Cancelled, "was cancelled".into());
    let mut seen = observation("The first cancel failed.\nwas cancelled\n", 0, cancelled());
    seen.journal[1].decisions = vec![crate::Decided::of("cancel1:unavailable".parse().unwrap(), &[])];
    seen.journal[1].reply.code = Code::Unavailable;
    let nameless = Scenario { expect: None, ..cancel_wins() };
    let differs = |scenario: &Scenario, seen: &Observation| {
        let findings = judge(scenario, &contract, seen, &placeholders());
        findings.iter().any(|finding| finding.rule == Rule::OutputDiffers)
    };
    assert!(differs(&cancel_wins(), &seen));
    assert!(!differs(&nameless, &seen));
    seen.journal[1].decisions.clear();
    assert!(differs(&nameless, &seen));
}

#[test]
fn output_that_was_not_kept_whole_never_compares_as_equal() {
    let mut contract = contract();
    contract.outputs.insert(Outcome::Cancelled, "was cancelled".into());
    let mut seen = observation("was cancelled", 0, cancelled());
    seen.stdout.dropped = 5;
    let findings = judge(&cancel_wins(), &contract, &seen, &placeholders());
    assert_eq!(findings[0].rule, Rule::OutputDiffers);
}
