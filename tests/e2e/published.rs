//! Published code in the place of a sample's region: from a page, from a file of another repository.

use rescind_model::{Location, Rule, Verdict};
use rescind_tests::{TestCatalog, results, rules};

/// A sample that has to be built: its region must hold no `syntax error`.
fn built() -> TestCatalog {
    let catalog = TestCatalog::new("true");
    let check =
        "build: { steps: [[sh, -c, '! grep -n \"syntax error\" sample.sh | sed s/^/sample.sh:/ | grep .']] }";
    catalog.edit_manifest("run:\n", &format!("{check}\nrun:\n"));
    catalog
}

/// A sample for two services: for Spanner its region `demo`, for AlloyDB its region `other`.
fn of_two_services() -> TestCatalog {
    let catalog = TestCatalog::new("true");
    catalog.add_service("alloydb");
    catalog.copy("manifests/spanner/shell.yaml", "manifests/alloydb/shell.yaml");
    catalog.edit("manifests/alloydb/shell.yaml", "region: demo", "region: other");
    catalog.edit("manifests/scenarios/cancel-wins.yaml", "[spanner]", "[spanner, alloydb]");
    catalog
}

#[test]
fn the_region_of_another_repositorys_file_takes_the_place_of_the_samples() {
    let catalog = TestCatalog::new("exit 3");
    catalog.write("other/cancel.sh", "exit 4\n# [START demo]\necho published\n# [END demo]\nexit 5\n");
    let (_, case) = catalog.case(&["--source", "shell=other/cancel.sh"]);
    assert_eq!(case.observation.unwrap().stdout.text, "published\n");
    assert_eq!(
        case.location,
        Some(Location { file: "other/cancel.sh".to_owned(), first_line: 3, last_line: 3 })
    );
    assert_eq!(
        case.replay,
        "rescind run --service spanner --language shell --scenario cancel-wins --source 'shell=other/cancel.sh'"
    );
}

#[test]
fn only_the_samples_with_a_source_are_run() {
    let catalog = TestCatalog::new("true");
    catalog.write("samples/spanner/other/sample.sh", "# [START demo]\n# [END demo]\n");
    let manifest = std::fs::read_to_string(catalog.root().join("manifests/spanner/shell.yaml")).unwrap();
    catalog.write("manifests/spanner/other.yaml", &manifest.replace("spanner/shell", "spanner/other"));
    let file = "samples/spanner/other/sample.sh";
    let (_, results) = results(catalog.root(), &["run", "--source", &format!("spanner/shell={file}")]);
    let ids: Vec<String> = results.cases.iter().map(|case| case.id.to_string()).collect();
    assert_eq!(ids, ["spanner/shell/cancel-wins"]);
    assert!(results.filtered);
    assert_eq!(results.environment.source, format!("spanner/shell={file}"));
    catalog.run(&["--language", "other", "--source", &format!("shell={file}")]).exits(4);
}

#[test]
fn published_code_that_does_not_build_is_a_finding_at_its_line_in_the_page() {
    let catalog = built();
    catalog.write("page.md", "# Cancel\n\n### Shell\n\n``` sh\ntrue\nsyntax error\n```\n");
    let (ran, case) = catalog.case(&["--page", "page.md"]);
    assert_eq!((case.verdict, rules(&case)), (Verdict::Fail, vec![Rule::DoesNotBuild]));
    assert_eq!(case.findings[0].message, "page.md:7: syntax error");
    assert_eq!(case.findings[0].place, Some(Location::of_line("page.md", 7)));
    let ran = ran.exits(1);
    assert!(ran.stdout.contains("does-not-build: page.md:7: syntax error"), "{}", ran.stdout);
    assert!(ran.stdout.contains("sample.sh:3:syntax error"), "{}", ran.stdout);
}

#[test]
fn a_bundled_sample_that_does_not_build_is_a_failed_set_up() {
    let catalog = built();
    catalog.edit("samples/spanner/shell/sample.sh", "true", "syntax error");
    let (ran, case) = catalog.case(&[]);
    assert_eq!((case.verdict, rules(&case)), (Verdict::SetupError, vec![]));
    ran.exits(3);
}

#[test]
fn of_several_samples_of_a_language_a_source_is_for_the_selected_one() {
    let catalog = of_two_services();
    catalog.write(
        "samples/spanner/shell/sample.sh",
        "# [START demo]\ntrue\n# [END demo]\n# [START other]\ntrue\n# [END other]\n",
    );
    catalog.write(
        "code.sh",
        "# [START demo]\necho demo\n# [END demo]\n# [START other]\necho other\n# [END other]\n",
    );
    for (service, printed) in [("alloydb", "other\n"), ("spanner", "demo\n")] {
        let (_, case) = catalog.case(&["--service", service, "--source", "shell=code.sh"]);
        assert_eq!(case.observation.unwrap().stdout.text, printed);
    }
}

