//! Samples that misbehave: each is reported for what it does, and never as passed.

use std::time::{Duration, Instant};

use rescind_model::{Ended, Rule, Verdict};
use rescind_tests::{TestCatalog, rules};

#[test]
fn a_sample_that_prints_100_mb_is_cut_and_counted() {
    let catalog = TestCatalog::new("head -c 100000000 /dev/zero | tr '\\0' x");
    let (_, case) = catalog.case(&[]);
    let seen = case.observation.unwrap();
    assert_eq!(seen.ended, Ended::Code(0));
    assert_eq!(seen.stdout.bytes, 100_000_000);
    assert!(seen.stdout.text.len() < 1_000_000, "{}", seen.stdout.text.len());
    // All is accounted for: what was kept, and what was not.
    let kept = seen.stdout.text.matches('x').count() as u64;
    assert_eq!(seen.stdout.dropped + kept, 100_000_000);
}

#[test]
fn a_sample_that_prints_invalid_utf_8_is_marked_and_shown() {
    let catalog = TestCatalog::new(r"printf 'caf\351 \033[31mred\n'");
    catalog.edit_manifest("deadline: 20s", "deadline: 20s\noutputs:\n  cancelled: |\n    café");
    let (ran, case) = catalog.case(&[]);
    let seen = case.observation.as_ref().unwrap();
    assert!(seen.stdout.invalid_utf8);
    assert_eq!(seen.stdout.text, "caf\u{fffd} \u{1b}[31mred\n");
    assert!(rules(&case).contains(&Rule::OutputDiffers));
    let ran = ran.exits(1);
    assert!(ran.stdout.contains("+caf\u{fffd}"), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'), "an escape sequence reached the terminal");
}

#[test]
fn a_sample_that_never_ends_is_ended_at_its_deadline() {
    let catalog = TestCatalog::new("trap '' TERM; while :; do sleep 1000; done");
    let started = Instant::now();
    let (ran, case) = catalog.case(&["--clock", "real", "--deadline", "0.3"]);
    let ran = ran.exits(3);
    assert!(started.elapsed() < Duration::from_secs(30), "the group was not killed");
    assert_eq!(case.observation.as_ref().unwrap().ended, Ended::Deadline);
    assert_eq!((case.verdict, rules(&case)), (Verdict::Undecided, vec![]));
    let reason = "still waited at its deadline, 300 ms of real time";
    assert!(ran.stdout.contains("1 undecided") && ran.stdout.contains(reason), "{}", ran.stdout);
    let note = "note: time is real: it was asked for; what still waited at its deadline is undecided";
    assert!(ran.stdout.contains(note), "{}", ran.stdout);
}

#[test]
fn a_sample_that_is_busy_without_end_is_timed_out_by_its_processor_time() {
    let catalog = TestCatalog::new("while :; do :; done");
    let (ran, case) = catalog.case(&["--clock", "real", "--deadline", "0.5", "--processor-time", "1ms"]);
    ran.exits(1);
    assert_eq!(case.observation.as_ref().unwrap().ended, Ended::ProcessorTime);
    assert_eq!(rules(&case), [Rule::TimedOut]);
}

#[test]
fn a_sample_that_leaves_a_child_is_reported_and_the_child_is_killed() {
    let catalog = TestCatalog::new("sleep 987654 >/dev/null 2>&1 &");
    let (ran, case) = catalog.case(&[]);
    ran.exits(1);
    assert_eq!(rules(&case), [Rule::LeakedProcess]);
    assert!(case.findings[0].message.contains("sleep 987654"), "{}", case.findings[0].message);
}

#[test]
fn a_child_that_holds_the_output_open_does_not_hold_up_the_case() {
    let catalog = TestCatalog::new("sleep 987653 &");
    let (ran, case) = catalog.case(&["--deadline", "15"]);
    ran.exits(1);
    assert_eq!(rules(&case), [Rule::LeakedProcess]);
}

#[test]
fn a_child_that_hides_is_found_and_killed_wherever_there_is_a_closed_world() {
    let catalog = TestCatalog::new("setsid env -i sleep 987651 </dev/null >/dev/null 2>&1 &\nsleep 0.2");
    let (_, case) = catalog.case(&[]);
    let leaked = case.observation.unwrap().leaked_processes;
    assert_eq!(leaked.iter().map(|it| it.command.as_str()).collect::<Vec<_>>(), ["sleep 987651"]);
    // Where time is real, it is found when the run is over.
    let (_, results) = rescind_tests::results(catalog.root(), &["run", "--clock", "real"]);
    let named = |notice: &String| notice.contains("hid from rescind") && notice.ends_with("sleep 987651");
    assert!(results.notices.iter().any(named), "{:?}", results.notices);
}

#[test]
fn a_sample_reaches_nothing_but_its_own_project_and_each_attempt_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let catalog = TestCatalog::new(&format!(
        "exec 2>/dev/null\n\
         ls /proc/self/fd\n\
         curl -s -w '%{{http_code}}\\n' -o /dev/null http://$SPANNER_EMULATOR_HOST/rescind/v1/projects\n\
         curl -s http://$SPANNER_EMULATOR_HOST/v1/projects/neighbour/instances/i/backups\n\
         curl -s http://127.0.0.1:{port}/\n\
         curl -s http://192.0.2.7/\n\
         curl -s http://elsewhere.example/\n\
         bash -c 'echo x > /dev/udp/198.51.100.53/53'\n\
         cat /proc/$PPID/environ\n\
         kill -9 $PPID\n\
         :",
    ));
    let (ran, case) = catalog.case(&[]);
    ran.exits(1);
    let seen = case.observation.as_ref().unwrap();
    assert_eq!(
        seen.out_of_reach[..4],
        [
            format!("connect to 127.0.0.1:{port}").as_str(),
            "connect to 192.0.2.7:80",
            "the name elsewhere.example",
            "connect to 198.51.100.53:53",
        ]
    );
    let environ = &seen.out_of_reach[4];
    assert!(environ.starts_with("/proc/") && environ.ends_with("/environ"), "{environ}");
    assert!(seen.out_of_reach[5].starts_with("signal 9 to process "), "{:?}", seen.out_of_reach);
    assert_eq!(
        seen.out_of_reach[6..],
        ["the control API (GET /rescind/v1/projects)", "project neighbour (ListBackups over REST)"]
    );
    assert_eq!(rules(&case).iter().filter(|rule| **rule == Rule::OutOfReach).count(), 8);
    // The fourth is the folder that is being listed.
    let (descriptors, answers) = seen.stdout.text.split_once("404").unwrap();
    assert_eq!(descriptors, "0\n1\n2\n3\n", "nothing is inherited but the standard streams");
    assert!(answers.contains("PERMISSION_DENIED") && !answers.contains("PATH="), "{answers}");
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nobody has come");
}

