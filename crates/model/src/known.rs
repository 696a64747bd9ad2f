//! Known failures: what a list says about cases before they are run, and what the run says about the list.

use std::collections::BTreeSet;

use crate::stale::{ListPlace, StaleEntry};
use crate::{CaseId, CaseResult, Finding, Rule, Verdict};

/// An entry of the list: these cases break this rule, and it is known why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFailure {
    /// Where it is written.
    pub place: ListPlace,
    /// The cases that are meant, as written: `spanner/python/*`.
    pub pattern: String,
    /// The cases of the catalogue that are meant.
    pub cases: BTreeSet<CaseId>,
    /// The rule that they break.
    pub rule: Rule,
    /// Why, in one sentence.
    pub reason: String,
    /// Where it is being worked on.
    pub issue: String,
    /// The day on which it expired; none if it holds.
    pub expired: Option<String>,
}

/// The verdict on a case that was run, given the list; and, where the list decides it, why.
///
/// A case is a known failure only if the list has an entry for every rule that it breaks.
pub fn verdict(list: &[KnownFailure], id: &CaseId, findings: &[Finding]) -> (Verdict, Option<String>) {
    let about = || list.iter().filter(|entry| entry.expired.is_none() && entry.cases.contains(id));
    let Some(first) = about().next() else {
        return (if findings.is_empty() { Verdict::Pass } else { Verdict::Fail }, None);
    };
    if findings.is_empty() {
        let KnownFailure { place, rule, issue, .. } = first;
        let reason = format!(
            "{place} says that this case breaks `{rule}`, and it passes: take it off the list, and see {issue}"
        );
        return (Verdict::UnexpectedPass, Some(reason));
    }
    let used: Vec<_> = about().filter(|entry| findings.iter().any(|it| it.rule == entry.rule)).collect();
    if findings.iter().any(|finding| used.iter().all(|entry| entry.rule != finding.rule)) {
        return (Verdict::Fail, None);
    }
    let reasons: Vec<_> = used.iter().map(|entry| format!("{} ({})", entry.reason, entry.issue)).collect();
    (Verdict::KnownFailure, Some(reasons.join("; ")))
}

