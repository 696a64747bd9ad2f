use std::collections::BTreeSet;

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
fn both_follow_the_schema() {
    let (base, head) = (compare::base(), compare::head());
    check(&render_comparison(&Comparison::of(&base, &head)).unwrap());
    let sarif = check(&render(&every::results()).unwrap());
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
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
