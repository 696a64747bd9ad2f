//! A schedule that says what the state does not allow.

use rescind_model::Verdict;
use rescind_tests::TestCatalog;

/// Looks once at the operation of the backup that was begun.
const LOOK: &str = r#"bash ask.bash GET "$(cat "$TMPDIR/operation")""#;

#[test]
fn the_request_is_refused_and_the_case_has_diverged_in_every_report() {
    let catalog = TestCatalog::new(LOOK);
    let schedule = "create:running cancel:ignored poll1:running poll2:cancelled";
    catalog.edit("manifests/scenarios/cancel-wins.yaml", "create:running cancel:honoured", schedule);
    let formats = ["json", "junit", "markdown", "summary", "html", "sarif", "github", "terminal"];
    let options: Vec<String> =
        formats.iter().map(|format| format!("--report={format}={format}.out")).collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let (ran, case) = catalog.case(&options);
    ran.exits(3);
    assert_eq!(case.verdict, Verdict::Diverged);
    let reason = "left its schedule at request 4 (GetOperation): `poll2` cannot be `cancelled` here; it can be done, \
                  running or failed";
    assert_eq!(case.reason.as_deref(), Some(reason));
    let seen = case.observation.unwrap();
    assert!(seen.stdout.text.contains("The schedule cannot go on: `poll2` cannot be"), "{:?}", seen.stdout);
    for format in formats {
        let report = std::fs::read_to_string(catalog.root().join(format!("{format}.out"))).unwrap();
        assert!(report.contains("left its schedule at request 4"), "{format}: {report}");
    }
}
