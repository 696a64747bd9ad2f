//! How long each report takes for a run of 10,000 cases, and how much memory: `cargo bench -p rescind-report`.
//!
//! The cases are those of the golden files, again and again: more than half of them fail, which no real run comes
//! near. The budget is 2 s of processor time for each report and 300 MB for all of it; beyond either, the exit code is 1.

// Clippy takes only functions with `#[test]` for tests, not what they are built of.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use rescind_model::Results;
use rescind_report::Format;
use rescind_report::compare::Comparison;
use rescind_test_support::every;

const CASES: usize = 10_000;
const TIME: Duration = Duration::from_secs(2);
const MEMORY_MB: u64 = 300;

/// The cases of the golden files, again and again, as scenarios of other names.
fn many(count: usize) -> Results {
    let seed = every::results();
    let mut results = Results { cases: Vec::with_capacity(count), ..every::results() };
    for (round, case) in (0..).flat_map(|round| seed.cases.iter().map(move |case| (round, case))).take(count)
    {
        let mut case = case.clone();
        case.id.scenario = format!("{}-{round}", case.id.scenario);
        results.cases.push(case);
    }
    results.cases.sort_by(|a, b| a.id.cmp(&b.id));
    results
}

/// The most memory that the process has had so far; none where the system does not tell.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kb| kb / 1024)
}

/// The time that the process has been on a processor so far, which other processes do not change; none where the
/// system does not tell.
fn on_processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    stat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Measures one report and prints its line. True if it stays within the budget of time.
fn measure(what: &str, render: impl FnOnce() -> String) -> bool {
    let (start, before) = (Instant::now(), on_processor());
    let report = render();
    let passed = start.elapsed();
    let took = on_processor().zip(before).map_or(passed, |(after, before)| after - before);
    let peak = peak_mb().map(|mb| format!("{mb} MB")).unwrap_or_default();
    println!(
        "{what:<24} {:>6} ms {:>6} ms {:>9} KiB {peak:>8}",
        took.as_millis(),
        passed.as_millis(),
        report.len() / 1024
    );
    took <= TIME
}

fn main() {
    let head = many(CASES);
    let base = Results { cases: head.cases.iter().skip(CASES / 10).cloned().collect(), ..every::results() };
    println!(
        "{:<24} {:>9} {:>9} {:>13} {:>8}",
        format!("{CASES} cases"),
        "processor",
        "elapsed",
        "size",
        "peak"
    );
    let mut within = true;
    for format in Format::ALL {
        within &= measure(format.name(), || format.render(&head).unwrap());
    }
    within &= measure("compare", || Comparison::of(&base, &head).headline());
    let comparison = Comparison::of(&base, &head);
    for format in Format::ALL.into_iter().filter(|format| format.has_comparisons()) {
        let what = format!("compare as {format}");
        within &= measure(&what, || format.render_comparison(&comparison).unwrap());
    }
    within &= peak_mb().is_none_or(|mb| mb <= MEMORY_MB);
    if !within {
        eprintln!("beyond the budget of {} s for each report and {MEMORY_MB} MB", TIME.as_secs());
        std::process::exit(1);
    }
}
