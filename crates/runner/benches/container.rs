//! How soon the emulator is ready in a container of its own: `cargo bench -p rescind-runner --bench container`, with a
//! Docker daemon. A line of the table in `docs/performance.md`.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on must stop")]

use std::error::Error;
use std::time::Instant;

use rescind_runner::{Backend, Container};
use rescind_test_support::release;

/// How often a start is repeated. The median counts.
const STARTS: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let rescind = release::rescind();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // The image is built by the first start, if it is not there yet.
    let mut times = Vec::new();
    for _ in 0..=STARTS {
        let begin = Instant::now();
        let container = runtime.block_on(Container::of_executable(&rescind, "measured".to_owned()))?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
        runtime.block_on(container.close())?;
    }
    let first = times.remove(0);
    times.sort_by(f64::total_cmp);
    println!("| container | {:.0} ms (the first, with its image: {first:.0} ms) | |", times[STARTS / 2]);
    Ok(())
}
