//! Deadlines, and what a run costs.

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

#[test]
fn the_lower_bound_is_the_processor_time_over_the_processors() {
    let (wall, cpu) = (Duration::from_secs(9), Duration::from_secs(10));
    assert_eq!(Timing { wall, cpu, cores: 2 }.lower_bound(), Duration::from_secs(5));
}
