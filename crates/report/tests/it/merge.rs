use rescind_model::{ClockKind, Partition, Results, Shard, StaleEntry, Verdict};
use rescind_report::merge::{MergeError, merge};

use crate::{compare, every};

/// The whole run, split over so many machines.
fn parts(count: u32) -> Vec<(String, Results)> {
    let whole = compare::head();
    let all = Partition::new(1, count).unwrap().all();
    let part = |partition: Partition| {
        let mut part = whole.clone();
        part.cases.retain(|case| partition.selects(&case.id));
        part.stale_entries.clear();
        part.shard = Some(Shard { partition, selection: "all".to_owned() });
        (format!("{partition}.json"), part)
    };
    all.map(part).collect()
}

#[test]
fn parts_in_any_order_are_the_whole() {
    let whole = Results { stale_entries: Vec::new(), ..compare::head() };
    let mut parts = parts(4);
    parts.rotate_left(2);
    assert_eq!(merge(parts), Ok(whole));
}

#[test]
fn what_one_part_says_holds_for_the_whole() {
    let mut parts = parts(2);
    parts[1].1.interrupted = true;
    parts[1].1.notices.push("of the second".to_owned());
    parts[1].1.environment.toolchains.insert("go".to_owned(), "1.25.0".to_owned());
    let merged = merge(parts).unwrap();
    assert!(merged.interrupted);
    assert_eq!(merged.notices.last().map(String::as_str), Some("of the second"));
    assert_eq!(merged.environment.toolchains["go"], "1.24.1 / 1.25.0");
}

#[test]
fn time_is_real_if_it_is_so_on_one_machine_with_the_reasons_of_all() {
    let mut parts = parts(3);
    for (_, part) in &mut parts {
        (part.environment.clock, part.environment.clock_reason) = (ClockKind::Virtual, None);
    }
    assert_eq!(merge(parts.clone()).unwrap().environment.clock, ClockKind::Virtual);
    for (part, reason) in [(1, "ptrace is forbidden"), (2, "it was asked for")] {
        let environment = &mut parts[part].1.environment;
        (environment.clock, environment.clock_reason) = (ClockKind::Real, Some(reason.to_owned()));
    }
    let merged = merge(parts).unwrap().environment;
    assert_eq!(merged.clock, ClockKind::Real);
    assert_eq!(merged.clock_reason.as_deref(), Some("ptrace is forbidden; it was asked for"));
}

#[test]
fn what_differs_is_named() {
    let differs = |change: fn(&mut Results)| {
        let mut parts = parts(2);
        change(&mut parts[1].1);
        match merge(parts) {
            Err(MergeError::OtherRun { what, .. }) => what,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(differs(|it| it.environment.rescind.push('1')), "version of rescind");
    assert_eq!(differs(|it| it.environment.platform.push('1')), "platform");
    assert_eq!(differs(|it| it.environment.emulator.push('1')), "emulator");
    assert_eq!(differs(|it| it.environment.source.push('1')), "source");
    assert_eq!(differs(|it| it.environment.catalogue.push('1')), "catalogue");
    assert_eq!(differs(|it| it.shard.as_mut().unwrap().selection.push('1')), "selection of cases");
    assert_eq!(merge(Vec::new()), Err(MergeError::Nothing));
}

#[test]
fn an_entry_is_stale_if_no_part_has_a_case_that_matches_it() {
    let entry = every::results().stale_entries.remove(2);
    let mut parts = parts(2);
    let failing = |results: &Results| {
        results.cases.iter().find(|case| case.verdict == Verdict::Fail).map(|case| StaleEntry {
            rule: case.findings[0].rule,
            not_run: vec![case.id.clone()],
            ..entry.clone()
        })
    };
    // The first part has not run it, and in the second it breaks the rule.
    let matched = failing(&parts[1].1).unwrap();
    let other = rescind_model::Rule::ALL.iter().copied().find(|rule| *rule != matched.rule).unwrap();
    let unmatched = StaleEntry { rule: other, pattern: "other".to_owned(), ..matched.clone() };
    parts[0].1.stale_entries = vec![matched, unmatched.clone()];
    let stale = merge(parts).unwrap().stale_entries;
    assert_eq!(stale, [StaleEntry { not_run: Vec::new(), ..unmatched }]);
}
