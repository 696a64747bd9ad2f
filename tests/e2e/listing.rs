//! `list`, `doctor`, and what a run prints.

use rescind_model::Verdict;
use rescind_tests::{TestCatalog, rescind};

#[test]
fn list_names_the_cases_one_a_line() {
    let catalog = TestCatalog::new("true");
    let ran = rescind(catalog.root(), &["list"]).exits(0);
    assert_eq!(ran.stdout, "spanner/shell/cancel-wins\n");
}

#[test]
fn list_of_nothing_has_the_exit_code_of_nothing_selected() {
    let catalog = TestCatalog::new("true");
    rescind(catalog.root(), &["list", "--language", "cobol"]).exits(4);
}

#[test]
fn doctor_has_a_line_for_each_language_and_says_how_to_get_what_is_missing() {
    let catalog = TestCatalog::new("true");
    let ran = rescind(catalog.root(), &["doctor"]).exits(0);
    assert!(ran.stdout.contains("spanner/shell"), "{}", ran.stdout);
    assert!(ran.stdout.contains("sh 1.0"), "{}", ran.stdout);
    catalog.edit_manifest("program: sh", "program: no-such-interpreter");
    let ran = rescind(catalog.root(), &["doctor"]).exits(0);
    assert!(ran.stdout.contains("no-such-interpreter"), "{}", ran.stdout);
}

#[test]
fn doctor_tells_whether_dependencies_are_cached() {
    let catalog = TestCatalog::new("true");
    catalog.write("samples/spanner/shell/deps", &format!("{:?}", std::time::SystemTime::now()));
    catalog.edit_manifest(
        "run:\n",
        "prepare: { inputs: [deps], steps: [[sh, -c, 'cp deps {cache}/deps']] }\nrun:\n",
    );
    let ran = rescind(catalog.root(), &["doctor"]).exits(0);
    assert!(
        ran.stdout.contains("ready: sh 1.0; dependencies are installed by the first run\n"),
        "{}",
        ran.stdout
    );
    catalog.run(&[]).exits(0);
    let ran = rescind(catalog.root(), &["doctor"]).exits(0);
    assert!(ran.stdout.contains("ready: sh 1.0; dependencies are cached\n"), "{}", ran.stdout);
}

#[test]
fn doctor_speaks_json() {
    let catalog = TestCatalog::new("true");
    let ran = rescind(catalog.root(), &["doctor", "--json"]).exits(0);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(json["clock"] == "virtual" || json["clock_reason"].is_string(), "{json}");
    assert_eq!(json["samples"][0]["id"], "spanner/shell");
    assert_eq!(json["samples"][0]["usable"], true);
    assert_eq!(json["samples"][0]["dependencies"], "none");
    assert_eq!(json["catalogue"]["built_in"], false);
}

#[test]
fn without_a_catalogue_in_sight_the_built_in_one_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let built_in = rescind(folder.path(), &["list"]).exits(0);
    let root = rescind_tests::repository();
    let checkout = rescind(folder.path(), &["list", "--root", &root.display().to_string()]).exits(0);
    assert_eq!(built_in.stdout, checkout.stdout);
    assert!(built_in.stdout.contains("spanner/go/cancel-wins\n"), "{}", built_in.stdout);
    let doctor = rescind(folder.path(), &["doctor"]).exits(0);
    assert!(doctor.stdout.contains("built in, unpacked in "), "{}", doctor.stdout);
}

#[test]
fn a_run_says_what_happened_and_how_to_repeat_it() {
    let catalog = TestCatalog::new("echo hello; exit 3");
    catalog.edit_manifest("deadline: 20s", "deadline: 20s\noutputs:\n  cancelled: |\n    goodbye");
    let ran = catalog.run(&[]).exits(1);
    for expected in [
        "wrong-exit",
        "output-differs",
        "-goodbye",
        "+hello",
        "rescind run --service spanner --language shell --scenario cancel-wins",
        "1 fail",
    ] {
        assert!(ran.stdout.contains(expected), "no `{expected}` in:\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains('\u{1b}'), "colour without a terminal:\n{}", ran.stdout);
}

#[test]
fn results_that_cannot_be_written_are_a_set_up_failure_and_the_report_is_still_printed() {
    let ran = TestCatalog::new("true").run(&["--results", "/dev/full"]).exits(3);
    assert!(ran.stdout.contains("1 pass"), "{}", ran.stdout);
    assert!(ran.stderr.contains("cannot write /dev/full: No space left on device"), "{}", ran.stderr);
}

#[test]
fn a_place_that_nothing_can_be_written_to_is_refused_before_anything_is_run() {
    let catalog = TestCatalog::new("true");
    for (option, place, says) in [
        ("--results", "/no/such/folder/results.json", "there is no folder /no/such/folder"),
        ("--results", "samples", "samples is a folder"),
        ("--report", "html=no/report.html", "there is no folder no"),
    ] {
        let ran = catalog.run(&[option, place]).exits(2);
        assert!(ran.stdout.is_empty() && ran.stderr.contains(says), "{}", ran.stderr);
    }
}

#[test]
fn results_on_standard_output_stand_there_alone() {
    let ran = TestCatalog::new("true").run(&["--results", "-"]).exits(0);
    serde_json::from_str::<rescind_model::Results>(&ran.stdout).unwrap();
}

#[test]
fn the_command_that_repeats_a_case_does_so_from_anywhere() {
    let catalog = TestCatalog::new("sleep 100");
    let elsewhere = tempfile::tempdir().unwrap();
    let root = catalog.root().display().to_string();
    let typed = ["--root", &root, "run", "--endpoint", "emulator", "--clock", "real", "--deadline", "200ms"];
    let (ran, results) = rescind_tests::results(elsewhere.path(), &typed);
    ran.exits(3);
    let replay = &results.cases[0].replay;
    let words = shlex::split(replay).unwrap();
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let (again, repeated) = rescind_tests::results(elsewhere.path(), &words);
    again.exits(3);
    assert_eq!(repeated.cases[0].verdict, Verdict::Undecided);
    assert_eq!(repeated.cases[0].reason, results.cases[0].reason, "{replay}");
    assert_eq!(repeated.cases[0].replay, *replay);
}
