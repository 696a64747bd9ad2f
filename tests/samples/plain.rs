//! Programs that need no client library reach the service over TLS, by its own host name: compilers, certificates, names
//! and clocks of more runtimes than the bundled samples have.

use rescind_model::Verdict;
use rescind_tests::{repository, results};

/// Runs a program of `tests/plain` in every scenario; it passes all of them.
fn passes(language: &str) {
    let root = repository().join("tests/plain");
    let (ran, results) =
        results(&repository(), &["run", "--root", &root.display().to_string(), "--language", language]);
    let ran = ran.exits(0);
    assert!(results.cases.len() > 20, "{}", ran.stdout);
    for case in &results.cases {
        assert_eq!(case.verdict, Verdict::Pass, "{}: {:?}\n{}", case.id, case.findings, ran.stdout);
        assert!(!case.observation.as_ref().unwrap().journal.is_empty(), "{} made no request", case.id);
    }
}

pub fn cpp() {
    passes("cpp");
}

pub fn csharp() {
    passes("csharp");
}

pub fn php() {
    passes("php");
}

pub fn ruby() {
    passes("ruby");
}
