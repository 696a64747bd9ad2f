//! Runs that are split over several machines, and put together again.

use rescind_model::{CaseId, Results, Verdict};
use rescind_tests::{Ran, TestCatalog, rescind};

const SCENARIOS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A catalogue of six cases, of which one fails.
fn catalog() -> TestCatalog {
    let catalog = TestCatalog::new("case $GOOGLE_CLOUD_PROJECT in *-c) exit 1;; esac");
    for name in SCENARIOS {
        catalog.copy("manifests/scenarios/cancel-wins.yaml", &format!("manifests/scenarios/{name}.yaml"));
    }
    catalog
}

fn read(catalog: &TestCatalog, name: &str) -> Results {
    serde_json::from_str(&std::fs::read_to_string(catalog.root().join(name)).unwrap()).unwrap()
}

fn shard(catalog: &TestCatalog, partition: &str, name: &str, more: &[&str]) {
    let arguments = ["--partition", partition, "--results", name, "--fail-on", "never"];
    catalog.run(&[&arguments, more].concat()).exits(0);
}

fn report(catalog: &TestCatalog, arguments: &[&str]) -> Ran {
    rescind(catalog.root(), &[&["report"], arguments].concat())
}

#[test]
fn the_parts_of_a_run_put_together_are_the_run() {
    let catalog = catalog();
    catalog.run(&["--results", "whole.json"]).exits(1);
    for index in 1..=3 {
        shard(&catalog, &format!("hash:{index}/3"), &format!("{index}.json"), &[]);
    }
    report(&catalog, &["3.json", "1.json", "2.json", "--report", "json=merged.json"]).exits(0);
    let seen = |results: &Results| {
        let cases = results.cases.iter().map(|case| (case.id.clone(), case.verdict));
        (cases.collect::<Vec<(CaseId, Verdict)>>(), results.environment.clone(), results.is_partial())
    };
    let (whole, merged) = (read(&catalog, "whole.json"), read(&catalog, "merged.json"));
    assert_eq!(seen(&merged), seen(&whole));
    assert!(read(&catalog, "1.json").is_partial());
    // Every command that takes results takes the parts of them.
    let parts = ["1.json", "2.json", "3.json"];
    report(&catalog, &[&parts[..], &["--exit-code"]].concat()).exits(1);
    rescind(catalog.root(), &[&["accept"], &parts[..]].concat()).exits(0);
    rescind(catalog.root(), &[&["compare", "rescind-baseline.json"], &parts[..]].concat()).exits(0);
}

#[test]
fn parts_that_are_missing_doubled_or_of_another_run_are_refused_by_name() {
    let catalog = catalog();
    shard(&catalog, "hash:1/3", "1.json", &[]);
    shard(&catalog, "hash:2/3", "2.json", &[]);
    let refused = |files: &[&str]| report(&catalog, files).exits(2).stderr;
    insta::assert_snapshot!(refused(&["1.json", "2.json"]), @"error: the part hash:3/3 is missing");
    insta::assert_snapshot!(refused(&["1.json", "2.json", "./1.json"]), @"error: the part hash:1/3 is there twice, in `1.json` and in `./1.json`");
    shard(&catalog, "hash:3/4", "of-four.json", &[]);
    insta::assert_snapshot!(refused(&["1.json", "of-four.json"]), @"error: `of-four.json` is not of the same run as `1.json`: its number of parts is `4`, not `3`");
    shard(&catalog, "hash:3/3", "selected.json", &["--scenario", "[abc]"]);
    assert!(refused(&["1.json", "selected.json"]).contains("its selection of cases is"));
    catalog.run(&["--results", "whole.json"]);
    insta::assert_snapshot!(refused(&["1.json", "whole.json"]), @"error: `1.json` is one part of a run, hash:1/3, and `whole.json` is not a part of one");
    catalog.edit("manifests/scenarios/a.yaml", "takes effect", "takes its effect");
    shard(&catalog, "hash:3/3", "changed.json", &[]);
    assert!(refused(&["1.json", "changed.json"]).contains("its catalogue is"));
}

#[test]
fn jobs_with_a_selection_each_are_put_together_if_they_share_no_case() {
    let catalog = catalog();
    catalog.run(&["--scenario", "[ab]", "--results", "ab.json"]).exits(0);
    catalog.run(&["--scenario", "[cd]", "--results", "cd.json"]).exits(1);
    catalog.run(&["--scenario", "[bc]", "--results", "bc.json"]).exits(1);
    report(&catalog, &["ab.json", "cd.json", "--report", "json=abcd.json"]).exits(0);
    let merged = read(&catalog, "abcd.json");
    assert_eq!((merged.cases.len(), merged.is_partial()), (4, true));
    let ran = report(&catalog, &["ab.json", "bc.json"]).exits(2);
    insta::assert_snapshot!(ran.stderr, @"error: the case `spanner/shell/b` is there twice, in `ab.json` and in `bc.json`");
}

#[test]
fn an_entry_of_the_list_is_stale_only_in_the_light_of_all_parts() {
    let catalog = catalog();
    // These two are in different parts.
    catalog.edit("samples/spanner/shell/sample.sh", "*-c)", "*-c | *-d)");
    let entry = |case: &str, rule: &str| {
        format!("- {{ case: \"{case}\", rule: {rule}, reason: x, issue: \"https://example.com\" }}\n")
    };
    let list = entry("spanner/shell/[cd]", "wrong-exit") + &entry("spanner/shell/[cd]", "crashed");
    catalog.write("manifests/known-failures.yaml", &list);
    for index in 1..=4 {
        let ran =
            catalog.run(&["--partition", &format!("hash:{index}/4"), "--results", &format!("{index}.json")]);
        ran.exits(0);
    }
    let ran = report(&catalog, &["1.json", "2.json", "3.json", "4.json", "--exit-code"]).exits(1);
    assert_eq!(ran.stdout.matches("stale: ").count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("manifests/known-failures.yaml:2:"), "{}", ran.stdout);
}

#[test]
fn what_is_no_partition_is_a_usage_error() {
    let ran = TestCatalog::new("true").run(&["--partition", "count:1/2"]).exits(2);
    assert!(ran.stderr.contains("hash:I/N"), "{}", ran.stderr);
}
