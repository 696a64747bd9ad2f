//! Deadlines, the clock, and what a run costs.

use rescind_model::ClockKind;

use super::*;
use crate::RunClock;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_waits_beyond_a_real_deadline_is_undecided_and_not_tried_again() {
    let mut fixture = Fixture::new();
    fixture.options.clock = Some(ClockKind::Real);
    fixture.options.deadline = Some(Duration::from_millis(100));
    fixture.options.retries = 2;
    let seen = fixture.run(vec![fixture.manifest("sh", "exec sleep 1000")], &["a"]).await;
    let case = &seen.results.cases[0];
    let observation = case.observation.as_ref().unwrap();
    assert_eq!(observation.ended, Ended::Deadline);
    assert_eq!((case.verdict, case.other_tries.len()), (Verdict::Undecided, 0));
    assert_eq!(case.reason.as_deref(), Some("still waited at its deadline, 100 ms of real time"));
    assert_eq!((case.findings.as_slice(), case.virtual_ms), (&[][..], None));
    assert_eq!(seen.results.exit_code(), exit::SETUP, "nothing is known");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_busy_to_its_deadline_is_timed_out_by_its_processor_time() {
    let mut fixture = Fixture::new();
    fixture.options.clock = Some(ClockKind::Real);
    fixture.options.deadline = Some(Duration::from_millis(500));
    fixture.options.processor_time = Some(Duration::from_millis(1));
    let seen = fixture.run(vec![fixture.manifest("sh", "while :; do :; done")], &["a"]).await;
    let case = &seen.results.cases[0];
    assert_eq!(case.observation.as_ref().unwrap().ended, Ended::ProcessorTime);
    assert_eq!(case.verdict, Verdict::Fail);
    assert_eq!(case.findings[0].message, "used 1 ms of processor time without ending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_try_that_decides_nothing_leaves_the_failure_that_was_seen() {
    let mut fixture = Fixture::new();
    fixture.options.clock = Some(ClockKind::Real);
    fixture.options.deadline = Some(Duration::from_secs(2));
    fixture.options.retries = 2;
    let first = fixture.common.path().join("first").display().to_string();
    let script = format!("mkdir {first} && exit 1; exec sleep 1000");
    let seen = fixture.run(vec![fixture.manifest("sh", &script)], &["a"]).await;
    let case = &seen.results.cases[0];
    assert_eq!((case.verdict, case.other_tries.len()), (Verdict::Fail, 0));
    let again = Event::CaseRetried { id: case.id.clone(), number: 2 };
    assert!(seen.events.contains(&again), "{:?}", seen.events);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_closed_world_waiting_costs_nothing_and_limits_decide() {
    if RunClock::of_run(None) != RunClock::Virtual {
        return;
    }
    let script = "case $1 in *sleeps) sleep 300;; *ends) sleep 9999;; *busy) while :; do :; done;; *stuck) mkfifo \
        $TMPDIR/f; read x < $TMPDIR/f;; esac";
    let mut fixture = Fixture::new();
    fixture.options.processor_time = Some(Duration::from_millis(200));
    let seen = fixture.run(vec![fixture.manifest("sh", script)], &["sleeps", "ends", "busy", "stuck"]).await;
    let case = |name: &str| seen.results.cases.iter().find(|case| case.id.scenario == name).unwrap();
    let ended = |name: &str| case(name).observation.as_ref().unwrap().ended;
    assert_eq!(case("sleeps").verdict, Verdict::Pass, "{:?}", case("sleeps").findings);
    assert!(
        (300_000..301_000).contains(&case("sleeps").virtual_ms.unwrap()),
        "{:?}",
        case("sleeps").virtual_ms
    );
    assert_eq!(ended("ends"), Ended::Deadline);
    assert_eq!(case("ends").verdict, Verdict::Fail, "a deadline in virtual time decides");
    assert_eq!(case("ends").findings[0].message, "had not ended after 2 h of virtual time");
    assert_eq!(ended("busy"), Ended::ProcessorTime);
    assert_eq!(ended("stuck"), Ended::Stuck);
    assert!(case("stuck").virtual_ms.unwrap() < 60_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_outside_a_closed_world_is_out_of_reach_and_named() {
    if RunClock::of_run(None) != RunClock::Virtual {
        return;
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = format!(
        "exec 2>/dev/null; cat /proc/$PPID/environ; kill -9 $PPID; exec 3<>/dev/tcp/127.0.0.1/{port}"
    );
    let fixture = Fixture::new();
    let mut manifest = fixture.manifest("sh", &script);
    manifest.run.command[0] = "bash".to_owned();
    let case = fixture.run(vec![manifest], &["a"]).await.results.cases.remove(0);
    let observation = case.observation.unwrap();
    let me = std::process::id();
    let asked = [
        format!("/proc/{me}/environ"),
        format!("signal 9 to process {me}"),
        format!("connect to 127.0.0.1:{port}"),
    ];
    assert_eq!((observation.out_of_reach.as_slice(), observation.stdout.text.as_str()), (&asked[..], ""));
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nobody has come");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_libraries_look_up_by_themselves_are_no_findings() {
    if RunClock::of_run(None) != RunClock::Virtual || which::which("getent").is_err() {
        return;
    }
    let names = "metadata.google.internal _grpclb._tcp.spanner.googleapis.com _grpclb._tcp.elsewhere.example";
    let script = format!("for name in {names}; do getent hosts $name; done; :");
    let fixture = Fixture::new();
    let case = fixture.run(vec![fixture.manifest("sh", &script)], &["a"]).await.results.cases.remove(0);
    assert_eq!(case.observation.unwrap().out_of_reach, ["the name _grpclb._tcp.elsewhere.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_results_say_which_clock_and_why() {
    let mut fixture = Fixture::new();
    fixture.options.clock = Some(ClockKind::Real);
    let results = fixture.run(vec![fixture.manifest("sh", "")], &["a"]).await.results;
    assert_eq!(results.environment.clock, ClockKind::Real);
    assert_eq!(results.environment.clock_reason.as_deref(), Some("it was asked for"));
}

#[test]
fn where_time_is_real_more_cases_run_at_once_and_their_deadline_is_sooner() {
    let folder = tempfile::tempdir().unwrap();
    let run = testing::manifest(folder.path(), "sh", "").run;
    let real = RunClock::Real { reason: String::new() };
    assert_eq!((RunClock::Virtual.jobs(2), real.jobs(2)), (2, 16));
    let deadlines = |options: &RunOptions| {
        [&RunClock::Virtual, &real].map(|time| time.limits(options, &run)).map(|limits| limits.deadline())
    };
    assert_eq!(deadlines(&RunOptions::default()), ["2 h of virtual time", "60 s of real time"]);
    let asked = RunOptions { deadline: Some(Duration::from_secs(90)), ..RunOptions::default() };
    assert_eq!(deadlines(&asked), ["90 s of virtual time", "90 s of real time"]);
}

#[test]
fn the_lower_bound_is_the_processor_time_over_the_processors() {
    let (wall, cpu) = (Duration::from_secs(9), Duration::from_secs(10));
    assert_eq!(Timing { wall, cpu, cores: 2 }.lower_bound(), Duration::from_secs(5));
}