#[test]
fn a_source_that_has_the_region_of_no_service_names_them_all() {
    let catalog = of_two_services();
    catalog.edit(
        "samples/spanner/shell/sample.sh",
        "# [END demo]",
        "# [END demo]\n# [START other]\n# [END other]",
    );
    let message = |content: &str| {
        catalog.write("code.sh", content);
        catalog.run(&["--source", "shell=code.sh"]).exits(2).stderr
    };
    insta::assert_snapshot!(message("true\n"), @"
    error: no line holds `[START other]`
    --> code.sh
     = help: the code of a sample stands between a line with `[START other]` and one with `[END other]`

    error: no line holds `[START demo]`
    --> code.sh
     = help: the code of a sample stands between a line with `[START demo]` and one with `[END demo]`
    ");
    insta::assert_snapshot!(message("# [START demo]\n"), @"
    error: `[START demo]` in line 1 has no `[END demo]` in a line below it
     --> code.sh:1:3
      |
    1 | # [START demo]
      |   ^^^^^^^^^^^^
      |
      = help: the code of a sample stands between a line with `[START demo]` and one with `[END demo]`
    ");
}

#[test]
fn a_source_without_the_region_or_with_one_that_is_not_whole_is_pointed_at() {
    let catalog = TestCatalog::new("true");
    let message = |content: &str| {
        catalog.write("cancel.sh", content);
        let ran = catalog.run(&["--source", "shell=cancel.sh"]).exits(2);
        assert_eq!(ran.stdout, "");
        ran.stderr
    };
    insta::assert_snapshot!(message("true\n"), @"
    error: no line holds `[START demo]`
    --> cancel.sh
     = help: the code of a sample stands between a line with `[START demo]` and one with `[END demo]`
    ");
    insta::assert_snapshot!(message("# [START demo]\n# [START demo]\n# [END demo]\n"), @"
    error: `[START demo]` stands in line 2 once more, before `[END demo]`
     --> cancel.sh:2:3
      |
    2 | # [START demo]
      |   ^^^^^^^^^^^^
    ");
}

#[test]
fn a_source_that_fits_no_sample_is_a_usage_error() {
    let catalog = TestCatalog::new("true");
    let stderr = |arguments: &[&str]| catalog.run(arguments).exits(2).stderr;
    insta::assert_snapshot!(stderr(&["--source", "cobol=x"]), @"error: --source cobol=x: there is no such sample; the samples are spanner/shell");
    insta::assert_snapshot!(stderr(&["--source", "shell=no/such/file"]), @"
    error: the file with the code cannot be read: No such file or directory (os error 2)
    --> no/such/file
    ");
    let file = "shell=samples/spanner/shell/sample.sh";
    insta::assert_snapshot!(stderr(&["--source", file, "--source", &format!("spanner/{file}")]), @"error: --source spanner/shell=samples/spanner/shell/sample.sh: spanner/shell has its code from --source shell=samples/spanner/shell/sample.sh already");
}

#[test]
fn a_page_is_run_with_the_samples_of_the_service_that_it_names() {
    let catalog = TestCatalog::new("true");
    let manifest = std::fs::read_to_string(catalog.root().join("manifests/spanner/shell.yaml")).unwrap();
    catalog.add_service("geminidb");
    catalog.write("manifests/geminidb/shell.yaml", &manifest);
    catalog.edit("manifests/scenarios/cancel-wins.yaml", "[spanner]", "[spanner, geminidb]");
    let page = |text: &str| catalog.write("page.md", &format!("{text}\n\n### Shell\n\n``` sh\ntrue\n```\n"));
    let ids = |arguments: &[&str]| {
        let (_, results) = results(catalog.root(), &[&["run", "--page", "page.md"], arguments].concat());
        results.cases.iter().map(|case| case.id.to_string()).collect::<Vec<_>>()
    };
    page("Stop a backup of a GeminiDB instance.");
    assert_eq!(ids(&[]), ["geminidb/shell/cancel-wins"]);
    page("Spanner, and what differs from GeminiDB.");
    let stderr = catalog.run(&["--page", "page.md"]).exits(2).stderr;
    insta::assert_snapshot!(stderr, @"error: the page `page.md` names several services: choose one of geminidb, spanner with --service");
    assert_eq!(ids(&["--service", "spanner"]), ["spanner/shell/cancel-wins"]);
    page("Cancel a backup.");
    let stderr = catalog.run(&["--page", "page.md"]).exits(2).stderr;
    insta::assert_snapshot!(stderr, @"error: the page `page.md` names none of the services: choose one of geminidb, spanner with --service");
}
