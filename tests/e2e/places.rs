//! Where a finding is, and why: its line in every report, one entry for each cause, and `explain`.

use rescind_model::{CaseResult, Rule};
use rescind_tests::{TestCatalog, rescind};

const FILE: &str = "samples/spanner/shell/sample.sh";

/// The places of the findings of a case, with their rules.
fn places(case: &CaseResult) -> Vec<(Rule, Option<String>)> {
    let place = |finding: &rescind_model::Finding| finding.place.as_ref().map(ToString::to_string);
    case.findings.iter().map(|finding| (finding.rule, place(finding))).collect()
}

#[test]
fn a_false_claim_is_at_its_print() {
    let catalog = TestCatalog::new("name=b1\necho \"The backup\" failed\necho \"The backup $name is there\"");
    let (ran, case) = catalog.case(&[]);
    assert_eq!(places(&case), [(Rule::FalseClaim, Some(format!("{FILE}:3")))]);
    assert_eq!(case.findings[0].printed.as_deref(), Some("The backup failed"));
    let ran = ran.exits(1);
    assert!(ran.stdout.contains(&format!("\n    at {FILE}:3\n")), "{}", ran.stdout);
}

#[test]
fn what_an_error_keeps_from_being_done_is_at_the_line_of_the_error() {
    let catalog = TestCatalog::new("true\nno-such-command\nexit 3");
    let (_, case) = catalog.case(&[]);
    assert_eq!(places(&case), [(Rule::WrongExit, Some(format!("{FILE}:3")))]);
    // The same code on a page.
    catalog.write("docs/page.md", "# Cancel\n\n## Shell\n\n```sh\ntrue\nno-such-command\nexit 3\n```\n");
    let (_, case) = catalog.case(&["--page", "docs/page.md"]);
    assert_eq!(places(&case), [(Rule::WrongExit, Some("docs/page.md:7".to_owned()))]);
}

#[test]
fn where_no_line_is_known_a_finding_has_none_and_reports_lead_to_the_first() {
    let catalog = TestCatalog::new("true\nexit 3");
    let (_, case) = catalog.case(&[]);
    assert_eq!(places(&case), [(Rule::WrongExit, None)]);
    let junit = catalog.run(&["--report", "junit=-"]).exits(1).stdout;
    assert!(junit.contains(&format!("file=\"{FILE}\" line=\"2\"")), "{junit}");
    let github = catalog.run(&["--report", "github=-"]).exits(1).stdout;
    assert!(github.contains(&format!("::error file={FILE},line=2,endLine=2,")), "{github}");
}

#[test]
fn cases_of_one_cause_are_one_entry_in_every_report() {
    let catalog = TestCatalog::new("true\nno-such-command");
    catalog.copy("manifests/scenarios/cancel-wins.yaml", "manifests/scenarios/again.yaml");
    let report = |format: &str| catalog.run(&["--report", &format!("{format}=-")]).exits(1).stdout;
    let count = |text: &str, part: &str| text.matches(part).count();

    let terminal = report("terminal");
    assert_eq!(count(&terminal, "wrong-exit: "), 1, "{terminal}");
    assert!(terminal.contains("; in 2 cases: again, cancel-wins\n"), "{terminal}");
    let markdown = report("markdown");
    assert_eq!(count(&markdown, "- **wrong-exit**: "), 1, "{markdown}");
    assert!(markdown.contains("in 2 cases: again, cancel-wins"), "{markdown}");
    let html = report("html");
    assert!(html.contains("2 cases: <a href=\"#spanner/shell/again\">again</a>"), "{html}");
    let github = report("github");
    assert_eq!(count(&github, "::error "), 1, "{github}");
    assert!(
        github.contains("line=3,endLine=3,title=fail spanner/shell (2 cases)%3A wrong-exit::"),
        "{github}"
    );
    let sarif: serde_json::Value = serde_json::from_str(&report("sarif")).unwrap();
    let found = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["occurrenceCount"], 2);
    let place = &found[0]["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&FILE.into(), &3.into()));
    let junit = report("junit");
    assert_eq!(count(&junit, &format!("file=\"{FILE}\" line=\"3\"")), 2, "{junit}");
}

#[test]
fn what_was_found_outside_the_repository_is_no_result_in_sarif() {
    let catalog = TestCatalog::new("exit 3");
    let elsewhere = TestCatalog::new("true");
    let root = catalog.root().to_str().unwrap();
    let ran = rescind(elsewhere.root(), &["--root", root, "run", "--report", "sarif=-"]).exits(1);
    let sarif: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(0));
    assert!(ran.stdout.contains("lies outside the repository"), "{}", ran.stdout);
}

#[test]
fn a_rule_is_explained_and_a_misspelt_one_is_suggested() {
    let catalog = TestCatalog::new("true");
    let ran = rescind(catalog.root(), &["explain", "leaked-backup"]).exits(0);
    for part in ["What it means", "Example", "How to mend it", "How to switch it off"] {
        assert!(ran.stdout.contains(&format!("\n{part}\n")), "{}", ran.stdout);
    }
    let ran = rescind(catalog.root(), &["explain"]).exits(0);
    for rule in Rule::ALL {
        assert!(ran.stdout.contains(&format!("{rule}\n    ")), "{}", ran.stdout);
    }
    let ran = rescind(catalog.root(), &["explain", "leaked-bakcup"]).exits(2);
    assert!(ran.stderr.contains("did you mean `leaked-backup`?"), "{}", ran.stderr);
}
