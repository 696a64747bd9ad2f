use rescind_report::compare::Comparison;
use rescind_report::html::{render, render_comparison};

use crate::{compare, every};

#[test]
fn golden() {
    insta::assert_snapshot!(render(&every::results()).unwrap());
}

#[test]
fn a_comparison_has_what_changed_before_all_else_and_in_each_case() {
    let (base, head) = (compare::base(), compare::head());
    let comparison = Comparison::of(&base, &head);
    let page = render_comparison(&comparison).unwrap();
    let (before, _) = page.split_once("<section id=\"matrix\"").unwrap();
    assert!(before.contains(&format!("<h2 id=\"compared\">{}</h2>", comparison.headline())), "{before}");
    for delta in comparison.regressions() {
        let link = format!("<a href=\"#{0}\">{0}</a>: ", delta.id);
        assert!(before.contains(&link), "{}", delta.id);
    }
    let changed = page.matches("<section aria-label=\"What changed\">").count();
    let expected = comparison
        .deltas
        .iter()
        .filter(|delta| delta.head.is_some() && delta.change.to_string() != "unchanged");
    assert_eq!(changed, expected.count());
    assert!(page.contains("--- stdout of the base"), "the output of both is compared");
    assert!(!render(&head).unwrap().contains("What changed"));
}
