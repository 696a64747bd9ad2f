//! The bundled samples are true: they pass every scenario.

use rescind_model::{CaseResult, ClockKind, Ended, Verdict};

use crate::support::{repository, results};

/// Runs a sample in the scenarios that match a glob; it passes all of them, as far as its waiting can be waited for.
fn passes(service: &str, language: &str, scenario: &str) {
    let arguments = ["run", "--service", service, "--language", language, "--scenario", scenario];
    let (ran, results) = results(&repository(), &arguments);
    let ran = ran.exits(0);
    let mut passed = 0;
    let undecided = results.summary().count(Verdict::Undecided);
    assert!(undecided == 0 || results.environment.clock == ClockKind::Real, "{}", ran.stdout);
    for case in results.cases.iter().filter(|case| case.verdict != Verdict::Undecided) {
        assert_eq!(case.verdict, Verdict::Pass, "{}: {:?}\n{}", case.id, case.findings, ran.stdout);
        assert!(!case.observation.as_ref().unwrap().journal.is_empty(), "{} made no request", case.id);
        passed += 1;
    }
    assert_eq!(passed + undecided, results.cases.len(), "{}", ran.stdout);
    assert!(passed > undecided, "{}", ran.stdout);
}

pub fn python() {
    passes("spanner", "python", "*");
}

pub fn nodejs() {
    passes("spanner", "nodejs", "*");
}

pub fn php() {
    passes("spanner", "php", "*");
}

pub fn ruby() {
    passes("spanner", "ruby", "*");
}

pub fn cpp() {
    passes("spanner", "cpp", "*");
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
        let case = |case: CaseResult| (case.id, case.verdict, case.observation.unwrap().journal);
        // How far a wait comes by a real deadline is chance.
        let decided = results.cases.into_iter().filter(CaseResult::ran_to_its_end);
        decided.map(case).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

pub fn long_wait() {
    let sample = ["run", "--service", "spanner", "--language", "python", "--scenario", "never-ends"];
    let limits = ["--clock", "real", "--deadline", "3"];
    let (ran, results) = results(&repository(), &[&sample[..], &limits].concat());
    // Nothing is known then.
    ran.exits(3);
    let case = &results.cases[0];
    assert_eq!((case.verdict, case.findings.as_slice()), (Verdict::Undecided, &[][..]));
    assert_eq!(case.observation.as_ref().unwrap().ended, Ended::Deadline);
}
