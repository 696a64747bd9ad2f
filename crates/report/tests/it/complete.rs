use std::collections::BTreeSet;

use rescind_model::{Rule, Verdict};

use crate::every;

#[test]
fn every_verdict_and_every_rule_is_in_the_golden_files() {
    let results = every::results();
    let verdicts: BTreeSet<Verdict> = results.cases.iter().map(|case| case.verdict).collect();
    assert_eq!(verdicts, BTreeSet::from(Verdict::ALL));
    let findings = results.cases.iter().flat_map(|case| &case.findings);
    let rules: BTreeSet<Rule> = findings.map(|finding| finding.rule).collect();
    assert_eq!(rules, Rule::ALL.iter().copied().collect());
}
