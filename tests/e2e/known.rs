//! The list of known failures, and tries.

use rescind_model::Verdict;
use rescind_tests::{BEGIN, Ran, TestCatalog, rescind, results};

const LIST: &str = "manifests/known-failures.yaml";

fn entry(case: &str, rule: &str, more: &str) -> String {
    format!("- case: {case}\n  rule: {rule}\n  reason: It is so.\n  issue: https://example.com/7\n{more}")
}

fn run(catalog: &TestCatalog, arguments: &[&str]) -> (Ran, Vec<Verdict>) {
    let (ran, results) = results(catalog.root(), &[&["run"], arguments].concat());
    (ran, results.cases.iter().map(|case| case.verdict).collect())
}

#[test]
fn a_known_failure_does_not_fail_the_run_and_an_unexpected_pass_does() {
    let catalog = TestCatalog::new("exit 1");
    catalog.write(LIST, &entry("spanner/shell/cancel-*", "wrong-exit", "  expires: 9999-12-31\n"));
    let (ran, verdicts) = run(&catalog, &[]);
    ran.exits(0);
    assert_eq!(verdicts, [Verdict::KnownFailure]);

    catalog.edit("samples/spanner/shell/sample.sh", "exit 1", "true");
    let (ran, verdicts) = run(&catalog, &[]);
    let ran = ran.exits(1);
    assert_eq!(verdicts, [Verdict::UnexpectedPass]);
    assert!(ran.stdout.contains("manifests/known-failures.yaml:1:9"), "{}", ran.stdout);

    // Nor does it pass where only changes are to fail: who mends a sample takes it off the list.
    catalog.run(&["--results", "results.json"]);
    rescind(catalog.root(), &["accept", "results.json"]).exits(0);
    let ran = catalog.run(&["--baseline", "rescind-baseline.json"]).exits(1);
    assert!(ran.stdout.contains("1 mistake in the list of known failures"), "{}", ran.stdout);
    assert!(ran.stdout.contains("manifests/known-failures.yaml:1:9"), "{}", ran.stdout);
}

