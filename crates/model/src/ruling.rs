//! The verdict on a run.

use crate::{CaseId, Decided, Entry, Finding, KnownFailure, Observation, Scenario, Verdict, known};

impl Verdict {
    /// The verdict on one run of a case, given the list of known failures; and, where the findings do not tell it, why.
    ///
    /// This is the one place where a case that [decides nothing](Observation::is_undecided) gets its verdict, one that has
    /// [left its schedule](crate::Decided::divergence), and one that has [not played](Scenario::not_played) its scenario. The
    /// two latter say nothing about known failures either.
    pub fn of_run(
        list: &[KnownFailure],
        scenario: &Scenario,
        id: &CaseId,
        observation: &Observation,
        findings: &[Finding],
    ) -> (Verdict, Option<String>) {
        if observation.is_undecided() {
            let reason = format!("still waited at its deadline, {}", observation.limits.deadline());
            return (Verdict::Undecided, Some(reason));
        }
        if let Some(reason) = divergence(&observation.journal) {
            return (Verdict::Diverged, Some(reason));
        }
        let missed = scenario.not_played(&observation.journal);
        if findings.is_empty() && !missed.is_empty() {
            let terms: Vec<String> = missed.iter().map(|term| format!("`{term}`")).collect();
            let reason = format!("never asked for {}, and so says nothing about it", terms.join(", "));
            return (Verdict::NotPlayed, Some(reason));
        }
        known::verdict(list, id, findings)
    }
}

/// Where a case has left its schedule, and what would have been legal there.
fn divergence(journal: &[Entry]) -> Option<String> {
    let at = |entry: &Entry| {
        let why = entry.decisions.iter().find_map(Decided::divergence)?;
        Some(format!("left its schedule at request {} ({}): {why}", entry.seq, entry.rpc))
    };
    journal.iter().find_map(at)
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::tests::{cancel_wins, entry};
    use crate::results::testing::observation;
    use crate::{ClockKind, Code, Decision, Ended, Expectation, ListPlace, Rule};

    #[test]
    fn only_a_wait_beyond_a_real_deadline_is_undecided_whatever_was_found() {
        let id = "spanner/go/cancel-wins".parse().unwrap();
        let findings = [Finding::new(Rule::TimedOut, "it did"), Finding::new(Rule::LeakedBackup, "it did")];
        let mut seen = observation();
        let mut verdict = |ended, clock| {
            (seen.ended, seen.limits.clock) = (ended, clock);
            Verdict::of_run(&[], &cancel_wins(), &id, &seen, &findings)
        };
        let reason = "still waited at its deadline, 60 s of real time".to_owned();
        assert_eq!(verdict(Ended::Deadline, ClockKind::Real), (Verdict::Undecided, Some(reason)));
        assert_eq!(verdict(Ended::Deadline, ClockKind::Virtual), (Verdict::Fail, None));
        for ended in [Ended::Code(0), Ended::Signal(9), Ended::ProcessorTime, Ended::Stuck] {
            assert_eq!(verdict(ended, ClockKind::Real), (Verdict::Fail, None), "{ended}");
        }
    }

    /// The verdict on a case in which these decisions were taken.
    fn played(scenario: &Scenario, decided: &[&str], findings: &[Finding]) -> (Verdict, Option<String>) {
        let id = "spanner/go/cancel-wins".parse().unwrap();
        let mut seen = observation();
        seen.journal = vec![entry(1, "CreateBackup", Code::Ok, None)];
        seen.journal[0].decisions =
            decided.iter().map(|term| Decided::of(term.parse().unwrap(), &[])).collect();
        let known = KnownFailure {
            place: ListPlace { file: "known.yaml".to_owned(), line: 3, column: 5 },
            pattern: "spanner/go/*".to_owned(),
            cases: [CaseId::clone(&id)].into(),
            rule: Rule::FalseClaim,
            reason: "the wait is too short".to_owned(),
            issue: "https://example.com/7".to_owned(),
            expired: None,
        };
        let of_list = |list: &[KnownFailure]| Verdict::of_run(list, scenario, &id, &seen, findings);
        if findings.is_empty() && !scenario.not_played(&seen.journal).is_empty() {
            assert_eq!(of_list(&[known]), of_list(&[]), "it says nothing about the list");
        }
        of_list(&[])
    }

    #[test]
    fn a_case_that_left_its_schedule_has_diverged_whatever_else_is_wrong_with_it() {
        let id = "spanner/go/cancel-wins".parse().unwrap();
        let mut seen = observation();
        seen.journal =
            vec![entry(1, "CreateBackup", Code::Ok, None), entry(2, "GetOperation", Code::Ok, None)];
        let legal = [Decision::Done, Decision::Running];
        seen.journal[1].decisions = vec![Decided::of("poll1:cancelled".parse().unwrap(), &legal)];
        let finding = Finding::new(Rule::EarlyExit, "it did");
        let (verdict, reason) = Verdict::of_run(&[], &cancel_wins(), &id, &seen, &[finding]);
        assert_eq!(verdict, Verdict::Diverged);
        insta::assert_snapshot!(reason.unwrap(), @"left its schedule at request 2 (GetOperation): `poll1` cannot be `cancelled` here; it can be done or running");
    }

    #[test]
    fn a_case_without_findings_that_never_asked_for_a_term_is_not_played_and_names_it() {
        let schedule = "create:running cancel:honoured poll1:unavailable".parse().unwrap();
        let mut scenario = Scenario { schedule, ..cancel_wins() };
        let reason = "never asked for `cancel:honoured`, `poll1:unavailable`, and so says nothing about it";
        let not_played = (Verdict::NotPlayed, Some(reason.to_owned()));
        assert_eq!(played(&scenario, &["create1:running"], &[]), not_played);
        let all = ["create1:running", "cancel1:honoured", "poll1:unavailable"];
        assert_eq!(played(&scenario, &all, &[]), (Verdict::Pass, None));
        // What it did wrong, it did, whatever it left undone.
        let finding = Finding::new(Rule::EarlyExit, "it did");
        assert_eq!(played(&scenario, &all[..1], &[finding]), (Verdict::Fail, None));
        scenario.optional = "poll1:unavailable".parse().unwrap();
        assert_eq!(played(&scenario, &all[..2], &[]), (Verdict::Pass, None));
        assert_eq!(played(&scenario, &all[..1], &[]).0, Verdict::NotPlayed);
        // Another expectation leaves the schedule what it is.
        let expect = scenario.expect.clone().map(|it| Expectation { may_leave_backup: true, ..it });
        assert_eq!(played(&Scenario { expect, ..scenario }, &all[..1], &[]).0, Verdict::NotPlayed);
    }
}
