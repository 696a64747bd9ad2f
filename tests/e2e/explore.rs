//! Explorations and replays, from the command line to the exit code.

use rescind_model::{CaseResult, Rule, Verdict};
use rescind_tests::{TestCatalog, rescind, results};

/// A sample that looks once at its operation, after it has asked for the cancel, and deletes a backup that is complete then.
const SCRIPT: &str = r#"case $(bash ask.bash GET "backups/$1") in
  *READY*) bash ask.bash DELETE "backups/$1" ;;
esac"#;

fn catalog() -> TestCatalog {
    TestCatalog::new(SCRIPT)
}

#[test]
fn each_fault_is_reported_once_with_a_schedule_that_replays_it() {
    let catalog = catalog();
    let (ran, results) = results(catalog.root(), &["explore", "--faults", "0", "--polls", "1"]);
    let ran = ran.exits(1);
    let [exploration] = results.explorations.as_slice() else { panic!("one sample") };
    assert!(exploration.is_complete() && exploration.schedules > exploration.histories, "{exploration:?}");
    assert_eq!(exploration.processes, exploration.histories);
    let distinct: std::collections::BTreeSet<_> =
        exploration.found.iter().map(|fault| (fault.rule, fault.outcome, &fault.message)).collect();
    assert_eq!(distinct.len(), exploration.found.len(), "each once");
    // It looks once, and the operation may still run then: what is created is left.
    let leaked = exploration.found.iter().find(|fault| fault.rule == Rule::LeakedBackup).unwrap();
    assert!(leaked.histories > 0 && !leaked.in_words.is_empty());
    assert!(ran.stdout.contains(&leaked.schedule.to_string()), "{}", ran.stdout);
    assert!(ran.stdout.contains("leaked-backup in the outcome `undeleted`"), "{}", ran.stdout);

    let schedule = leaked.schedule.to_string();
    let replayed = rescind(catalog.root(), &["replay", "spanner/shell", &schedule, "--repeat", "3"]).exits(1);
    assert!(replayed.stdout.contains("leaked-backup"), "{}", replayed.stdout);
    assert!(
        replayed.stdout.contains("3 of 3 came out the same, with the same journal"),
        "{}",
        replayed.stdout
    );
}

#[test]
fn every_history_is_a_case_of_the_results_and_every_report_takes_them() {
    let catalog = catalog();
    let formats = ["json", "junit", "markdown", "summary", "html", "sarif", "github", "terminal"];
    let options: Vec<String> =
        formats.iter().map(|format| format!("--report={format}={format}.out")).collect();
    let mut arguments = vec!["explore", "--faults", "0", "--polls", "0"];
    arguments.extend(options.iter().map(String::as_str));
    let (_, results) = results(catalog.root(), &arguments);
    assert!(results.cases.len() >= results.explorations[0].histories);
    for case in &results.cases {
        let observation = case.observation.as_ref().unwrap();
        assert!(!observation.journal.is_empty() || case.verdict == Verdict::Fail, "{}", case.id);
        assert!(case.replay.starts_with("rescind replay spanner/shell "), "{}", case.replay);
    }
    for format in formats {
        let report = std::fs::read_to_string(catalog.root().join(format!("{format}.out"))).unwrap();
        assert!(report.contains("leaked-backup"), "{format}: {report}");
    }
}

