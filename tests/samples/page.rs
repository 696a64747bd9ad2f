//! Published code in the place of the region: its mistakes are found, and they are the right ones.

use rescind_model::{Results, Rule, Verdict};
use rescind_tests::{repository, results, rules};

const PAGE: &str = "tests/pages/cancel-backup.md";

/// In these the page's mistakes show, and that what is right is not accused.
const SCENARIOS: [&str; 6] = [
    "cancel-unimplemented",
    "cancel-wins",
    "completes-before-cancel",
    "completes-despite-cancel",
    "create-already-exists",
    "operation-fails",
];

fn found(results: &Results, case: &str, rule: Rule) -> bool {
    let case = results.cases.iter().find(|it| it.id.to_string() == case);
    rules(case.expect("the case was run")).contains(&rule)
}

pub fn mistakes() {
    let mut arguments =
        vec!["run", "--page", PAGE, "--service", "spanner", "--language", "python", "--language", "nodejs"];
    arguments.extend(SCENARIOS.iter().flat_map(|scenario| ["--scenario", scenario]));
    let (ran, results) = results(&repository(), &arguments);
    let ran = ran.exits(1);
    for (case, rule) in [
        ("spanner/nodejs/create-already-exists", Rule::DeletedForeignBackup),
        ("spanner/nodejs/completes-before-cancel", Rule::FalseClaim),
        ("spanner/python/operation-fails", Rule::FalseClaim),
        ("spanner/python/cancel-unimplemented", Rule::LeakedBackup),
    ] {
        assert!(found(&results, case, rule), "{case} has no {rule}\n{}", ran.stdout);
    }
    // What is right is not accused.
    for case in [
        "spanner/python/cancel-wins",
        "spanner/python/completes-despite-cancel",
        "spanner/nodejs/cancel-wins",
    ] {
        let case = results.cases.iter().find(|it| it.id.to_string() == case).unwrap();
        assert_eq!(case.verdict, Verdict::Pass, "{}: {:?}", case.id, case.findings);
    }
    // The findings point at the block in the page.
    let location = results.cases[0].location.as_ref().unwrap();
    assert_eq!(location.file, PAGE);
    let page = std::fs::read_to_string(repository().join(PAGE)).unwrap();
    let first = page.lines().nth(location.first_line as usize - 1).unwrap();
    assert!(first.starts_with("const {Spanner}"), "{first}");
}

pub fn uncovered() {
    let arguments =
        ["run", "--page", PAGE, "--service", "spanner", "--language", "python", "--scenario", "cancel-wins"];
    let (ran, results) = results(&repository(), &arguments);
    ran.exits(0);
    assert!(results.notices.iter().any(|notice| notice.contains("Perl")), "{:?}", results.notices);
}
