//! Runs that are split over several machines, and put together again.

use rescind_model::{CaseId, Results, Verdict};
use rescind_tests::{Project, Ran, rescind};

const SCENARIOS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A project of six cases, of which one fails.
fn project() -> Project {
    let project = Project::new("case $GOOGLE_CLOUD_PROJECT in *-c) exit 1;; esac");
    for name in SCENARIOS {
        project.copy("manifests/scenarios/cancel-wins.yaml", &format!("manifests/scenarios/{name}.yaml"));
    }
    project
}

fn read(project: &Project, name: &str) -> Results {
    serde_json::from_str(&std::fs::read_to_string(project.root().join(name)).unwrap()).unwrap()
}

fn shard(project: &Project, partition: &str, name: &str, more: &[&str]) {
    let arguments = ["--partition", partition, "--results", name, "--fail-on", "never"];
    project.run(&[&arguments, more].concat()).exits(0);
}

fn report(project: &Project, arguments: &[&str]) -> Ran {
    rescind(project.root(), &[&["report"], arguments].concat())
}

#[test]
fn the_parts_of_a_run_put_together_are_the_run() {
    let project = project();
    project.run(&["--results", "whole.json"]).exits(1);
    for index in 1..=3 {
        shard(&project, &format!("hash:{index}/3"), &format!("{index}.json"), &[]);
    }
    report(&project, &["3.json", "1.json", "2.json", "--report", "json=merged.json"]).exits(0);
    let seen = |results: &Results| {
        let cases = results.cases.iter().map(|case| (case.id.clone(), case.verdict));
        (cases.collect::<Vec<(CaseId, Verdict)>>(), results.environment.clone(), results.is_partial())
    };
    let (whole, merged) = (read(&project, "whole.json"), read(&project, "merged.json"));
    assert_eq!(seen(&merged), seen(&whole));
    assert!(read(&project, "1.json").is_partial());
    // Every command that takes results takes the parts of them.
    let parts = ["1.json", "2.json", "3.json"];
    report(&project, &[&parts[..], &["--exit-code"]].concat()).exits(1);
    rescind(project.root(), &[&["accept"], &parts[..]].concat()).exits(0);
    rescind(project.root(), &[&["compare", "rescind-baseline.json"], &parts[..]].concat()).exits(0);
}

#[test]
fn parts_that_are_missing_doubled_or_of_another_run_are_refused_by_name() {
    let project = project();
    shard(&project, "hash:1/3", "1.json", &[]);
    shard(&project, "hash:2/3", "2.json", &[]);
    let refused = |files: &[&str]| report(&project, files).exits(2).stderr;
    insta::assert_snapshot!(refused(&["1.json", "2.json"]), @"error: the part hash:3/3 is missing");
    insta::assert_snapshot!(refused(&["1.json", "2.json", "./1.json"]), @"error: the part hash:1/3 is there twice, in `1.json` and in `./1.json`");
    shard(&project, "hash:3/4", "of-four.json", &[]);
    insta::assert_snapshot!(refused(&["1.json", "of-four.json"]), @"error: `of-four.json` is not of the same run as `1.json`: its number of parts is `4`, not `3`");
    shard(&project, "hash:3/3", "selected.json", &["--scenario", "[abc]"]);
    assert!(refused(&["1.json", "selected.json"]).contains("its selection of cases is"));
    project.run(&["--results", "whole.json"]);
    insta::assert_snapshot!(refused(&["1.json", "whole.json"]), @"error: `1.json` is one part of a run, hash:1/3, and `whole.json` is not a part of one");
    project.edit("manifests/scenarios/a.yaml", "takes effect", "takes its effect");
    shard(&project, "hash:3/3", "changed.json", &[]);
    assert!(refused(&["1.json", "changed.json"]).contains("its catalogue is"));
}

#[test]
fn jobs_with_a_selection_each_are_put_together_if_they_share_no_case() {
    let project = project();
    project.run(&["--scenario", "[ab]", "--results", "ab.json"]).exits(0);
    project.run(&["--scenario", "[cd]", "--results", "cd.json"]).exits(1);
    project.run(&["--scenario", "[bc]", "--results", "bc.json"]).exits(1);
    report(&project, &["ab.json", "cd.json", "--report", "json=abcd.json"]).exits(0);
    let merged = read(&project, "abcd.json");
    assert_eq!((merged.cases.len(), merged.is_partial()), (4, true));
    let ran = report(&project, &["ab.json", "bc.json"]).exits(2);
    insta::assert_snapshot!(ran.stderr, @"error: the case `spanner/shell/b` is there twice, in `ab.json` and in `bc.json`");
}

#[test]
fn an_entry_of_the_list_is_stale_only_in_the_light_of_all_parts() {
    let project = project();
    // These two are in different parts.
    project.edit("samples/spanner/shell/sample.sh", "*-c)", "*-c | *-d)");
    let entry = |case: &str, rule: &str| {
        format!("- {{ case: \"{case}\", rule: {rule}, reason: x, issue: \"https://example.com\" }}\n")
    };
    let list = entry("spanner/shell/[cd]", "wrong-exit") + &entry("spanner/shell/[cd]", "crashed");
    project.write("manifests/known-failures.yaml", &list);
    for index in 1..=4 {
        let ran =
            project.run(&["--partition", &format!("hash:{index}/4"), "--results", &format!("{index}.json")]);
        ran.exits(0);
    }
    let ran = report(&project, &["1.json", "2.json", "3.json", "4.json", "--exit-code"]).exits(1);
    assert_eq!(ran.stdout.matches("stale: ").count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("manifests/known-failures.yaml:2:"), "{}", ran.stdout);
}

#[test]
fn what_is_no_partition_is_a_usage_error() {
    let ran = Project::new("true").run(&["--partition", "count:1/2"]).exits(2);
    assert!(ran.stderr.contains("hash:I/N"), "{}", ran.stderr);
}
