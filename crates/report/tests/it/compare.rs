use rescind_model::{Baseline, CaseResult, Finding, Results, Rule, Verdict, exit};
use rescind_report::compare::{Base, CaseChange, Comparison, FailOn};
use rescind_report::terminal::{TerminalOptions, render_comparison};

use crate::every;

/// A base for [`every::results`] as head, so that there is a case of every change, two of them new.
pub fn base() -> Results {
    let mut base = every::results();
    base.interrupted = false;
    base.cases.retain(|case| case.id.to_string() != "spanner/python/never-ends");
    base.cases.retain(|case| case.id.to_string() != "geminidb/curl/operation-fails");
    let mut pass = |id: &str| {
        let case = base.cases.iter_mut().find(|case| case.id.to_string() == id).unwrap();
        case.verdict = Verdict::Pass;
        case.findings.clear();
        case.observation.as_mut().unwrap().stdout.text = "Nothing was left behind.\n".to_owned();
    };
    pass("spanner/nodejs/create-already-exists");
    pass("spanner/python/operation-fails");
    let fails = |verdict: Verdict, id: &str| CaseResult {
        verdict,
        findings: vec![Finding::new(Rule::MissingClaim, "does not say what happened")],
        ..base.cases.iter().find(|case| case.id.to_string() == id).unwrap().clone()
    };
    let mended = fails(Verdict::Fail, "spanner/python/cancel-wins");
    let known = fails(Verdict::KnownFailure, "spanner/nodejs/operation-fails");
    let mut removed = mended.clone();
    removed.id = "spanner/php/cancel-wins".parse().unwrap();
    base.cases.retain(|case| case.id != mended.id && case.id != known.id);
    base.cases.extend([mended, known, removed]);
    base.cases.sort_by(|a, b| a.id.cmp(&b.id));
    base
}

/// The head: whole, so that what it lacks is removed.
pub fn head() -> Results {
    Results { interrupted: false, ..every::results() }
}

#[test]
fn golden_on_a_terminal() {
    let (base, head) = (base(), head());
    let options = TerminalOptions { width: 80, color: false };
    insta::assert_snapshot!(render_comparison(&Comparison::of(&base, &head), &options));
}

#[test]
fn results_that_are_the_same_have_no_changes() {
    let head = head();
    let comparison = Comparison::of(&head, &head);
    assert_eq!(comparison.regressions().count(), 0);
    insta::assert_snapshot!(comparison.headline(), @"no changes in 24 cases: 11 still failing, 1 flaky, 8 not compared, 4 unchanged; 3 mistakes in the list of known failures");
    let mut passing = head.clone();
    passing.cases.retain(|case| case.verdict == Verdict::Pass);
    passing.stale_entries.clear();
    insta::assert_snapshot!(Comparison::of(&passing, &passing).headline(), @"no changes in 3 cases: 3 unchanged");
    assert_eq!(Comparison::of(&passing, &passing).exit_code(FailOn::Regression), exit::OK);
}

/// One case with this verdict; what fails breaks `leaked-backup`.
fn one(verdict: Option<Verdict>) -> Results {
    let mut results = head();
    let mut case = results.cases.iter().find(|case| case.verdict == Verdict::Pass).cloned().unwrap();
    results.cases.clear();
    results.stale_entries.clear();
    if let Some(verdict) = verdict {
        case.verdict = verdict;
        if matches!(verdict, Verdict::Fail | Verdict::KnownFailure) {
            case.findings.push(Finding::new(Rule::LeakedBackup, "left it"));
        }
        results.cases.push(case);
    }
    results
}

