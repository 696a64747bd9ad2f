//! Cases that are tried anew, and the list of known failures.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_fails_only_at_times_is_flaky_with_what_each_try_saw() {
    let mut fixture = Fixture::new();
    fixture.options.retries = 3;
    let count = fixture.common.path().join("count").display().to_string();
    let script = format!("echo x >> {count}; echo try $(wc -l < {count}); test $(wc -l < {count}) -ge 3");
    let seen = fixture.run(vec![fixture.manifest("sh", &script)], &["a"]).await;
    let case = &seen.results.cases[0];
    assert_eq!(case.verdict, Verdict::Flaky);
    insta::assert_snapshot!(case.reason.as_deref().unwrap(), @"the first try broke `wrong-exit` (exit 1), and try 3 passed (exit 0)");
    assert_eq!(case.observation.as_ref().unwrap().stdout.text, "try 1\n");
    let others: Vec<_> = case
        .other_tries
        .iter()
        .map(|other| (other.observation.stdout.text.as_str(), other.findings.len()))
        .collect();
    assert_eq!(others, [("try 2\n", 1), ("try 3\n", 0)]);
    let retried = Event::CaseRetried { id: case.id.clone(), number: 3 };
    assert!(seen.events.contains(&retried), "{:?}", seen.events);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_fails_each_time_fails_and_one_that_passes_is_not_tried_again() {
    let mut fixture = Fixture::new();
    fixture.options.retries = 2;
    let script = "case $1 in *-bad) exit 1;; esac";
    let seen = fixture.run(vec![fixture.manifest("sh", script)], &["bad", "good"]).await;
    let tries: Vec<_> =
        seen.results.cases.iter().map(|case| (case.verdict, case.other_tries.len())).collect();
    assert_eq!(tries, [(Verdict::Fail, 2), (Verdict::Pass, 0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_known_failures_decides_verdicts_and_what_it_has_too_much_is_named() {
    let mut fixture = Fixture::new();
    fixture.options.retries = 2;
    let known = |line, scenario: &str| KnownFailure {
        place: ListPlace { file: "known.yaml".to_owned(), line, column: 3 },
        pattern: format!("spanner/sh/{scenario}"),
        cases: [format!("spanner/sh/{scenario}").parse().unwrap()].into(),
        rule: Rule::WrongExit,
        reason: "it is so".to_owned(),
        issue: "https://example.com".to_owned(),
        expired: None,
    };
    fixture.known_failures = vec![known(1, "bad"), known(2, "good"), known(3, "gone")];
    let script = "case $1 in *-bad | *-worse) exit 1;; esac";
    let seen = fixture.run(vec![fixture.manifest("sh", script)], &["bad", "good", "worse"]).await;
    let verdicts: Vec<_> =
        seen.results.cases.iter().map(|case| (case.verdict, case.other_tries.len())).collect();
    assert_eq!(verdicts, [(Verdict::KnownFailure, 0), (Verdict::UnexpectedPass, 0), (Verdict::Fail, 2)]);
    // What was not run may yet match.
    let stale: Vec<_> =
        seen.results.stale_entries.iter().map(|entry| (entry.place.line, entry.is_certain())).collect();
    assert_eq!(stale, [(3, false)]);
}
