//! What says nothing: a case whose schedule was never asked for, a sample that never began.

use rescind_model::{Rule, Verdict};
use rescind_tests::{TestCatalog, results, rules};

/// A sample that looks at its operation once, in a scenario in which the second look fails.
fn looks_once() -> TestCatalog {
    let catalog = TestCatalog::new("true");
    let schedule = "create:running cancel:honoured";
    catalog.edit("manifests/scenarios/cancel-wins.yaml", schedule, &format!("{schedule} poll2:unavailable"));
    catalog
}

const REASON: &str = "never asked for `poll2:unavailable`, and so says nothing about it";

#[test]
fn a_term_that_was_never_asked_for_is_named_and_alone_the_run_has_shown_nothing() {
    let catalog = looks_once();
    let (ran, case) = catalog.case(&["--retries", "2"]);
    assert_eq!((case.verdict, rules(&case)), (Verdict::NotPlayed, vec![]));
    assert_eq!((case.reason.as_deref(), case.other_tries.len()), (Some(REASON), 0));
    let ran = ran.exits(3);
    assert!(ran.stdout.contains("1 case: 1 not-played"), "{}", ran.stdout);
    assert!(ran.stdout.contains(REASON), "{}", ran.stdout);
}

#[test]
fn beside_a_case_that_passes_it_is_neither_green_nor_red_in_every_report() {
    let catalog = looks_once();
    let scenario = "title: It is cancelled.\nservices: [spanner]\nschedule: create:running cancel:honoured\n\
                    expect: { outcome: cancelled, exit: zero }\n";
    catalog.write("manifests/scenarios/wins.yaml", scenario);
    let formats = ["json", "junit", "markdown", "summary", "html", "sarif", "github", "terminal"];
    let options: Vec<String> =
        formats.iter().map(|format| format!("--report={format}={format}.out")).collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    catalog.run(&options).exits(0);
    let report =
        |format: &str| std::fs::read_to_string(catalog.root().join(format!("{format}.out"))).unwrap();
    for format in formats {
        assert!(report(format).contains("not-played"), "{format}: {}", report(format));
    }
    assert!(
        report("junit").contains("tests=\"2\" skipped=\"1\" errors=\"0\" failures=\"0\""),
        "{}",
        report("junit")
    );
    assert!(report("github").contains("::notice title=not-played spanner/shell"), "{}", report("github"));
    assert!(report("terminal").contains("2 cases: 1 pass, 1 not-played"), "{}", report("terminal"));
    assert!(
        report("markdown").contains("1 of 2 cases were played, all as expected"),
        "{}",
        report("markdown")
    );
}

#[test]
fn it_is_not_accepted_and_not_compared() {
    let catalog = looks_once();
    let scenario = "title: It is cancelled.\nservices: [spanner]\nschedule: create:running cancel:honoured\n\
                    expect: { outcome: cancelled, exit: zero }\n";
    catalog.write("manifests/scenarios/wins.yaml", scenario);
    catalog.run(&["--results", "results.json"]).exits(0);
    rescind_tests::rescind(catalog.root(), &["accept", "results.json"]).exits(0);
    let baseline = std::fs::read_to_string(catalog.root().join("rescind-baseline.json")).unwrap();
    assert!(baseline.contains("spanner/shell/wins") && !baseline.contains("cancel-wins"), "{baseline}");
    let ran = catalog.run(&["--baseline", "rescind-baseline.json"]).exits(0);
    assert!(ran.stdout.contains("1 not compared"), "{}", ran.stdout);
}

#[test]
fn a_term_that_is_optional_need_not_be_asked_for() {
    let catalog = looks_once();
    catalog.edit("manifests/scenarios/cancel-wins.yaml", "expect:", "optional: poll2:unavailable\nexpect:");
    let (ran, case) = catalog.case(&[]);
    assert_eq!(case.verdict, Verdict::Pass);
    ran.exits(0);
}

#[test]
fn a_sample_that_never_begins_fails_in_every_scenario() {
    // An empty block, and a shell's prompt that was taken for a command.
    for (script, exit, outcome) in [("", "zero", "cancelled"), ("$ curl", "non-zero", "refused")] {
        let catalog = TestCatalog::idle(script);
        let expect = format!("outcome: {outcome}, exit: {exit}");
        catalog.edit("manifests/scenarios/cancel-wins.yaml", "outcome: cancelled, exit: zero", &expect);
        catalog.edit(
            "manifests/scenarios/cancel-wins.yaml",
            "schedule: create:running cancel:honoured\n",
            "",
        );
        catalog.write("page.md", &format!("# Shell\n\n```sh\n{script}\n```\n"));
        for arguments in [&[][..], &["--page", "page.md"]] {
            let (ran, case) = catalog.case(arguments);
            assert_eq!(
                (case.verdict, rules(&case)),
                (Verdict::Fail, vec![Rule::NothingHappened]),
                "{script}"
            );
            let ran = ran.exits(1);
            assert!(ran.stdout.contains("nothing-happened: the sample never began"), "{}", ran.stdout);
        }
    }
}

#[test]
fn a_case_that_fails_is_not_excused_by_what_it_never_asked_for() {
    let catalog = looks_once();
    catalog.edit("samples/spanner/shell/sample.sh", "true", "exit 4");
    let (_, results) = results(catalog.root(), &["run"]);
    assert_eq!((results.cases[0].verdict, rules(&results.cases[0])), (Verdict::Fail, vec![Rule::WrongExit]));
}