#[test]
fn an_entry_that_matches_nothing_or_expired_fails_the_run_and_is_named() {
    let catalog = TestCatalog::new("exit 1");
    let list = entry("spanner/shell/*", "wrong-exit", "")
        + &entry("spanner/shell/*", "leaked-backup", "")
        + &entry("spanner/cobol/*", "leaked-backup", "")
        + &entry("spanner/shell/*", "crashed", "  expires: 2020-02-29\n");
    catalog.write(LIST, &list);
    let report = catalog.root().join("report.md").display().to_string();
    let reports = ["--report", &format!("markdown={report}"), "--report", "github=a.txt"];
    let (ran, verdicts) = run(&catalog, &[&["--clock", "real"], &reports[..]].concat());
    ran.exits(1);
    assert_eq!(verdicts, [Verdict::KnownFailure]);
    insta::assert_snapshot!(std::fs::read_to_string(catalog.root().join("a.txt")).unwrap(), @"
    ::error file=manifests/known-failures.yaml,line=5,endLine=5,title=stale known failure::manifests/known-failures.yaml:5:9: the known failure of `spanner/shell/*` with `leaked-backup` matches nothing: no case that it names breaks that rule; take it off the list
    ::error file=manifests/known-failures.yaml,line=9,endLine=9,title=stale known failure::manifests/known-failures.yaml:9:9: the known failure of `spanner/cobol/*` with `leaked-backup` matches nothing: no case that it names breaks that rule; take it off the list
    ::error file=manifests/known-failures.yaml,line=13,endLine=13,title=stale known failure::manifests/known-failures.yaml:13:9: the known failure of `spanner/shell/*` with `crashed` expired on 2020-02-29: mend the sample, or give the entry another day
    ::notice title=rescind::time is real: it was asked for; what still waited at its deadline is undecided
    ");
    let markdown = std::fs::read_to_string(report).unwrap();
    assert_eq!(markdown.matches("**stale entry**").count(), 3, "{markdown}");
}

#[test]
fn a_filtered_run_does_not_fail_for_what_it_did_not_run() {
    let catalog = TestCatalog::new("case $GOOGLE_CLOUD_PROJECT in *-lags) exit 1;; esac");
    catalog.copy("manifests/scenarios/cancel-wins.yaml", "manifests/scenarios/cancel-lags.yaml");
    let expired = entry("spanner/shell/cancel-lags", "crashed", "  expires: 2020-01-01\n");
    catalog.write(LIST, &(entry("spanner/shell/*-lags", "wrong-exit", "") + &expired));
    let (ran, verdicts) = run(&catalog, &["--scenario", "cancel-wins"]);
    ran.exits(0);
    assert_eq!(verdicts, [Verdict::Pass]);
    run(&catalog, &[]).0.exits(1);
}

#[test]
fn a_page_can_have_a_list_of_its_own() {
    let catalog = TestCatalog::new("true");
    catalog.write("docs/page.md", "# Shell\n\n```sh\nexit 1\n```\n");
    catalog.write("docs/known.yaml", &entry("spanner/shell/*", "wrong-exit", ""));
    let (ran, verdicts) = run(&catalog, &["--page", "docs/page.md", "--known-failures", "docs/known.yaml"]);
    ran.exits(0);
    assert_eq!(verdicts, [Verdict::KnownFailure]);
    // The bundled sample passes, and the list is not about it.
    run(&catalog, &[]).0.exits(0);
    let (ran, _) = run(&catalog, &["--known-failures", "docs/known.yaml"]);
    assert!(ran.exits(1).stdout.contains("docs/known.yaml:1:9"));
}

#[test]
fn mistakes_in_the_list_are_pointed_at() {
    let catalog = TestCatalog::new("true");
    let list = entry("spanner/shell", "wrong-exits", "  expires: 2025-02-29\n").replace("https", "ftp");
    catalog.write(LIST, &(list + &entry("spanner/[/*", "crashed", "  because: x\n")));
    let ran = rescind(catalog.root(), &["run"]).exits(2);
    insta::assert_snapshot!(ran.stderr, @"
    error: unknown key `because`
      --> manifests/known-failures.yaml:10:3
       |
    10 |   because: x
       |   ^^^^^^^
       |
       = help: the keys here are case, rule, reason, issue, expires
    ");
    catalog.edit(LIST, "  because: x\n", "");
    let ran = rescind(catalog.root(), &["run"]).exits(2);
    insta::assert_snapshot!(ran.stderr, @"
    error: `spanner/shell` does not name cases: SERVICE/LANGUAGE/SCENARIO, each a name or a glob, as in spanner/go/cancel-*; the services are spanner
     --> manifests/known-failures.yaml:1:9
      |
    1 | - case: spanner/shell
      |         ^^^^^^^^^^^^^

    error: `wrong-exits` is not the id of a rule (did you mean `wrong-exit`?)
     --> manifests/known-failures.yaml:2:9
      |
    2 |   rule: wrong-exits
      |         ^^^^^^^^^^^

    error: `ftp://example.com/7` is not a link: it begins with https://
     --> manifests/known-failures.yaml:4:10
      |
    4 |   issue: ftp://example.com/7
      |          ^^^^^^^^^^^^^^^^^^^

    error: `2025-02-29` is not a day of the calendar, as in 2026-12-31
     --> manifests/known-failures.yaml:5:12
      |
    5 |   expires: 2025-02-29
      |            ^^^^^^^^^^
    ");
}

#[test]
fn a_case_that_fails_only_at_times_is_flaky() {
    let catalog = TestCatalog::new("");
    let common = rescind_tests::common_folder();
    let count = common.path().join("count").display().to_string();
    let script = format!("echo x >> {count}; test $(wc -l < {count}) -ge 2");
    catalog.write("samples/spanner/shell/sample.sh", &format!("{BEGIN}\n{script}\n# [END demo]\n"));
    let (ran, verdicts) = run(&catalog, &["--retries", "2", "--report", "junit=junit.xml"]);
    let ran = ran.exits(1);
    assert_eq!(verdicts, [Verdict::Flaky]);
    assert!(ran.stdout.contains("try 2 passes"), "{}", ran.stdout);
    let junit = std::fs::read_to_string(catalog.root().join("junit.xml")).unwrap();
    assert_eq!(junit.matches("<flakyFailure ").count(), 1, "{junit}");
}
