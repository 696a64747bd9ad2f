use rescind_model::{Try, Verdict};
use rescind_report::compare::Comparison;
use rescind_report::junit::{render, render_comparison};
use roxmltree::{Document, Node};

use crate::{compare, every};

#[test]
fn golden() {
    insta::assert_snapshot!(render(&every::results()).unwrap());
}

#[test]
fn tries_that_failed_are_reruns_or_flaky_failures() {
    let mut results = every::results();
    let flaky = results.cases.iter_mut().find(|case| case.verdict == Verdict::Flaky).unwrap();
    let again = Try {
        findings: flaky.findings.clone(),
        observation: flaky.observation.clone().unwrap(),
        wall_ms: 7,
        virtual_ms: None,
    };
    let count = |xml: &str, name: &str| xml.matches(&format!("<{name} ")).count();
    let xml = render(&results).unwrap();
    assert_eq!((count(&xml, "flakyFailure"), count(&xml, "rerunFailure")), (1, 0));
    let flaky = results.cases.iter_mut().find(|case| case.verdict == Verdict::Flaky).unwrap();
    (flaky.verdict, flaky.other_tries) = (Verdict::Fail, vec![again.clone(), again]);
    let xml = render(&results).unwrap();
    check(&xml);
    assert_eq!((count(&xml, "flakyFailure"), count(&xml, "rerunFailure")), (0, 2));
}

#[test]
fn golden_of_a_comparison() {
    let (base, head) = (compare::base(), compare::head());
    insta::assert_snapshot!(render_comparison(&Comparison::of(&base, &head)).unwrap());
}

#[test]
fn both_have_the_shape_that_surefire_and_jenkins_ask_for() {
    let (base, head) = (compare::base(), compare::head());
    check(&render(&every::results()).unwrap());
    check(&render_comparison(&Comparison::of(&base, &head)).unwrap());
}

#[test]
fn exactly_the_regressions_of_a_comparison_fail() {
    let (base, mut head) = (compare::base(), compare::head());
    // What is wrong in the list of known failures fails as well; here there is nothing.
    head.stale_entries.clear();
    head.cases.retain(|case| case.verdict != Verdict::UnexpectedPass);
    let comparison = Comparison::of(&base, &head);
    let xml = render_comparison(&comparison).unwrap();
    let document = Document::parse(&xml).unwrap();
    let failed: Vec<String> = document
        .descendants()
        .filter(|node| node.has_tag_name("failure"))
        .filter_map(|node| node.parent())
        .map(|case| {
            format!(
                "{}/{}",
                case.attribute("classname").unwrap().replace('.', "/"),
                case.attribute("name").unwrap()
            )
        })
        .collect();
    let mut expected: Vec<String> = comparison.regressions().map(|delta| delta.id.to_string()).collect();
    expected.sort();
    assert_eq!(failed, expected);
}

/// What both `surefire-test-report.xsd` (maven-surefire) and `junit-10.xsd` (Jenkins' xunit plugin) allow: the
/// children of each element, its attributes (those with `!` are required), and times of at most three decimals.
pub fn check(xml: &str) {
    let document = Document::parse(xml).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name("testsuites"));
    check_element(root);
    for suite in root.children().filter(Node::is_element) {
        check_counts(suite);
    }
}

const TEST_CASE_CHILDREN: &[&str] =
    &["failure*", "skipped", "error", "rerunFailure*", "flakyFailure*", "system-out", "system-err"];

fn check_element(node: Node<'_, '_>) {
    let (children, attributes): (&[&str], &[&str]) = match node.tag_name().name() {
        "testsuites" => (&["testsuite*"], &["name", "time", "tests", "failures", "errors"]),
        "testsuite" => {
            (&["properties", "testcase*"], &["name!", "time", "tests!", "errors!", "skipped!", "failures!"])
        }
        "properties" => (&["property*"], &[]),
        "property" => (&[], &["name!", "value!"]),
        // Neither schema knows `file` and `line`, and neither reader minds: GitLab and the annotating actions read them.
        "testcase" => (TEST_CASE_CHILDREN, &["name!", "classname", "time!", "file", "line"]),
        "failure" | "error" => (&[], &["message", "type!"]),
        "rerunFailure" | "flakyFailure" => {
            (&["stackTrace", "system-out", "system-err"], &["message", "type!"])
        }
        "stackTrace" => (&[], &[]),
        "skipped" => (&[], &["message"]),
        "system-out" | "system-err" => (&[], &[]),
        other => panic!("neither schema knows <{other}>"),
    };
    let name = node.tag_name().name();
    for attribute in node.attributes() {
        let known = attributes.iter().any(|known| known.trim_end_matches('!') == attribute.name());
        assert!(known, "<{name}> may not have `{}`", attribute.name());
        if attribute.name() == "time" {
            let (seconds, fraction) = attribute.value().split_once('.').unwrap();
            assert!(
                seconds.chars().chain(fraction.chars()).all(|c| c.is_ascii_digit()) && fraction.len() <= 3
            );
        }
    }
    for required in attributes.iter().filter_map(|name| name.strip_suffix('!')) {
        assert!(node.has_attribute(required), "<{name}> lacks `{required}`");
    }
    // In the order of the schema, each once unless it is marked.
    let mut position = 0;
    let mut last = "";
    for child in node.children().filter(Node::is_element) {
        let child_name = child.tag_name().name();
        let at = children.iter().position(|known| known.trim_end_matches('*') == child_name);
        let at = at.unwrap_or_else(|| panic!("<{name}> may not hold <{child_name}>"));
        assert!(at >= position, "<{child_name}> comes too late in <{name}>");
        assert!(child_name != last || children[at].ends_with('*'), "two <{child_name}> in <{name}>");
        (position, last) = (at, child_name);
        check_element(child);
    }
}

fn check_counts(suite: Node<'_, '_>) {
    let cases = || suite.children().filter(|node| node.has_tag_name("testcase"));
    let having = |child: &str| {
        cases().filter(|case| case.children().any(|node| node.has_tag_name(child))).count().to_string()
    };
    assert_eq!(suite.attribute("tests"), Some(cases().count().to_string().as_str()));
    assert_eq!(suite.attribute("failures"), Some(having("failure").as_str()));
    assert_eq!(suite.attribute("errors"), Some(having("error").as_str()));
    assert_eq!(suite.attribute("skipped"), Some(having("skipped").as_str()));
}