/// The entries that expired, and those that no case of a run has matched.
///
/// `filtered` is true if options chose among the cases: an entry about cases that were not asked for is then no concern
/// of the run.
pub fn stale(list: &[KnownFailure], cases: &[CaseResult], filtered: bool) -> Vec<StaleEntry> {
    let entry = |entry: &KnownFailure, not_run: Vec<CaseId>| StaleEntry {
        place: entry.place.clone(),
        pattern: entry.pattern.clone(),
        rule: entry.rule,
        expired: entry.expired.clone(),
        not_run,
    };
    let mut found = Vec::new();
    for known in list {
        let mut of_run = cases.iter().filter(|case| known.cases.contains(&case.id)).peekable();
        if filtered && of_run.peek().is_none() {
            continue;
        }
        if known.expired.is_some() {
            found.push(entry(known, Vec::new()));
            continue;
        }
        let ran: Vec<&CaseResult> = of_run.filter(|case| case.verdict.tells_of_the_sample()).collect();
        // One that passes unexpectedly names the entry itself.
        let matches = |case: &&&CaseResult| {
            case.verdict == Verdict::UnexpectedPass || case.findings.iter().any(|it| it.rule == known.rule)
        };
        if ran.iter().find(matches).is_none() {
            let not_run = known.cases.iter().filter(|id| ran.iter().all(|case| case.id != **id));
            found.push(entry(known, not_run.cloned().collect()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::testing;

    fn entry(pattern: &str, cases: &[&str], rule: Rule) -> KnownFailure {
        KnownFailure {
            place: ListPlace { file: "known.yaml".to_owned(), line: 3, column: 5 },
            pattern: pattern.to_owned(),
            cases: cases.iter().map(|id| format!("spanner/{id}").parse().unwrap()).collect(),
            rule,
            reason: "the wait is too short".to_owned(),
            issue: "https://example.com/7".to_owned(),
            expired: None,
        }
    }

    /// A case that was run, judged by the list.
    fn ran(list: &[KnownFailure], id: &str, rules: &[Rule]) -> CaseResult {
        let blank = testing::case(id, Verdict::Skipped);
        let findings: Vec<_> = rules.iter().map(|rule| Finding::new(*rule, "it did")).collect();
        let (verdict, reason) = verdict(list, &blank.id, &findings);
        CaseResult { verdict, reason, findings, observation: Some(testing::observation()), ..blank }
    }

    fn verdict_of(list: &[KnownFailure], rules: &[Rule]) -> Verdict {
        ran(list, "go/a", rules).verdict
    }

    #[test]
    fn a_case_is_a_known_failure_if_every_rule_that_it_breaks_is_on_the_list() {
        use Rule::{FalseClaim, LeakedBackup};
        let list = [entry("spanner/go/*", &["go/a"], FalseClaim)];
        assert_eq!(verdict_of(&list, &[FalseClaim, FalseClaim]), Verdict::KnownFailure);
        assert_eq!(verdict_of(&list, &[FalseClaim, LeakedBackup]), Verdict::Fail);
        assert_eq!(verdict_of(&list, &[LeakedBackup]), Verdict::Fail);
        assert_eq!(verdict_of(&list, &[]), Verdict::UnexpectedPass);
        assert_eq!(ran(&list, "go/other", &[]).verdict, Verdict::Pass);
        let both = [list[0].clone(), entry("spanner/*/a", &["go/a", "java/a"], LeakedBackup)];
        assert_eq!(verdict_of(&both, &[FalseClaim, LeakedBackup]), Verdict::KnownFailure);
        let expired = [KnownFailure { expired: Some("2020-01-01".to_owned()), ..list[0].clone() }];
        assert_eq!(verdict_of(&expired, &[FalseClaim]), Verdict::Fail);
        assert_eq!(verdict_of(&expired, &[]), Verdict::Pass);
    }

    #[test]
    fn the_reasons_name_the_entry_and_the_issue() {
        let list = [entry("spanner/go/*", &["go/a"], Rule::FalseClaim)];
        let reason = |rules: &[Rule]| ran(&list, "go/a", rules).reason.unwrap();
        insta::assert_snapshot!(reason(&[Rule::FalseClaim]), @"the wait is too short (https://example.com/7)");
        insta::assert_snapshot!(reason(&[]), @"known.yaml:3:5 says that this case breaks `false-claim`, and it passes: take it off the list, and see https://example.com/7");
    }

    #[test]
    fn an_entry_that_matches_nothing_is_stale_once_all_that_it_means_was_run() {
        use Rule::{FalseClaim, LeakedBackup};
        let list = [entry("spanner/*/a", &["go/a", "java/a"], FalseClaim)];
        let said = |cases: &[CaseResult]| {
            stale(&list, cases, false).iter().map(StaleEntry::is_certain).collect::<Vec<_>>()
        };
        let (go, java) = (ran(&list, "go/a", &[LeakedBackup]), ran(&list, "java/a", &[LeakedBackup]));
        assert_eq!(said(&[go.clone(), java.clone()]), [true]);
        assert_eq!(said(std::slice::from_ref(&go)), [false]);
        let unsupported = testing::case("java/a", Verdict::Unsupported);
        assert_eq!(said(&[go.clone(), unsupported]), [false]);
        let undecided = testing::case("java/a", Verdict::Undecided);
        assert_eq!(said(&[go.clone(), undecided]), [false]);
        assert_eq!(said(&[go.clone(), ran(&list, "java/a", &[FalseClaim])]), [false; 0]);
        assert_eq!(said(&[go.clone(), ran(&list, "java/a", &[])]), [false; 0]);
        let entry = stale(&list, &[go, java], false).remove(0);
        insta::assert_snapshot!(entry, @"known.yaml:3:5: the known failure of `spanner/*/a` with `false-claim` matches nothing: no case that it names breaks that rule; take it off the list");
    }

    #[test]
    fn a_filtered_run_does_not_answer_for_entries_about_other_cases() {
        let expired = KnownFailure {
            expired: Some("2020-01-01".to_owned()),
            ..entry("spanner/go/a", &["go/a"], Rule::FalseClaim)
        };
        let list = [expired, entry("spanner/cobol/*", &[], Rule::FalseClaim)];
        let python = [ran(&list, "python/a", &[])];
        assert_eq!(stale(&list, &python, true), []);
        let whole = stale(&list, &python, false);
        assert!(whole.len() == 2 && whole.iter().all(StaleEntry::is_certain), "{whole:?}");
        insta::assert_snapshot!(whole[0], @"known.yaml:3:5: the known failure of `spanner/go/a` with `false-claim` expired on 2020-01-01: mend the sample, or give the entry another day");
    }
}
