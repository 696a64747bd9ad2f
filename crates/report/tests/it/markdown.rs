use rescind_report::compare::Comparison;
use rescind_report::markdown::{Size, marker, render, render_comparison};

use crate::{compare, every};

#[test]
fn golden() {
    insta::assert_snapshot!(render(&every::results(), Size::Comment));
}

#[test]
fn golden_of_a_comparison() {
    let (base, head) = (compare::base(), compare::head());
    insta::assert_snapshot!(render_comparison(&Comparison::of(&base, &head), Size::Comment));
}

#[test]
fn results_that_are_the_same_have_no_changes() {
    let head = compare::head();
    let text = render_comparison(&Comparison::of(&head, &head), Size::Comment);
    let marker = marker(&head.environment.source);
    assert!(text.starts_with(&format!("{marker}\n## rescind: no changes\n")), "{text}");
}

#[test]
fn what_does_not_fit_is_counted() {
    let mut results = every::results();
    let failing = results.cases.iter().find(|case| case.id.to_string() == "spanner/go/cancel-lags");
    let failing = failing.cloned().unwrap();
    for number in 0..1_500 {
        let mut case = failing.clone();
        case.id.scenario = format!("more-{number}");
        results.cases.push(case);
    }
    for size in [Size::Comment, Size::Summary] {
        let text = render(&results, size);
        assert!(text.len() <= size.bytes(), "{} bytes", text.len());
        assert!(text.starts_with(&marker(&results.environment.source)));
        assert!(text.contains("<sub>rescind 0.1.0"), "the footer is missing");
        assert!(text.contains("no room."), "no note of what was left out");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        let base = compare::base();
        let comparison = render_comparison(&Comparison::of(&base, &results), size);
        assert!(comparison.len() <= size.bytes(), "{} bytes", comparison.len());
        assert_eq!(comparison.matches("<details>").count(), comparison.matches("</details>").count());
    }
}
