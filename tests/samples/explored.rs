//! Bundled samples that start fast, in every legal schedule with one fault.

use libtest_mimic::Trial;
use rescind_model::Verdict;
use rescind_test_support::trial;
use rescind_tests::{repository, results};

use crate::needs::Needs;

/// A test for the sample in curl of each service.
pub fn trials(needs: &Needs) -> Vec<Trial> {
    let Needs { curl, jq, world, .. } = needs;
    let of = |service: &'static str| {
        let name = format!("{service}/curl_has_no_fault_in_any_schedule_with_one_fault");
        trial(&name, &[curl, jq, world], move || is_without_fault(service))
    };
    ["spanner", "alloydb", "geminidb"].map(of).into()
}

fn is_without_fault(service: &str) {
    let arguments = ["explore", "--service", service, "--language", "curl", "--faults", "1"];
    let (ran, results) = results(&repository(), &arguments);
    let ran = ran.exits(0);
    let [exploration] = results.explorations.as_slice() else { panic!("{}", ran.stdout) };
    assert!(exploration.is_complete() && exploration.found.is_empty(), "{}", ran.stdout);
    assert_eq!(exploration.processes, exploration.histories, "{}", ran.stdout);
    // The bounds are not so narrow that nothing is left of the service's freedom.
    assert!(exploration.histories > 80 && exploration.schedules > 150, "{}", ran.stdout);
    assert!(results.cases.iter().all(|case| case.verdict == Verdict::Pass), "{}", ran.stdout);
}
