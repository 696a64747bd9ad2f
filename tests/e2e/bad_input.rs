//! Bad input: a clear message with its place, a non-zero exit, and nothing run.

use rescind_tests::TestCatalog;

/// What is printed for a mistake, with the exit code of a usage error.
fn message(catalog: &TestCatalog, arguments: &[&str]) -> String {
    let ran = catalog.run(arguments).exits(2);
    assert_eq!(ran.stdout, "");
    ran.stderr
}

#[test]
fn a_misspelt_manifest_key_is_pointed_at_and_the_right_one_suggested() {
    let catalog = TestCatalog::new("true");
    catalog.edit_manifest("deadline: 20s", "deadlin: 20s");
    insta::assert_snapshot!(message(&catalog, &[]), @"
    error: unknown key `deadlin` (did you mean `deadline`?)
     --> manifests/spanner/shell.yaml:9:3
      |
    9 |   deadlin: 20s
      |   ^^^^^^^
      |
      = help: the keys here are command, environment, endpoint, emulator, service, deadline, processor_time, jobs
    ");
}

#[test]
fn a_scenario_with_an_unknown_request_is_pointed_at() {
    let catalog = TestCatalog::new("true");
    catalog.edit("manifests/scenarios/cancel-wins.yaml", "create:running", "creat:running");
    insta::assert_snapshot!(message(&catalog, &[]), @"
    error: unknown request `creat` (did you mean `create`?); a request is one of create, cancel, poll, early-poll, get, delete, list, given, or the name of an RPC such as UpdateBackup
     --> manifests/scenarios/cancel-wins.yaml:3:11
      |
    3 | schedule: creat:running cancel:honoured
      |           ^^^^^
    ");
}

#[test]
fn yaml_that_is_not_yaml_is_pointed_at() {
    let catalog = TestCatalog::new("true");
    catalog.edit("manifests/scenarios/cancel-wins.yaml", "services: [spanner]", "services: [spanner");
    insta::assert_snapshot!(message(&catalog, &[]), @"
    error: not YAML: illegal placement of ':' indicator
     --> manifests/scenarios/cancel-wins.yaml:3:9
      |
    3 | schedule: create:running cancel:honoured
      |         ^
    ");
}

#[test]
fn every_mistake_is_reported_at_once() {
    let catalog = TestCatalog::new("true");
    catalog.edit_manifest("file: sample.sh", "file: simple.sh");
    catalog.edit_manifest("{backup}", "{bakup}");
    catalog.edit("manifests/scenarios/cancel-wins.yaml", "cancel:honoured", "cancel:honored");
    insta::assert_snapshot!(message(&catalog, &[]), @r#"
    error: `honored` cannot be decided at `cancel` (did you mean `honoured`?); it can be honoured, pending, ignored, done-after, failed-after, lost, reset, delayed-250ms, or an error code such as permission-denied
     --> manifests/scenarios/cancel-wins.yaml:3:33
      |
    3 | schedule: create:running cancel:honored
      |                                 ^^^^^^^

    error: there is no file `simple.sh` in the sample's folder (did you mean `sample.sh`?)
     --> manifests/spanner/shell.yaml:2:48
      |
    2 | source: { folder: samples/spanner/shell, file: simple.sh, region: demo }
      |                                                ^^^^^^^^^

    error: unknown placeholder `{bakup}` (did you mean `backup`?); the placeholders are {work}, {cache}, {endpoint}, {emulator}, {project}, {instance}, {database}, {backup}
     --> manifests/spanner/shell.yaml:8:29
      |
    8 |   command: [sh, sample.sh, "{bakup}"]
      |                             ^^^^^^^
    "#);
}

#[test]
fn a_page_without_a_block_for_the_language_says_what_it_has() {
    let catalog = TestCatalog::new("true");
    catalog.write("page.md", "# Cancel\n\n### Perl\n\n``` perl\nprint 1;\n```\n");
    insta::assert_snapshot!(message(&catalog, &["--page", "page.md", "--language", "shell"]), @"error: the page `page.md` has no block for spanner/shell: no code under a heading `Shell`; its headings are `Cancel`, `Perl`");
}

#[test]
fn a_page_that_is_not_there_is_named() {
    let catalog = TestCatalog::new("true");
    insta::assert_snapshot!(message(&catalog, &["--page", "no-page.md"]), @"error: the page `no-page.md` cannot be read: No such file or directory (os error 2)");
}

#[test]
fn a_selection_that_matches_nothing_has_an_exit_code_of_its_own() {
    let catalog = TestCatalog::new("true");
    let ran = catalog.run(&["--scenario", "nothing-matches"]).exits(4);
    assert_eq!(ran.stdout, "");
    insta::assert_snapshot!(ran.stderr, @"
    error: no case is selected
    the samples are: spanner/shell
    the scenarios are: cancel-wins
    ");
}

#[test]
fn a_root_without_manifests_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    let ran = rescind_tests::rescind(folder.path(), &["run", "--root", "."]).exits(2);
    assert!(ran.stderr.contains("no folder `manifests`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("--root"), "{}", ran.stderr);
}

#[test]
fn a_glob_that_is_none_is_a_usage_error() {
    let ran = TestCatalog::new("true").run(&["--language", "[a"]).exits(2);
    assert!(ran.stderr.contains("--language [a"), "{}", ran.stderr);
}

#[test]
fn what_is_too_large_is_refused_and_not_read_on() {
    let catalog = TestCatalog::new("true");
    if std::path::Path::new("/dev/zero").exists() {
        let ran = catalog.run(&["--page", "/dev/zero"]).exits(2);
        assert!(ran.stderr.contains("it is larger than 16 MiB, the most that is read"), "{}", ran.stderr);
        let ran = catalog.run(&["--known-failures", "/dev/zero"]).exits(2);
        assert!(ran.stderr.contains("the most that is read"), "{}", ran.stderr);
    }
    let terms: String = (1..=60_000).map(|count| format!("get{count}:lost ")).collect();
    catalog.edit("manifests/scenarios/cancel-wins.yaml", "schedule: ", &format!("schedule: {terms}"));
    let ran = catalog.run(&[]).exits(2);
    assert!(ran.stderr.contains("a schedule has at most 10000 terms"), "{:.2000}", ran.stderr);
}
