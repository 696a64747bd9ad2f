//! What holds of the findings on any observation, made up without regard to what a service could do.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::tests::{contract, entry, limits, placeholders, scenario};
use super::*;
use crate::{
    BackupState, BackupView, Captured, Claim, Code, Expectation, ExpectedExit, LeakedProcess, OperationState,
    OperationView, Outcome, Snapshot,
};

/// What the contract of these tests takes for a claim.
const CLAIMS: [(Claim, &str); 4] = [
    (Claim::Cancelled, "was cancelled"),
    (Claim::Completed, "was completed"),
    (Claim::Deleted, "Deleted"),
    (Claim::Failed, "failed"),
];

fn any_end() -> impl Strategy<Value = Ended> {
    let limit = select(vec![Ended::Deadline, Ended::ProcessorTime, Ended::Stuck]);
    prop_oneof![(0..3).prop_map(Ended::Code), limit, (1..16).prop_map(Ended::Signal)]
}

fn any_operation_state() -> impl Strategy<Value = OperationState> {
    prop_oneof![
        Just(OperationState::Running),
        Just(OperationState::Completed),
        select(&Code::ALL[1..]).prop_map(OperationState::Failed),
    ]
}

fn any_backup_state() -> impl Strategy<Value = BackupState> {
    select(vec![BackupState::Creating, BackupState::Ready, BackupState::Failed, BackupState::Deleting])
}

/// Up to three backups of a few names, some of them foreign, and up to two operations.
fn any_snapshot() -> impl Strategy<Value = Snapshot> {
    let backup = ("[abc]", any_backup_state(), any::<bool>()).prop_map(|(name, state, foreign)| BackupView {
        name,
        state,
        foreign,
    });
    let operation = ("o[12]", any_operation_state(), any::<bool>())
        .prop_map(|(name, state, foreign)| OperationView { name, state, foreign });
    (vec(backup, 0..4), vec(operation, 0..3))
        .prop_map(|(backups, operations)| Snapshot { backups, operations })
}

fn any_entry() -> impl Strategy<Value = crate::Entry> {
    let rpcs = vec![
        "CreateBackup",
        "CancelOperation",
        "GetOperation",
        "GetBackup",
        "DeleteBackup",
        "ListBackups",
        "UpdateBackup",
    ];
    let backup = || option::of(any_backup_state());
    let shown = option::of(any_operation_state());
    let code = prop_oneof![2 => Just(Code::Ok), 1 => select(Code::ALL.to_vec())];
    (select(rpcs), code, shown, any::<bool>(), any::<bool>(), backup(), backup()).prop_map(
        |(rpc, code, shown, fault, foreign, before, after)| {
            let mut entry = entry(1, rpc, code, shown);
            entry.fault = fault;
            entry.before.backup = before;
            entry.before.foreign = foreign;
            entry.after.backup = after;
            entry
        },
    )
}

pub(crate) fn any_observation() -> impl Strategy<Value = Observation> {
    let lines: Vec<&str> = CLAIMS.iter().map(|(_, text)| *text).chain(["noise"]).collect();
    let said = subsequence(lines, 0..=5).prop_map(|lines| Captured::whole(lines.join("\n")));
    let given = any_snapshot().prop_map(|mut given| {
        given.backups.iter_mut().for_each(|backup| backup.foreign = true);
        given
    });
    let leaked = vec("[a-z]{1,5}", 0..2);
    let asked = vec("[ab]", 0..3);
    (any_end(), said, leaked, asked, vec(any_entry(), 0..5), given, any_snapshot(), any_snapshot()).prop_map(
        |(ended, stdout, leaked, asked, journal, given, at_exit, settled)| Observation {
            ended,
            limits: limits(),
            stdout,
            stderr: Captured::default(),
            leaked_processes: leaked.into_iter().map(|command| LeakedProcess { command }).collect(),
            out_of_reach: asked,
            leaked_credentials: Vec::new(),
            journal,
            given,
            at_exit,
            settled,
            changes: Vec::new(),
        },
    )
}

fn any_scenario() -> impl Strategy<Value = Scenario> {
    let claims = subsequence(CLAIMS.map(|(claim, _)| claim).to_vec(), 0..=4);
    let exit = select(vec![ExpectedExit::Zero, ExpectedExit::NonZero]);
    (select(Outcome::ALL.to_vec()), exit, claims, any::<bool>()).prop_map(
        |(outcome, exit, claims, may_leave_backup)| {
            let scenario = scenario(outcome, exit, &claims);
            let expect = scenario.expect.map(|expect| Expectation { may_leave_backup, ..expect });
            Scenario { expect, ..scenario }
        },
    )
}