#[test]
fn a_sample_that_can_write_into_its_project_is_told_of_and_the_next_run_has_a_new_copy() {
    let catalog = TestCatalog::new("test ! -e state || exit 3; touch state; rm sample.sh");
    for _ in 0..2 {
        let (_, results) = rescind_tests::results(catalog.root(), &["run", "--clock", "real"]);
        assert_eq!(rules(&results.cases[0]), []);
        let told = |notice: &String| notice.contains("(sample.sh and 1 more)");
        assert!(results.notices.iter().any(told), "{:?}", results.notices);
    }
}

#[test]
fn a_sample_that_a_signal_kills_has_crashed() {
    let catalog = TestCatalog::new("kill -SEGV $$");
    let (ran, case) = catalog.case(&[]);
    ran.exits(1);
    assert_eq!(case.observation.as_ref().unwrap().ended, Ended::Signal(11));
    assert_eq!(rules(&case), [Rule::Crashed]);
}

#[test]
fn a_missing_interpreter_is_unsupported_with_the_command_that_installs_it() {
    let catalog = TestCatalog::new("true");
    catalog.edit_manifest("program: sh", "program: no-such-interpreter");
    catalog.edit_manifest("minimum: \"1.0\" }", "minimum: \"1.0\" }\n    install: { debian: apt-get install no-such-thing, macos: brew install no-such-thing }");
    let (ran, case) = catalog.case(&[]);
    // Nothing ran, so nothing is known: that is not success.
    let ran = ran.exits(3);
    assert_eq!(case.verdict, Verdict::Unsupported);
    let reason = case.reason.unwrap();
    assert!(reason.contains("no-such-interpreter"), "{reason}");
    assert!(reason.contains("install no-such-thing"), "{reason}");
    assert!(ran.stdout.contains("no-such-interpreter"), "{}", ran.stdout);
}

#[test]
fn a_program_that_cannot_be_started_is_a_set_up_error_not_a_failure() {
    let catalog = TestCatalog::new("true");
    catalog.edit_manifest("command: [sh, sample.sh", "command: [./not-there, sample.sh");
    let (ran, case) = catalog.case(&[]);
    ran.exits(3);
    assert_eq!(case.verdict, Verdict::SetupError);
    assert!(case.reason.unwrap().contains("not-there"));
}

#[test]
fn nothing_of_the_users_environment_reaches_a_sample() {
    let catalog = TestCatalog::new("env");
    let mut command = rescind_tests::command(catalog.root());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.json");
    command.args(["run", "--results"]).arg(&file);
    for name in ["GOOGLE_APPLICATION_CREDENTIALS", "HTTPS_PROXY", "https_proxy", "MY_SECRET"] {
        command.env(name, "http://leak.example");
    }
    assert!(command.output().unwrap().status.success());
    let results: rescind_model::Results =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let printed = &results.cases[0].observation.as_ref().unwrap().stdout.text;
    assert!(!printed.contains("leak.example"), "{printed}");
    assert!(printed.contains("SPANNER_EMULATOR_HOST=127.0.0.1:"), "{printed}");
    assert!(printed.contains("GOOGLE_CLOUD_PROJECT=spanner-shell-cancel-wins"), "{printed}");
}
