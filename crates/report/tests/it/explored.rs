//! Explorations in the reports.

use rescind_model::{DistinctFault, Exploration, Outcome, Results, Rule, Verdict};
use rescind_report::{Format, json, terminal};
use rescind_test_support::every;

/// Two samples: one with two faults, one of which too little time was left for.
fn results() -> Results {
    let fault = |rule, outcome, message: &str, histories, schedule: &str| {
        let schedule: rescind_model::Schedule = schedule.parse().unwrap();
        DistinctFault {
            rule,
            outcome,
            message: message.to_owned(),
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
