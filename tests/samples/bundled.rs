//! The bundled samples are true: they pass every scenario.

use rescind_model::{Ended, Rule, Verdict};

use crate::support::{repository, results, rules};

/// Runs a sample in the scenarios that match a glob; it passes all of them but those that its manifest excludes.
fn passes(service: &str, language: &str, scenario: &str) {
    let arguments = ["run", "--service", service, "--language", language, "--scenario", scenario];
    let (ran, results) = results(&repository(), &arguments);
    let ran = ran.exits(0);
    let mut passed = 0;
    for case in results.cases.iter().filter(|case| case.verdict != Verdict::Unsupported) {
        assert_eq!(case.verdict, Verdict::Pass, "{}: {:?}\n{}", case.id, case.findings, ran.stdout);
        assert!(!case.observation.as_ref().unwrap().journal.is_empty(), "{} made no request", case.id);
        passed += 1;
    }
    // Nothing but gcloud is excluded from anything.
    assert!(passed + usize::from(language == "gcloud") >= results.cases.len(), "{}", ran.stdout);
    assert!(passed > 0);
}

pub fn python() {
    passes("spanner", "python", "*");
}

pub fn nodejs() {
    passes("spanner", "nodejs", "*");
}

pub fn alloydb_curl() {
    passes("alloydb", "curl", "*");
}

pub fn alloydb_python() {
    passes("alloydb", "python", "c*");
}

pub fn geminidb_curl() {
    passes("geminidb", "curl", "*");
}

pub fn geminidb_python() {
    passes("geminidb", "python", "s*");
}

pub fn gcloud_cancels() {
    passes("spanner", "gcloud", "cancel-wins");
}

pub fn gcloud() {
    passes("spanner", "gcloud", "*");
}

pub fn same_journals() {
    let arguments = ["run", "--service", "spanner", "--language", "python", "--language", "nodejs"];
    let run = || {
        let (ran, results) = results(&repository(), &arguments);
        ran.exits(0);
        let case =
            |case: rescind_model::CaseResult| (case.id, case.verdict, case.observation.unwrap().journal);
        results.cases.into_iter().map(case).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

pub fn long_wait() {
    let arguments =
        ["run", "--service", "spanner", "--language", "python", "--scenario", "never-ends", "--timeout", "3"];
    let (ran, results) = results(&repository(), &arguments);
    ran.exits(1);
    let case = &results.cases[0];
    assert_eq!(case.observation.as_ref().unwrap().ended, Ended::Deadline);
    assert!(rules(case).contains(&Rule::TimedOut));
}
