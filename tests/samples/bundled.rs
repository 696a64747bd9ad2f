//! The bundled samples are true: they pass every scenario.

use rescind_model::{Ended, Rule, Verdict};

use crate::support::{repository, results, rules};

fn passes(language: &str) {
    let (ran, results) = results(&repository(), &["run", "--language", language, "--service", "spanner"]);
    let ran = ran.exits(0);
    assert!(results.cases.len() >= 20, "{} cases", results.cases.len());
    for case in &results.cases {
        assert_eq!(case.verdict, Verdict::Pass, "{}: {:?}\n{}", case.id, case.findings, ran.stdout);
        assert!(!case.observation.as_ref().unwrap().journal.is_empty(), "{} made no request", case.id);
    }
}

pub fn python() {
    passes("python");
}

pub fn nodejs() {
    passes("nodejs");
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

pub fn without_time_warp() {
    let arguments =
        ["run", "--language", "python", "--scenario", "never-ends", "--no-time-warp", "--timeout", "3"];
    let (ran, results) = results(&repository(), &arguments);
    ran.exits(1);
    let case = &results.cases[0];
    assert_eq!(case.time_warp, None);
    assert_eq!(case.observation.as_ref().unwrap().ended, Ended::Deadline);
    assert!(rules(case).contains(&Rule::TimedOut));
}