/// Runs git where the catalogue lies.
fn git(catalog: &TestCatalog, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let mut git = std::process::Command::new("git");
    let done = git.arg("-C").arg(catalog.root()).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn only_what_has_changed_since_a_revision_is_explored_if_that_is_wanted() {
    let catalog = catalog();
    git(&catalog, &["init", "--quiet"]);
    git(&catalog, &["add", "."]);
    git(&catalog, &["commit", "--quiet", "--message", "all"]);
    let arguments = ["explore", "--faults", "0", "--polls", "0", "--changed-since", "HEAD"];
    let unchanged = rescind(catalog.root(), &arguments).exits(0);
    assert_eq!(unchanged.stdout, "no sample's code has changed since HEAD: there is nothing to explore\n");
    // What stands beside the region is no published code.
    catalog.edit("samples/spanner/shell/sample.sh", "# [START demo]", "# A remark. [START demo]");
    rescind(catalog.root(), &arguments).exits(0);
    catalog.edit("samples/spanner/shell/sample.sh", "*READY*)", "*\"READY\"*)");
    let (ran, results) = results(catalog.root(), &arguments);
    ran.exits(1);
    assert_eq!(results.explorations.len(), 1);
    let unknown = rescind(catalog.root(), &["explore", "--changed-since", "no-such-branch"]).exits(2);
    assert!(
        unknown.stderr.contains("--changed-since no-such-branch: git knows no such revision"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn accepted_faults_are_known_again_and_a_new_one_fails_a_comparison() {
    let catalog = catalog();
    let explore = |results: &str| {
        rescind(catalog.root(), &["explore", "--faults", "0", "--polls", "0", "--results", results]).exits(1)
    };
    explore("first.json");
    let accepted = rescind(catalog.root(), &["accept", "first.json", "--baseline", "base.json"]).exits(0);
    assert!(accepted.stdout.contains("of 1 explored sample"), "{}", accepted.stdout);
    explore("again.json");
    let compared = rescind(catalog.root(), &["compare", "base.json", "again.json"]).exits(0);
    assert!(compared.stdout.contains("still failing"), "{}", compared.stdout);
    // It claims what nobody has seen.
    catalog.edit(
        "samples/spanner/shell/sample.sh",
        "bash ask.bash DELETE",
        "bash ask.bash DELETE backups/other; bash ask.bash GET",
    );
    explore("worse.json");
    let compared = rescind(catalog.root(), &["compare", "base.json", "worse.json"]).exits(1);
    assert!(compared.stdout.contains("new fault"), "{}", compared.stdout);
}

/// Looks at the list of backups, or does not.
const CHANCE: &str =
    "case $(od -An -N1 -tu1 /dev/urandom) in *[02468]) bash ask.bash GET backups >/dev/null ;; esac";

/// The first case that did not do the same each time.
fn by_chance(catalog: &TestCatalog, arguments: &[&str]) -> (Verdict, String) {
    let (ran, results) = results(catalog.root(), arguments);
    assert_ne!(ran.code, Some(0), "{}", ran.stdout);
    let by_chance = |case: &&CaseResult| matches!(case.verdict, Verdict::Flaky | Verdict::Diverged);
    let case = results.cases.iter().find(by_chance).unwrap_or_else(|| panic!("{}", ran.stdout));
    (case.verdict, case.reason.clone().unwrap_or_default())
}

#[test]
fn a_sample_with_chance_in_it_has_diverged_and_never_passes() {
    let catalog = TestCatalog::idle(&format!("{CHANCE}\nbash begin.bash \"$1\"\n{SCRIPT}"));
    for _ in 0..3 {
        let (verdict, reason) = by_chance(&catalog, &["explore", "--faults", "0", "--jobs", "1"]);
        assert_eq!(verdict, Verdict::Diverged);
        assert!(reason.contains("it does not do the same each time: request 1 was "), "{reason}");
    }
}

#[test]
fn chance_that_comes_late_shows_where_each_history_is_run_again() {
    let catalog = TestCatalog::new(&format!("{CHANCE}\n{SCRIPT}"));
    let arguments = ["explore", "--faults", "0", "--polls", "0", "--repeat", "2"];
    let (verdict, reason) = by_chance(&catalog, &arguments);
    assert_eq!(verdict, Verdict::Flaky);
    assert!(reason.contains("it does not do the same each time"), "{reason}");
}

#[test]
fn a_case_that_has_to_be_ended_keeps_no_other_from_being_explored() {
    let catalog = TestCatalog::new(&format!(
        "{SCRIPT}\ncase $(bash ask.bash GET \"backups/$1\") in *NOT_FOUND*) ;; *) sleep 7200 ;; esac"
    ));
    let (_, results) = results(catalog.root(), &["explore", "--faults", "0", "--polls", "0"]);
    assert!(results.explorations[0].is_complete());
    let timed_out = |rule: &Rule| *rule == Rule::TimedOut;
    let rules = |case: &CaseResult| case.findings.iter().map(|it| it.rule).collect::<Vec<_>>();
    assert!(results.cases.iter().any(|case| rules(case).iter().any(timed_out)));
    assert!(results.cases.iter().any(|case| !rules(case).iter().any(timed_out)));
}

#[test]
fn what_time_leaves_unexplored_is_said() {
    let catalog = catalog();
    let (ran, results) = results(catalog.root(), &["explore", "--budget", "1ms"]);
    assert!(!results.explorations[0].is_complete());
    assert!(ran.stdout.contains("known and not played"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("complete"), "{}", ran.stdout);
    ran.exits(3);
}

#[test]
fn a_sample_that_cannot_be_run_says_why() {
    let catalog = catalog();
    catalog.edit_manifest("program: sh\n", "program: no-such-shell\n");
    let (ran, results) = results(catalog.root(), &["explore"]);
    assert_eq!(results.cases[0].verdict, Verdict::Unsupported);
    assert!(ran.stdout.contains("no-such-shell"), "{}", ran.stdout);
    ran.exits(3);
}

#[test]
fn what_is_typed_wrong_is_pointed_at() {
    let catalog = catalog();
    let ran = rescind(catalog.root(), &["replay", "spanner/shell", "create:runing"]).exits(2);
    assert!(
        ran.stderr.contains("`runing` cannot be decided at `create` (did you mean `running`?)"),
        "{}",
        ran.stderr
    );
    let ran = rescind(catalog.root(), &["replay", "spanner", "create:running"]).exits(2);
    assert!(ran.stderr.contains("SERVICE/LANGUAGE"), "{}", ran.stderr);
    rescind(catalog.root(), &["replay", "spanner/cobol", "create:running"]).exits(4);
    rescind(catalog.root(), &["explore", "--faults", "99"]).exits(2);
}

#[test]
fn a_schedule_is_saved_as_a_scenario_that_says_what_is_due_and_comes_to_it() {
    let catalog = catalog();
    let schedule = "given:another-pending create1:unavailable";
    let replay =
        |name: &str| rescind(catalog.root(), &["replay", "spanner/shell", schedule, "--save-scenario", name]);
    replay("taken-in-between");
    let text =
        std::fs::read_to_string(catalog.root().join("manifests/scenarios/taken-in-between.yaml")).unwrap();
    insta::assert_snapshot!(text, @r#"
    # yaml-language-server: $schema=../schema/scenario.schema.json
    title: "Another backup of the same database is being made; the create is answered UNAVAILABLE."
    services: [spanner]
    given:
      backups:
        - { id: "another-backup", state: CREATING }
    schedule: given:another-pending create1:unavailable
    expect:
      outcome: refused
      exit: non-zero
      claims: [failed]
    "#);
    let listed = rescind(catalog.root(), &["list"]).exits(0);
    assert!(listed.stdout.contains("spanner/shell/taken-in-between"), "{}", listed.stdout);
    let again = replay("taken-in-between").exits(2);
    assert!(again.stderr.contains("is there already"), "{}", again.stderr);
    let wrong = replay("../x").exits(2);
    assert!(wrong.stderr.contains("as in cancel-wins"), "{}", wrong.stderr);
}

#[test]
fn a_list_of_known_failures_in_scenarios_has_nothing_too_much_for_it() {
    let catalog = catalog();
    let entry = "- case: spanner/shell/cancel-wins\n  rule: crashed\n  reason: It is so.\n  issue: https://example.com/7\n";
    catalog.write("manifests/known-failures.yaml", entry);
    let (ran, results) = results(catalog.root(), &["explore", "--faults", "0", "--polls", "0"]);
    assert_eq!(results.stale().count(), 0, "{}", ran.stdout);
}

#[test]
fn an_interrupt_writes_what_is_known() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    let catalog = catalog();
    let fifo = catalog.root().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let script = format!("echo started >{}\nexec sleep 1000", fifo.display());
    catalog.edit("samples/spanner/shell/sample.sh", SCRIPT, &script);
    let file = catalog.root().join("results.json");
    let mut command = rescind_tests::command(catalog.root());
    command.args(["explore", "--clock", "real", "--jobs", "1", "--results"]).arg(&file);
    let child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn();
    let mut child = child.unwrap();
    assert_eq!(std::fs::read_to_string(&fifo).unwrap(), "started\n");
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let results: rescind_model::Results =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert!(results.interrupted && !results.explorations[0].is_complete());
}
