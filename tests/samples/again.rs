//! A run can be repeated: what decides is never how long something took.

use rescind_model::{CaseResult, Ended, Results, Verdict};
use rescind_tests::{repository, results};

use crate::rows;

pub fn same_journals() {
    let decided = |results: Results| {
        let case = |case: CaseResult| (case.id, case.verdict, case.observation.unwrap().journal);
        // How far a wait comes by a real deadline is chance.
        results.cases.into_iter().filter(CaseResult::ran_to_its_end).map(case).collect::<Vec<_>>()
    };
    for language in ["python", "nodejs"] {
        let first = rows::run("spanner", language);
        first.0.clone().exits(0);
        let (again, second) = rows::run_anew("spanner", language);
        again.exits(0);
        assert_eq!(decided(first.1.clone()), decided(second));
    }
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
