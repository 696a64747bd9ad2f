//! Deadlines, warped time, and what a run costs.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_never_ends_is_timed_out_at_the_options_deadline() {
    let mut fixture = Fixture::new();
    fixture.options.deadline = Some(Duration::from_millis(100));
    let seen = fixture.run(vec![fixture.manifest("sh", "exec sleep 1000")], &["a"]).await;
    let case = &seen.results.cases[0];
    assert_eq!(case.observation.as_ref().unwrap().ended, Ended::Deadline);
    assert_eq!(case.findings[0].rule, Rule::TimedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_libfaketime_time_is_real_and_the_results_say_so() {
    let fixture = Fixture::new();
    let mut manifest = fixture.manifest("sh", "");
    manifest.run.time_warp = Some(100);
    let seen = fixture.run(vec![manifest], &["a"]).await;
    assert_eq!(seen.results.cases[0].time_warp, None);
    insta::assert_debug_snapshot!(seen.results.notices, @r#"
    [
        "time is not warped for spanner/sh: libfaketime is not there; install it with: apt-get install faketime",
    ]
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warped_failure_is_repeated_slower_and_the_results_say_what_counts() {
    let mut fixture = Fixture::new();
    // Any file does: what cannot be preloaded is ignored by the dynamic linker, but for a line on standard error.
    fixture.context.faketime = Some("/dev/null".into());
    let script = "case $FAKETIME in *x100) exit 1;; *x10) exit 0;; esac";
    let mut manifest = fixture.manifest("sh", script);
    manifest.run.time_warp = Some(100);
    let seen = fixture.run(vec![manifest], &["a"]).await;
    let case = &seen.results.cases[0];
    assert_eq!((case.verdict, case.time_warp), (Verdict::Pass, Some(10)));
    insta::assert_debug_snapshot!(seen.results.notices, @r#"
    [
        "spanner/sh/a failed with time warped by 100 and passes with time warped by 10, which counts",
    ]
    "#);
    let repeated = Event::CaseRepeated { id: case.id.clone(), time_warp: Some(10) };
    assert!(seen.events.contains(&repeated), "{:?}", seen.events);
}

#[tokio::test(flavor = "multi_thread")]
async fn libfaketime_makes_a_long_wait_short() {
    let mut fixture = Fixture::new();
    let Some(library) = warp::installed() else {
        eprintln!("skipped: libfaketime is not installed");
        return;
    };
    fixture.context.faketime = Some(library);
    let mut manifest = fixture.manifest("sh", "exec sleep 300");
    manifest.run.time_warp = Some(1000);
    let seen = fixture.run(vec![manifest], &["a"]).await;
    let case = &seen.results.cases[0];
    assert_eq!((case.verdict, case.time_warp), (Verdict::Pass, Some(1000)));
    assert!(case.wall_ms < 20_000, "{} ms", case.wall_ms);
}

#[test]
fn the_lower_bound_is_the_processor_time_over_the_processors() {
    let (wall, cpu) = (Duration::from_secs(9), Duration::from_secs(10));
    assert_eq!(Timing { wall, cpu, cores: 2 }.lower_bound(), Duration::from_secs(5));
}
