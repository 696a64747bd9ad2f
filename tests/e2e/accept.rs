//! The baseline: `accept`, and runs that are compared with one.

use std::path::Path;

use rescind_model::{Baseline, Verdict};
use rescind_tests::{Ran, TestCatalog, rescind};

const SCRIPT: &str = "samples/spanner/shell/sample.sh";

/// Runs every case into a results file. In real time, for reports then say so: the same on every machine.
fn results(catalog: &TestCatalog, name: &str, more: &[&str]) {
    catalog.run(&[&["--clock", "real", "--results", name], more].concat());
}

fn accept(catalog: &TestCatalog, arguments: &[&str]) -> Ran {
    rescind(catalog.root(), &[&["accept"], arguments].concat())
}

fn baseline(catalog: &TestCatalog) -> Baseline {
    read(&catalog.root().join("rescind-baseline.json"))
}

fn read(path: &Path) -> Baseline {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn what_is_accepted_is_shown_written_and_then_stays_as_it_is() {
    let catalog = TestCatalog::new("echo hello; exit 1");
    results(&catalog, "results.json", &[]);
    let ran = accept(&catalog, &["results.json"]).exits(0);
    insta::assert_snapshot!(ran.stdout, @"
    new (1)
      spanner/shell/cancel-wins: not there → fail; breaks wrong-exit

    1 new (1 failing)

    note: time is real: it was asked for; what still waited at its deadline is undecided
    note: spanner/shell printed what no promise matches: `hello` (in cancel-wins). What it promises is
      at manifests/spanner/shell.yaml:11 (`claims`)
    rescind-baseline.json is written: 1 case
    ");
    let first = std::fs::read(catalog.root().join("rescind-baseline.json")).unwrap();
    assert_eq!(baseline(&catalog).cases[0].verdict, Verdict::Fail);

    // Another run of the same sample takes another time, and makes the same file.
    results(&catalog, "again.json", &[]);
    let ran = accept(&catalog, &["again.json"]).exits(0);
    insta::assert_snapshot!(ran.stdout, @"
    still failing (1)
      spanner/shell/cancel-wins: fail

    no changes in 1 case: 1 still failing

    note: time is real: it was asked for; what still waited at its deadline is undecided
    note: spanner/shell printed what no promise matches: `hello` (in cancel-wins). What it promises is
      at manifests/spanner/shell.yaml:11 (`claims`)
    rescind-baseline.json stays as it is: 1 case
    ");
    assert_eq!(std::fs::read(catalog.root().join("rescind-baseline.json")).unwrap(), first);

    catalog.edit(SCRIPT, "exit 1", "exit 0");
    results(&catalog, "mended.json", &[]);
    let ran = accept(&catalog, &["mended.json"]).exits(0);
    insta::assert_snapshot!(ran.stdout, @"
    fixed (1)
      spanner/shell/cancel-wins: fail → pass; no longer breaks wrong-exit

    1 fixed

    note: time is real: it was asked for; what still waited at its deadline is undecided
    note: spanner/shell printed what no promise matches: `hello` (in cancel-wins). What it promises is
      at manifests/spanner/shell.yaml:11 (`claims`)
    rescind-baseline.json is updated: 1 case
    ");
    assert_eq!(baseline(&catalog).cases[0].verdict, Verdict::Pass);
}

#[test]
fn the_file_keeps_its_permissions_and_a_link_to_it_stays_one() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let catalog = TestCatalog::new("exit 3");
    results(&catalog, "results.json", &[]);
    let mode = |name: &str| catalog.root().join(name).metadata().unwrap().permissions().mode() & 0o777;
    accept(&catalog, &["results.json"]).exits(0);
    assert_eq!(mode("rescind-baseline.json") & 0o400, 0o400);
    assert_eq!(mode("rescind-baseline.json"), mode("results.json"), "as of any new file");
    std::fs::create_dir(catalog.root().join("real")).unwrap();
    let (real, link) = (catalog.root().join("real/base.json"), catalog.root().join("link.json"));
    std::fs::write(&real, r#"{"baseline_version":1,"source":"bundled","cases":[]}"#).unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o664)).unwrap();
    symlink(&real, &link).unwrap();
    accept(&catalog, &["results.json", "--baseline", "link.json"]).exits(0);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(mode("real/base.json"), 0o664);
    assert_eq!(read(&real).cases.len(), 1);
}

#[test]
fn a_baseline_of_other_code_is_refused_and_results_of_other_code_are_told_of() {
    let catalog = TestCatalog::new("exit 3");
    results(&catalog, "bundled.json", &[]);
    catalog.write("page.md", "# Spanner\n\n## Shell\n\n```sh\nexit 3\n```\n");
    results(&catalog, "page.json", &["--page", "page.md"]);
    accept(&catalog, &["page.json"]).exits(0);
    for arguments in [
        &["run", "--baseline", "rescind-baseline.json"][..],
        &["compare", "rescind-baseline.json", "bundled.json"],
    ] {
        let ran = rescind(catalog.root(), arguments).exits(2);
        let says = "the baseline is of the source `page.md`, and the results are of `bundled`";
        assert!(ran.stdout.is_empty() && ran.stderr.contains(says), "{}", ran.stderr);
    }
    let ran = rescind(catalog.root(), &["compare", "page.json", "bundled.json"]).exits(0);
    let says = "compared with the code of `page.md`; this is of `bundled`";
    assert!(ran.stdout.contains(says), "{}", ran.stdout);
}

#[test]
fn a_partial_run_updates_only_its_own_cases() {
    let catalog = TestCatalog::new("exit 1");
    catalog.copy("manifests/scenarios/cancel-wins.yaml", "manifests/scenarios/cancel-lags.yaml");
    results(&catalog, "all.json", &[]);
    accept(&catalog, &["all.json", "--baseline", "b.json"]).exits(0);
    catalog.edit(SCRIPT, "exit 1", "exit 0");
    results(&catalog, "some.json", &["--scenario", "cancel-lags"]);
    accept(&catalog, &["some.json", "--baseline", "b.json"]).exits(0);
    let verdicts: Vec<_> =
        read(&catalog.root().join("b.json")).cases.iter().map(|case| case.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Fail]);
}

#[test]
fn what_cannot_be_accepted_is_refused_and_changes_nothing() {
    let catalog = TestCatalog::new("true");
    results(&catalog, "results.json", &[]);
    let text = std::fs::read_to_string(catalog.root().join("results.json")).unwrap();
    let version = "\"schema_version\": 3,";
    for (name, from, to, said) in [
        ("interrupted.json", version, &*format!("{version} \"interrupted\": true,"), "was interrupted"),
        ("old.json", version, "\"schema_version\": 0,", "`schema_version` is 0"),
    ] {
        assert!(text.contains(from));
        catalog.write(name, &text.replace(from, to));
        let ran = accept(&catalog, &[name]).exits(2);
        assert!(ran.stderr.contains(said) && ran.stderr.contains(name), "{}", ran.stderr);
        assert!(!catalog.root().join("rescind-baseline.json").exists());
    }
    accept(&catalog, &["results.json"]).exits(0);
    catalog.write("page.md", "# Shell\n\n```sh\ntrue\n```\n");
    results(&catalog, "page.json", &["--page", "page.md"]);
    let ran = accept(&catalog, &["page.json"]).exits(2);
    assert!(ran.stderr.contains("of the source `bundled`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("`page.md`"), "{}", ran.stderr);
}

#[test]
fn a_run_with_a_baseline_fails_for_regressions_only() {
    let catalog = TestCatalog::new("exit 1");
    results(&catalog, "results.json", &[]);
    accept(&catalog, &["results.json"]).exits(0);
    let compared = |more: &[&str]| {
        catalog.run(&[&["--baseline", "rescind-baseline.json", "--report", "junit=junit.xml"], more].concat())
    };
    let ran = compared(&[]).exits(0);
    assert!(ran.stdout.contains("no changes in 1 case: 1 still failing"), "{}", ran.stdout);
    let junit = std::fs::read_to_string(catalog.root().join("junit.xml")).unwrap();
    assert!(!junit.contains("<failure"), "{junit}");
    compared(&["--fail-on", "any"]).exits(1);
    compared(&["--fail-on", "never"]).exits(0);

    // One more broken rule is a regression of a case that failed before.
    catalog.edit(SCRIPT, "exit 1", "sleep 987652 >/dev/null 2>&1 & exit 1");
    let ran = compared(&[]).exits(1);
    assert!(ran.stdout.contains("breaks leaked-process"), "{}", ran.stdout);
    let junit = std::fs::read_to_string(catalog.root().join("junit.xml")).unwrap();
    assert!(junit.contains("<failure"), "{junit}");
    compared(&["--fail-on", "never"]).exits(0);
}

#[test]
fn without_a_baseline_only_regressions_is_no_policy() {
    let catalog = TestCatalog::new("exit 1");
    let ran = catalog.run(&["--fail-on", "regression"]).exits(2);
    assert!(ran.stderr.contains("--baseline"), "{}", ran.stderr);
    let ran = catalog.run(&["--baseline", "none.json"]).exits(2);
    assert!(ran.stderr.contains("none.json"), "{}", ran.stderr);
    catalog.run(&["--fail-on", "never"]).exits(0);
}
