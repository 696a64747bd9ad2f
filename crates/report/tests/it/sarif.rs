use std::collections::BTreeSet;

use rescind_model::{CaseResult, Location, Verdict};
use rescind_report::compare::Comparison;
use rescind_report::sarif::{render, render_comparison};
use serde_json::Value;

use crate::{compare, every};

#[test]
fn golden() {
    insta::assert_snapshot!(render(&every::results()).unwrap());
}

#[test]
fn golden_of_a_comparison() {
    let (base, head) = (compare::base(), compare::head());
    insta::assert_snapshot!(render_comparison(&Comparison::of(&base, &head)).unwrap());
}

/// Checks a report against the schema of OASIS, in the copy that `serde-sarif` is generated from.
pub fn check(sarif: &str) -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // Two patterns of the published schema end in a stray bracket and are no regular expressions.
    for of in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{of}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let sarif: Value = serde_json::from_str(sarif).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&sarif).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    sarif
}

#[test]
fn a_cause_is_one_result_that_counts_its_cases() {
    let mut results = every::results();
    let failing = results.cases.iter().find(|case| case.verdict == Verdict::Fail).cloned().unwrap();
    let in_scenario = |name: &str| {
        let mut case: CaseResult = failing.clone();
        case.id.scenario = name.to_owned();
        case
    };
    results.cases = ["a", "b", "c"].map(in_scenario).into();
    results.stale_entries.clear();
    let sarif = check(&render(&results).unwrap());
    let found = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(found.len(), failing.findings.len());
    for result in found {
        assert_eq!(result["occurrenceCount"], 3);
        assert_eq!(result["locations"][0]["logicalLocations"].as_array().unwrap().len(), 3);
    }
}

#[test]
fn what_lies_outside_the_repository_is_said_and_is_no_result() {
    let mut results = every::results();
    let outside = |file: &str| Some(Location::of_line(file, 7));
    for (index, case) in results.cases.iter_mut().enumerate() {
        case.location = [None, outside("../page.md"), outside("/tmp/page.md")][index % 3].clone();
        case.findings.iter_mut().for_each(|finding| finding.place = None);
    }
    results.stale_entries.iter_mut().for_each(|entry| entry.place.file = "/tmp/known.yaml".to_owned());
    let sarif = check(&render(&results).unwrap());
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(0));
    let said = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    for rule in ["stale-known-failure: ", "does-not-build: ", "flaky: "] {
        assert!(said.contains(rule), "{rule}: {said}");
    }
}

#[test]
fn both_follow_the_schema() {
    let (base, head) = (compare::base(), compare::head());
    check(&render_comparison(&Comparison::of(&base, &head)).unwrap());
    let sarif = check(&render(&every::results()).unwrap());
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["helpUri"].as_str().is_some_and(|uri| uri.starts_with("https://")), "{rule}");
        for form in ["text", "markdown"] {
            let help = rule["help"][form].as_str().unwrap();
            assert!(help.contains("**How to switch it off.**"), "{rule}");
        }
    }
    let mut fingerprints = BTreeSet::new();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(fingerprints.insert(result["partialFingerprints"].to_string()));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
        assert!(place["region"]["startLine"].as_u64() <= place["region"]["endLine"].as_u64());
    }
}
