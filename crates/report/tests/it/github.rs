use rescind_model::{Location, Verdict};
use rescind_report::compare::Comparison;
use rescind_report::github::{render, render_comparison};

use crate::{compare, every};

#[test]
fn golden() {
    insta::assert_snapshot!(render(&every::results()));
}

#[test]
fn golden_of_a_comparison() {
    let (base, head) = (compare::base(), compare::head());
    insta::assert_snapshot!(render_comparison(&Comparison::of(&base, &head)));
}

#[test]
fn no_kind_has_more_than_ten_and_the_tenth_counts_the_rest() {
    let mut results = every::results();
    let failing = results.cases.iter().find(|case| case.verdict == Verdict::Fail).cloned().unwrap();
    for number in 0..40 {
        let mut case = failing.clone();
        case.id.scenario = format!("more-{number}");
        // Each has a cause of its own.
        case.findings[0].place = Some(Location::of_line("page.md", number + 1));
        results.cases.push(case);
    }
    let text = render(&results);
    for kind in ["error", "warning", "notice"] {
        let count = text.lines().filter(|line| line.starts_with(&format!("::{kind} "))).count();
        assert!(count <= 10, "{count} of the kind {kind}");
    }
    let left = text.lines().find_map(|line| line.strip_prefix("::error title=")?.split_once(" more::"));
    let left = left.and_then(|(left, _)| left.parse::<usize>().ok());
    assert!(left.is_some_and(|left| left > 30), "{text}");
}
