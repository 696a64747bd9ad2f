//! The page decides what has to be covered: a run is never green because there was less in it.

use rescind_tests::{TestCatalog, results};

const PAGE: &str = "# Spanner\n\n## Shell\n\n```sh\ntrue\n```\n\n## C\\#\n\n```csharp\nx\n```\n";

/// A catalogue whose page has code for its sample, and code in C#.
fn catalog() -> TestCatalog {
    let catalog = TestCatalog::new("exit 3");
    catalog.write("page.md", PAGE);
    catalog
}

#[test]
fn code_that_no_manifest_covers_is_an_error_with_its_line_and_the_rest_is_run() {
    let catalog = catalog();
    let (ran, results) = results(catalog.root(), &["run", "--page", "page.md"]);
    let ran = ran.exits(1);
    assert_eq!(results.cases.len(), 1);
    let coverage = "coverage: 1 of 2 languages; csharp: no manifest covers the page's code under `C#`";
    assert_eq!(results.notices.last().unwrap(), coverage);
    assert!(ran.stdout.contains("coverage: 1 of 2 languages"), "{}", ran.stdout);
    insta::assert_snapshot!(ran.stderr.lines().take(7).collect::<Vec<_>>().join("\n"), @r"
    error: no manifest covers the page's code under `C#`
     --> page.md:9:1
      |
    9 | ## C\#
      | ^^^^^^
      |
      = help: write the manifest of `csharp` (docs/adding-a-language.md); `--allow-uncovered` runs the page without it
    ");
}

#[test]
fn a_heading_or_a_fence_that_is_written_otherwise_is_an_error_too() {
    let catalog = catalog();
    for (page, place) in [
        ("# Spanner\n\n## Shel\n\n```sh\ntrue\n```\n", "page.md:3:1"),
        ("# Spanner\n\n## Shell\n\n```shh\ntrue\n```\n", "page.md:5:1"),
        ("# Spanner\n\n```sh\ntrue\n```\n", "page.md:1:1"),
    ] {
        catalog.write("page.md", page);
        let ran = catalog.run(&["--page", "page.md"]).exits(2);
        assert!(ran.stderr.contains(&format!("--> {place}")), "{}", ran.stderr);
    }
}

#[test]
fn less_can_be_allowed_and_less_can_be_asked_for() {
    let catalog = catalog();
    let notice = "the page's code under `C#` was not run: no manifest covers it";
    for arguments in [&["--allow-uncovered"][..], &["--language", "shell"], &["--language", "SH*"]] {
        let arguments = [&["run", "--page", "page.md"], arguments].concat();
        let (ran, results) = results(catalog.root(), &arguments);
        assert_eq!(results.notices[0], notice, "{arguments:?}");
        let ran = ran.exits(0);
        assert!(ran.stdout.contains(notice) && ran.stdout.contains("1 case: 1 pass"), "{}", ran.stdout);
    }
    catalog.run(&["--allow-uncovered"]).exits(2);
}

#[test]
fn a_language_that_only_the_page_has_is_refused_by_any_of_its_names_and_it_is_said_why() {
    let catalog = catalog();
    for name in ["csharp", "C#", "cs", ".NET", "c*"] {
        let ran = catalog.run(&["--page", "page.md", "--language", name]).exits(2);
        assert!(
            ran.stderr.starts_with("error: no manifest covers the page's code under `C#`"),
            "{}",
            ran.stderr
        );
    }
    let stderr = catalog.run(&["--page", "page.md", "--language", "C#", "--allow-uncovered"]).exits(4).stderr;
    insta::assert_snapshot!(stderr, @"
    error: no case is selected: no manifest covers the page's code under `C#`, and --language C# asks for nothing else
    the samples are: spanner/shell
    the scenarios are: cancel-wins
    ");
    let stderr = catalog.run(&["--page", "page.md", "--language", "ruby"]).exits(4).stderr;
    insta::assert_snapshot!(stderr, @"
    error: no case is selected: --language ruby names no sample, and the page `page.md` has no such code
    the samples are: spanner/shell
    the scenarios are: cancel-wins
    ");
}

#[test]
fn a_language_that_only_the_manifests_have_is_a_note() {
    let catalog = catalog();
    catalog.write("page.md", "# Spanner\n\n## Shell\n\n```sh\ntrue\n```\n");
    let manifest = std::fs::read_to_string(catalog.root().join("manifests/spanner/shell.yaml")).unwrap();
    catalog.write("manifests/spanner/perl.yaml", &manifest.replace("[Shell]", "[Perl]"));
    let (ran, results) = results(catalog.root(), &["run", "--page", "page.md"]);
    ran.exits(0);
    assert_eq!(results.notices[0], "spanner/perl was not run: the page has no code for it");
    assert_eq!(results.cases.len(), 1);
}

#[test]
fn languages_are_selected_by_any_of_their_names() {
    let catalog = TestCatalog::new("true");
    let manifest = std::fs::read_to_string(catalog.root().join("manifests/spanner/shell.yaml")).unwrap();
    catalog.write("manifests/spanner/nodejs.yaml", &manifest);
    for name in ["Node.js", "JavaScript", "js", "NODEJS", "n*js"] {
        let (_, results) = results(catalog.root(), &["run", "--language", name]);
        let ids: Vec<String> = results.cases.iter().map(|case| case.id.to_string()).collect();
        assert_eq!(ids, ["spanner/nodejs/cancel-wins"], "{name}");
    }
    let (_, results) = results(catalog.root(), &["run", "--source", "JS=samples/spanner/shell/sample.sh"]);
    assert_eq!(results.cases[0].id.to_string(), "spanner/nodejs/cancel-wins");
}
