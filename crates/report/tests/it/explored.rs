//! Explorations in the reports.

use rescind_model::{DistinctFault, Exploration, Outcome, Results, Rule, Verdict};
use rescind_report::compare::{CaseChange, Comparison, FailOn};
use rescind_report::{Format, json, terminal};
use rescind_test_support::every;

/// Two samples: one with two faults, one of which too little time was left for.
fn results() -> Results {
    let fault = |rule, outcome, message: &str, histories, schedule: &str| {
        let schedule: rescind_model::Schedule = schedule.parse().unwrap();
        DistinctFault {
            id: format!("{rule}-{outcome}-0123456789"),
            rule,
            outcome,
            message: message.to_owned(),
            place: None,
            histories,
            in_words: schedule.in_words(),
            replay: format!("rescind replay spanner/nodejs '{schedule}'"),
            schedule,
        }
    };
    let exploration = Exploration {
        sample: "spanner/nodejs".parse().unwrap(),
        faults: 2,
        polls: 2,
        schedules: 236,
        histories: 64,
        processes: 64,
        left: 0,
        found: vec![
            fault(
                Rule::LeakedBackup,
                Outcome::Undeleted,
                "left projects/spanner-nodejs/instances/i/backups/b (READY) in the service",
                12,
                "cancel1:done-after",
            ),
            fault(
                Rule::WrongExit,
                Outcome::Refused,
                "exited with 0; the outcome `refused` asks for another code: request 1 (CreateBackup) was answered | NOT_FOUND",
                1,
                "given:no-database create1:unavailable",
            ),
        ],
        covered: vec!["cancel:honoured".parse().unwrap()],
        never_reached: vec!["list:unavailable".parse().unwrap()],
    };
    let unfinished = Exploration {
        sample: "spanner/python".parse().unwrap(),
        faults: 0,
        polls: 1,
        schedules: 1,
        histories: 1,
        processes: 1,
        left: 7,
        found: Vec::new(),
        ..exploration.clone()
    };
    let mut cases = every::results().cases;
    cases.retain(|case| matches!(case.verdict, Verdict::Pass | Verdict::Fail | Verdict::Flaky));
    Results {
        explorations: vec![exploration, unfinished],
        interrupted: false,
        stale_entries: Vec::new(),
        cases,
        ..every::results()
    }
}

#[test]
fn on_a_terminal_each_fault_stands_once_with_what_replays_it() {
    let text = terminal::render_explorations(&results(), &terminal::TerminalOptions::default());
    let (explored, rest) = text.split_once("\n\nspanner/python/").unwrap_or((&text, ""));
    insta::assert_snapshot!(explored);
    assert!(rest.is_empty() || rest.contains("flaky"), "what failed is told once for all histories:\n{rest}");
}

#[test]
fn in_markdown_too() {
    let text = Format::Markdown.render(&results()).unwrap();
    let end = text.find("\n### Notes").unwrap();
    insta::assert_snapshot!(&text[..end]);
    assert!(!text.contains("| :---: |"), "no matrix of histories");
}

#[test]
fn they_are_read_back_as_they_were_written() {
    let text = Format::Json.render(&results()).unwrap();
    assert_eq!(json::read(&text).unwrap(), results());
}

#[test]
fn every_other_format_takes_the_histories_for_cases() {
    for format in [Format::Junit, Format::Html, Format::Sarif, Format::Github] {
        let text = format.render(&results()).unwrap();
        assert!(text.contains("leaked-backup"), "{text}");
    }
}

#[test]
fn a_page_has_the_faults_and_the_tree_of_what_the_sample_was_told() {
    let mut results = results();
    let explored = results.explorations[0].sample.clone();
    results.cases.retain(|case| case.id.sample == explored);
    let failing = results.cases.iter_mut().find(|case| case.verdict == Verdict::Fail).unwrap();
    failing.schedule = results.explorations[0].found[0].schedule.to_string();
    let id = failing.id.to_string();
    let page = Format::Html.render(&results).unwrap();
    let count = |text: &str| page.matches(text).count();
    assert_eq!(
        count("<li><b title="),
        2 + results.cases.iter().map(|case| case.findings.len()).sum::<usize>()
    );
    assert_eq!(count(&format!("<a class=\"fault\" href=\"#{id}\"")), 1, "a fault leads to its case");
    let ran = results.cases.iter().filter(|case| case.observation.is_some()).count();
    assert_eq!(count("<a class=\"leaf "), ran, "a leaf for each history");
    assert_eq!(count(&format!("<a class=\"leaf fail\" href=\"#{id}\"")), 1);
    assert!(count("<g class=\"branch fail\"") > 1, "what leads to it has its colour");
    let begin =
        page.split("<g class=\"branch ").filter(|branch| branch.contains(">CreateBackup running<")).count();
    assert!((1..ran).contains(&begin), "histories that begin alike share their beginning: {begin} of {ran}");
}

/// The same results, of another day: one fault is no longer there, and one is new.
fn later() -> Results {
    let mut later = results();
    let [explored, _] = later.explorations.as_mut_slice() else { panic!("two samples") };
    let known = explored.found.remove(0);
    let id = "crashed-cancelled-0000000000".to_owned();
    let schedule = "cancel1:lost".parse().unwrap();
    explored.found.push(DistinctFault { id, rule: Rule::Crashed, schedule, ..known });
    later
}

#[test]
fn faults_are_compared_and_histories_are_not() {
    let (base, head) = (results(), later());
    let comparison = Comparison::of(&base, &head);
    let counts = CaseChange::ALL.map(|change| (change, comparison.count(change)));
    let counts: Vec<String> = counts.iter().map(|(change, count)| format!("{count} {change}")).collect();
    insta::assert_snapshot!(counts.join(", "), @"0 regressed, 1 fixed, 1 new, 0 removed, 1 still failing, 1 flaky, 0 not compared, 0 unchanged");
    insta::assert_snapshot!(comparison.headline());
    assert_eq!(comparison.exit_code(FailOn::Regression), 1);
    insta::assert_snapshot!(terminal::render_changes(&comparison, &terminal::TerminalOptions::default()));
    for format in Format::ALL.into_iter().filter(|format| format.has_comparisons()) {
        let text = format.render_comparison(&comparison).unwrap();
        assert!(!text.contains("removed"), "{text}");
    }
    let same = Comparison::of(&base, &base);
    assert_eq!(same.exit_code(FailOn::Regression), 0, "{}", same.headline());
}

#[test]
fn who_has_not_looked_as_far_has_mended_nothing() {
    let (base, mut head) = (results(), later());
    head.explorations[0].faults = 1;
    let comparison = Comparison::of(&base, &head);
    assert_eq!((comparison.count(CaseChange::Fixed), comparison.count(CaseChange::NotCompared)), (0, 1));
    head.explorations[0] = rescind_model::Exploration { faults: 2, left: 1, ..head.explorations[0].clone() };
    assert_eq!(Comparison::of(&base, &head).count(CaseChange::Fixed), 0, "what was left out may show it");
}
