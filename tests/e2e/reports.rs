//! Reports of a run, of a results file, and of two of them.

use std::path::{Path, PathBuf};

use rescind_tests::{Ran, TestCatalog, rescind};

fn results(catalog: &TestCatalog, name: &str) -> PathBuf {
    let path = catalog.root().join(name);
    catalog.run(&["--results", path.to_str().unwrap()]);
    path
}

fn compared(catalog: &TestCatalog, base: &str, head: &str, more: &[&str]) -> Ran {
    rescind(catalog.root(), &[&["compare", base, head], more].concat())
}

#[test]
fn a_run_writes_every_format_that_it_is_asked_for() {
    let catalog = TestCatalog::new("exit 1");
    let report = |format: &str| format!("{format}={}", catalog.root().join(format).display());
    let formats = ["json", "junit", "markdown", "summary", "html", "sarif", "github", "terminal"];
    let targets: Vec<String> = formats.map(report).into();
    let arguments: Vec<&str> = targets.iter().flat_map(|target| ["--report", target]).collect();
    catalog.run(&arguments).exits(1);
    for format in formats {
        let text = std::fs::read_to_string(catalog.root().join(format)).unwrap();
        assert!(text.contains("wrong-exit"), "{format}:\n{text}");
    }
}

#[test]
fn a_results_file_can_be_reported_later() {
    let catalog = TestCatalog::new("exit 1");
    let file = results(&catalog, "results.json");
    let ran = rescind(catalog.root(), &["report", file.to_str().unwrap(), "--report", "junit=-"]).exits(0);
    assert!(ran.stdout.contains("<testsuites"), "{}", ran.stdout);
}

#[test]
fn a_file_that_holds_no_results_is_pointed_at() {
    let catalog = TestCatalog::new("true");
    catalog.write("results.json", "{\n  \"schema_version\": 3,\n  oops\n}\n");
    let ran = rescind(catalog.root(), &["report", "results.json"]).exits(2);
    assert!(ran.stderr.contains("results.json: 3:3"), "{}", ran.stderr);
    catalog.write("results.json", "{ \"schema_version\": 99 }");
    let ran = rescind(catalog.root(), &["report", "results.json"]).exits(2);
    assert!(ran.stderr.contains("99"), "{}", ran.stderr);
}

#[test]
fn an_unknown_format_is_a_usage_error_with_a_suggestion() {
    let ran = TestCatalog::new("true").run(&["--report", "junitt=x"]).exits(2);
    assert!(ran.stderr.contains("did you mean `junit`?"), "{}", ran.stderr);
}

#[test]
fn only_what_the_change_broke_fails_a_comparison() {
    let catalog = TestCatalog::new("exit 1");
    results(&catalog, "failing.json");
    catalog.edit("samples/spanner/shell/sample.sh", "exit 1", "true");
    results(&catalog, "passing.json");

    compared(&catalog, "failing.json", "failing.json", &[]).exits(0);
    let broken = compared(&catalog, "passing.json", "failing.json", &[]).exits(1);
    assert!(broken.stdout.contains("spanner/shell/cancel-wins"), "{}", broken.stdout);
    let fixed = compared(&catalog, "failing.json", "passing.json", &[]).exits(0);
    assert!(fixed.stdout.contains("spanner/shell/cancel-wins"), "{}", fixed.stdout);
    compared(&catalog, "failing.json", "failing.json", &["--fail-on", "any"]).exits(1);
    compared(&catalog, "passing.json", "failing.json", &["--fail-on", "never"]).exits(0);
}

/// Where the code of the one case is written, as the results say, when rescind is started in a folder.
fn location(folder: &Path, arguments: &[&str]) -> Option<String> {
    let (ran, results) = rescind_tests::results(folder, &[&["run"], arguments].concat());
    ran.exits(0);
    results.cases[0].location.as_ref().map(ToString::to_string)
}

#[test]
fn places_are_relative_to_the_root_of_the_repository() {
    let catalog = TestCatalog::new("true");
    catalog.write(".git/HEAD", "ref: refs/heads/main\n");
    catalog.write("docs/page.md", "# Shell\n\n```sh\ntrue\n```\n");
    catalog.write("docs/code/cancel.sh", "#!/bin/sh\n# [START demo]\ntrue\n# [END demo]\n");
    let docs = catalog.root().join("docs");
    assert_eq!(location(&docs, &[]).as_deref(), Some("samples/spanner/shell/sample.sh:2"));
    assert_eq!(location(&docs, &["--page", "page.md"]).as_deref(), Some("docs/page.md:4"));
    assert_eq!(
        location(&docs, &["--source", "shell=code/cancel.sh"]).as_deref(),
        Some("docs/code/cancel.sh:3")
    );

    // The lines of a catalogue that lies elsewhere are in no pull request, whatever files of the same name are here.
    let elsewhere = TestCatalog::new("true");
    let root = elsewhere.root().display().to_string();
    let page = docs.join("page.md").display().to_string();
    assert_eq!(location(&docs, &["--root", &root]), None);
    assert_eq!(location(&docs, &["--root", &root, "--page", &page]).as_deref(), Some("docs/page.md:4"));
}
