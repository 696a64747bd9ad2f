//! What a sample needs and does not find here, and what its toolchain sees of the user's environment.

use rescind_model::Verdict;
use rescind_tests::{TestCatalog, command};

/// Lets the sample install with this shell command.
fn prepared(step: &str, more: &str) -> TestCatalog {
    let catalog = TestCatalog::new("cat \"$CACHE/seen\" 2>/dev/null || true");
    let prepare = format!("prepare: {{ steps: [[sh, -c, '{step}', sh, \"{{cache}}\"]]{more} }}\nrun:\n");
    catalog.edit_manifest("run:\n", &prepare);
    catalog.edit_manifest("  deadline: 20s\n", "  deadline: 20s\n  environment: { CACHE: \"{cache}\" }\n");
    catalog
}

#[test]
fn packages_that_cannot_be_had_leave_a_sample_unsupported_with_the_reason() {
    let says = "echo looking; echo \"ERROR: nobody has package-x\" >&2; exit 7";
    let (ran, case) = prepared(says, ", unavailable: [\"^ERROR: nobody has\"]").case(&[]);
    assert_eq!(case.verdict, Verdict::Unsupported);
    let reason = case.reason.unwrap();
    assert!(reason.starts_with("the packages of spanner/shell cannot be had here: `sh -c "), "{reason}");
    assert!(reason.ends_with("says: ERROR: nobody has package-x"), "{reason}");
    // Nothing could be run at all.
    assert!(ran.exits(3).stdout.contains("nobody has package-x"));

    let (_, case) = prepared(says, ", unavailable: [\"^looking elsewhere\"]").case(&[]);
    assert_eq!(case.verdict, Verdict::SetupError, "{:?}", case.reason);
}

#[test]
fn a_set_up_that_succeeds_is_not_asked_what_it_printed() {
    let (ran, case) =
        prepared("echo \"ERROR: nobody has\"", ", unavailable: [\"^ERROR: nobody has\"]").case(&[]);
    assert_eq!(case.verdict, Verdict::Pass, "{:?}", case.reason);
    ran.exits(0);
}

#[test]
fn a_library_is_missing_if_the_program_that_answers_for_it_says_so() {
    let catalog = TestCatalog::new("true");
    let answers = "  - { program: sh, name: libdemo, \
                   version: { args: [-c, \"echo No package libdemo found >&2; exit 1\"], pattern: '(\\d+)', minimum: '1' }, \
                   install: { debian: apt-get install libdemo-dev, fedora: dnf install libdemo-devel } }\nrun:\n";
    catalog.edit_manifest("run:\n", answers);
    let (_, case) = catalog.case(&[]);
    assert_eq!(case.verdict, Verdict::Unsupported);
    let reason = case.reason.unwrap();
    assert!(reason.starts_with("libdemo is missing: sh says: No package libdemo found"), "{reason}");
}

#[test]
fn a_toolchain_sees_the_variables_that_its_manifest_lists_and_their_values_decide_what_is_kept() {
    let catalog = prepared("echo \"$DEMO_PATH+$OTHER\" > \"$1/seen\"", "");
    catalog.edit_manifest("prepare:", "variables: [DEMO_*]\nprepare:");
    let printed = |value: &str| {
        let results = catalog.root().join("results.json");
        let ran = command(catalog.root())
            .args(["run", "--results"])
            .arg(&results)
            .envs([("DEMO_PATH", value), ("OTHER", "unseen")])
            .output()
            .unwrap();
        assert!(ran.status.success(), "{ran:?}");
        let results: rescind_model::Results =
            serde_json::from_str(&std::fs::read_to_string(results).unwrap()).unwrap();
        results.cases[0].observation.as_ref().unwrap().stdout.text.clone()
    };
    assert_eq!(printed("one"), "one+\n");
    assert_eq!(printed("two"), "two+\n", "what was prepared with another value is not used");
    assert_eq!(printed("one"), "one+\n");
}