#[test]
fn every_pair_of_verdicts() {
    let verdicts = || Verdict::ALL.into_iter().map(Some).chain([None]);
    let word = |verdict: Option<Verdict>| verdict.map_or_else(|| "(none)".to_owned(), |v| v.to_string());
    let mut table = String::new();
    for before in verdicts() {
        for after in verdicts() {
            let (base, head) = (one(before), one(after));
            if let [delta] = Comparison::of(&base, &head).deltas.as_slice() {
                let mark = if delta.is_regression() { " !" } else { "" };
                table.push_str(&format!("{} → {}: {}{mark}\n", word(before), word(after), delta.change));
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_partial_head_removes_nothing() {
    let (base, whole) = (base(), head());
    assert_eq!(Comparison::of(&base, &whole).count(CaseChange::Removed), 1);
    for head in [Results { filtered: true, ..whole.clone() }, Results { interrupted: true, ..whole.clone() }]
    {
        let comparison = Comparison::of(&base, &head);
        assert_eq!(comparison.count(CaseChange::Removed), 0);
        assert!(
            comparison.count(CaseChange::NotCompared)
                > Comparison::of(&base, &whole).count(CaseChange::NotCompared)
        );
    }
}

#[test]
fn a_case_that_breaks_one_more_rule_regressed_and_one_that_breaks_fewer_did_not() {
    let base = one(Some(Verdict::Fail));
    let mut head = base.clone();
    head.cases[0].findings.push(Finding::new(Rule::FalseClaim, "claims `deleted`"));
    let worse = Comparison::of(&base, &head);
    assert_eq!(
        (worse.deltas[0].change, worse.deltas[0].broken.as_slice()),
        (CaseChange::Regressed, &[Rule::FalseClaim][..])
    );
    let better = Comparison::of(&head, &base);
    assert_eq!(
        (better.deltas[0].change, better.deltas[0].mended.as_slice()),
        (CaseChange::StillFailing, &[Rule::FalseClaim][..])
    );
    // The same rule, broken twice, is worse as well.
    let mut twice = base.clone();
    twice.cases[0].findings.push(base.cases[0].findings[0].clone());
    assert_eq!(Comparison::of(&base, &twice).deltas[0].change, CaseChange::Regressed);
}

#[test]
fn a_list_of_known_failures_that_is_wrong_fails_a_comparison() {
    let base = one(Some(Verdict::Pass));
    let unexpected = one(Some(Verdict::UnexpectedPass));
    let stale = Results { stale_entries: head().stale_entries, ..base.clone() };
    for head in [unexpected, stale] {
        let comparison = Comparison::of(&base, &head);
        assert_eq!(comparison.regressions().count(), 0);
        assert_eq!(comparison.exit_code(FailOn::Regression), exit::FINDINGS);
        assert_eq!(comparison.exit_code(FailOn::Never), exit::OK);
    }
}

#[test]
fn exit_codes_follow_the_policy() {
    let codes = |before: Option<Verdict>, after: Verdict| {
        let (base, head) = (one(before), one(Some(after)));
        let comparison = Comparison::of(&base, &head);
        [FailOn::Regression, FailOn::Any, FailOn::Never].map(|policy| comparison.exit_code(policy))
    };
    assert_eq!(codes(Some(Verdict::Pass), Verdict::Fail), [exit::FINDINGS, exit::FINDINGS, exit::OK]);
    assert_eq!(codes(Some(Verdict::Fail), Verdict::Fail), [exit::OK, exit::FINDINGS, exit::OK]);
    assert_eq!(codes(None, Verdict::Fail), [exit::FINDINGS, exit::FINDINGS, exit::OK]);
    assert_eq!(codes(Some(Verdict::Pass), Verdict::SetupError), [exit::SETUP, exit::SETUP, exit::OK]);
    assert_eq!(codes(Some(Verdict::Pass), Verdict::Unsupported), [exit::SETUP, exit::SETUP, exit::OK]);
    assert_eq!(codes(Some(Verdict::Pass), Verdict::Undecided), [exit::SETUP, exit::SETUP, exit::OK]);
    let (base, mut head) = (one(Some(Verdict::Pass)), one(Some(Verdict::Pass)));
    head.interrupted = true;
    assert_eq!(Comparison::of(&base, &head).exit_code(FailOn::Never), exit::INTERRUPTED);
}

/// What a comparison says of each case.
fn said(base: &impl Base, head: &Results) -> Vec<String> {
    let comparison = Comparison::of(base, head);
    comparison.deltas.iter().map(|delta| format!("{}: {}", delta.id, delta.phrases().join("; "))).collect()
}

#[test]
fn a_baseline_says_the_same_as_the_results_that_it_was_made_of() {
    let (mut base, head) = (base(), head());
    let accepted = Baseline::empty(&*base.environment.source).accept(&base).unwrap();
    // What told nothing is not in a baseline.
    base.cases.retain(|case| case.verdict.tells_of_the_sample());
    assert_eq!(said(&accepted, &head), said(&base, &head));
}