fn findings(scenario: &Scenario, seen: &Observation) -> Vec<Finding> {
    judge(scenario, &contract(), seen, &placeholders())
}

fn count(findings: &[Finding], rule: Rule) -> usize {
    findings.iter().filter(|finding| finding.rule == rule).count()
}

/// The claims that the output makes.
fn said(seen: &Observation) -> Vec<Claim> {
    let makes = |text: &str| seen.stdout.text.lines().any(|line| line == text);
    CLAIMS.iter().filter(|(_, text)| makes(text)).map(|(claim, _)| *claim).collect()
}

proptest! {
    #[test]
    fn the_same_observation_has_the_same_findings(scenario in any_scenario(), seen in any_observation()) {
        prop_assert_eq!(findings(&scenario, &seen), findings(&scenario, &seen.clone()));
    }

    #[test]
    fn each_backup_of_the_sample_that_is_left_is_one_leak_unless_it_is_unavoidable(
        scenario in any_scenario(), seen in any_observation(),
    ) {
        let left = seen.settled.backups.iter().filter(|backup| !backup.foreign).count();
        let may_leave = scenario.expect.as_ref().is_some_and(|expect| expect.may_leave_backup);
        let excused = may_leave || Due::of(&seen).excuse.is_some();
        let expected = if excused { 0 } else { left };
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::LeakedBackup), expected);
    }

    #[test]
    fn what_was_there_before_is_one_finding_where_it_is_gone_or_asked_for(scenario in any_scenario(), seen in any_observation()) {
        let survives = |name: &str| seen.settled.backups.iter().any(|it| it.foreign && it.name == name);
        let gone = seen.given.backups.iter().filter(|backup| !survives(&backup.name)).count();
        let asked = |kind| seen.journal.iter().any(|entry| entry.kind() == kind && entry.before.foreign);
        let asked_only = usize::from(gone == 0 && asked(crate::RequestKind::Delete));
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::DeletedForeignBackup), gone + asked_only);
        let cancelled = usize::from(asked(crate::RequestKind::Cancel));
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::CancelledForeignOperation), cancelled);
    }

    #[test]
    fn each_claim_that_does_not_hold_is_one_false_claim(scenario in any_scenario(), seen in any_observation()) {
        let truth = Truth::of(&seen);
        let lies = said(&seen).into_iter().filter(|claim| !truth.holds(*claim)).count();
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::FalseClaim), lies);
    }

    #[test]
    fn a_claim_is_missing_exactly_where_one_is_due_and_no_true_one_is_made(
        scenario in any_scenario(), seen in any_observation(),
    ) {
        let truth = Truth::of(&seen);
        let need_not = scenario.expect.as_ref().is_some_and(|expect| expect.claims.is_empty());
        let due = !need_not && matches!(seen.ended, Ended::Code(_));
        let made = said(&seen).into_iter().any(|claim| truth.holds(claim));
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::MissingClaim), usize::from(due && !made));
    }

    #[test]
    fn an_exit_with_0_is_right_only_if_nothing_is_left_and_another_only_if_something_is_or_it_is_asked_for(
        scenario in any_scenario(), seen in any_observation(),
    ) {
        let truth = Truth::of(&seen);
        let exit = Due::of(&seen).exit.or(scenario.expect.as_ref().map(|expect| expect.exit));
        let wrong = match (seen.ended, exit) {
            (Ended::Code(0), Some(ExpectedExit::NonZero)) => {
                let tells = |claim: &Claim| matches!(claim, Claim::Cancelled | Claim::Deleted) && truth.holds(*claim);
                !truth.left.is_empty() || !said(&seen).iter().any(tells)
            }
            (Ended::Code(0), _) => !truth.left.is_empty(),
            (Ended::Code(_), Some(ExpectedExit::Zero)) => true,
            _ => false,
        };
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::WrongExit), usize::from(wrong));
    }

    #[test]
    fn each_operation_that_still_runs_when_the_sample_ends_with_0_is_one_early_exit(
        scenario in any_scenario(), seen in any_observation(),
    ) {
        let running = |it: &&OperationView| !it.foreign && it.state == OperationState::Running;
        let early = if seen.ended == Ended::Code(0) { seen.at_exit.operations.iter().filter(running).count() } else { 0 };
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::EarlyExit), early);
    }

    #[test]
    fn nothing_happened_exactly_where_no_request_was_made(scenario in any_scenario(), seen in any_observation()) {
        let expected = usize::from(seen.journal.is_empty());
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::NothingHappened), expected);
    }

    #[test]
    fn a_request_is_malformed_exactly_where_a_rule_of_the_service_refuses_it_so(
        scenario in any_scenario(), seen in any_observation(),
    ) {
        let refused = |it: &&crate::Entry| matches!(it.reply.code, Code::InvalidArgument | Code::Unimplemented);
        let malformed = seen.journal.iter().filter(refused).filter(|entry| !entry.fault).count();
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::MalformedRequest), malformed);
    }

    #[test]
    fn each_thing_outside_its_world_is_one_finding_however_often_it_is_asked_for(
        scenario in any_scenario(), seen in any_observation(),
    ) {
        let asked: std::collections::BTreeSet<_> = seen.out_of_reach.iter().collect();
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::OutOfReach), asked.len());
    }

    #[test]
    fn a_cancel_that_was_sent_is_never_missed(scenario in any_scenario(), mut seen in any_observation()) {
        let before = count(&findings(&scenario, &seen), Rule::CancelNotSent);
        seen.journal.push(entry(9, "CancelOperation", Code::NotFound, None));
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::CancelNotSent), before, "of something else");
        let last = seen.journal.len() - 1;
        seen.journal[last].before.operation = Some(OperationState::Running);
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::CancelNotSent), 0);
        seen.journal.retain(|entry| entry.rpc != "CreateBackup" && entry.rpc != "CancelOperation");
        prop_assert_eq!(count(&findings(&scenario, &seen), Rule::CancelNotSent), 0, "nothing was started");
    }

    #[test]
    fn what_did_not_end_by_itself_has_one_finding_for_that_and_none_on_exit_or_output(
        scenario in any_scenario(), seen in any_observation(),
    ) {
        let findings = findings(&scenario, &seen);
        let limit = matches!(seen.ended, Ended::Deadline | Ended::ProcessorTime | Ended::Stuck);
        prop_assert_eq!(count(&findings, Rule::TimedOut), usize::from(limit));
        prop_assert_eq!(count(&findings, Rule::Crashed), usize::from(matches!(seen.ended, Ended::Signal(_))));
        if !matches!(seen.ended, Ended::Code(_)) {
            for rule in [Rule::WrongExit, Rule::EarlyExit, Rule::MissingClaim, Rule::OutputDiffers] {
                prop_assert_eq!(count(&findings, rule), 0);
            }
        }
    }

    #[test]
    fn a_process_that_is_left_adds_a_finding_and_changes_no_other(
        scenario in any_scenario(), mut seen in any_observation(),
    ) {
        let before = findings(&scenario, &seen);
        seen.leaked_processes.push(LeakedProcess { command: "sleep".to_owned() });
        let mut after = findings(&scenario, &seen);
        let last = after.iter().rposition(|finding| finding.rule == Rule::LeakedProcess).unwrap();
        after.remove(last);
        prop_assert_eq!(after, before);
    }

    #[test]
    fn a_foreign_backup_that_survives_changes_nothing(scenario in any_scenario(), mut seen in any_observation()) {
        let before = findings(&scenario, &seen);
        let foreign = BackupView { name: "foreign".to_owned(), state: BackupState::Ready, foreign: true };
        for snapshot in [&mut seen.given, &mut seen.at_exit, &mut seen.settled] {
            snapshot.backups.push(foreign.clone());
        }
        prop_assert_eq!(findings(&scenario, &seen), before);
    }

    #[test]
    fn output_passes_exactly_if_it_is_the_expected_one(
        expected in "[ab]{0,2}(\\n[ab]{0,2}){0,2}", seen in any_observation(),
        printed in option::of("[ab]{0,2}(\\n[ab]{0,2}){0,2}"), ends in "(\\r?\\n)?",
    ) {
        let scenario = Scenario { expect: None, ..scenario(Outcome::Cancelled, ExpectedExit::Zero, &[]) };
        let mut contract = contract();
        let due = Due::of(&seen);
        contract.outputs.insert(due.outcome, expected.clone());
        let leaks = due.outcome == Outcome::Undeleted && due.excuse.is_none();
        // Else: the expected text, with one more or one less end of a line at its end.
        let text = printed.unwrap_or_else(|| format!("{}{ends}", expected.trim_end_matches('\n')));
        let seen = Observation { stdout: Captured::whole(&*text), ended: Ended::Code(0), ..seen };
        let found = count(&judge(&scenario, &contract, &seen, &placeholders()), Rule::OutputDiffers);
        let normal = |text: &str| {
            let text = text.replace("\r\n", "\n");
            text.strip_suffix('\n').map(str::to_owned).unwrap_or(text)
        };
        let same = normal(&text) == normal(&expected) && text.is_empty() == expected.is_empty();
        prop_assert_eq!(found, usize::from(!same && !leaks), "{:?} for {:?}", text, expected);
    }
}
