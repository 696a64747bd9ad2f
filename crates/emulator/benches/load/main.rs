//! How fast and how large the emulator is, beside the vendor's where that is installed:
//! `cargo bench -p rescind-emulator --bench load`, in about two minutes. Prints Markdown for `docs/performance.md`.
//!
//! Client and servers share the machine, as they do when an emulator is used. Both servers are programs of their own,
//! loaded by the same client in turns, so that what else the machine does meets both alike.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on must stop")]

mod backups;
mod client;
mod program;
mod stock;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rescind_emulator::{Emulator, Server};
use rescind_test_support::release;

use self::client::{Load, Rate, Wire};
use self::program::Program;

/// How often each load is repeated, and how long it lasts each time. The median counts.
const ROUNDS: usize = 3;
const LASTS: Duration = Duration::from_millis(1500);
/// How often a start is repeated. The median counts.
const STARTS: usize = 15;

const GRPC: [Load; 4] = [Load::new(1, 1), Load::new(1, 32), Load::new(8, 4), Load::new(32, 1)];
const REST: [Load; 2] = [Load::new(1, 1), Load::new(32, 1)];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [stock::ARGUMENT, service, count] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        return stock::memory_of(service, count);
    }
    // The load takes one core at most.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ours = release::rescind();
    let anchor = program::anchor();
    println!("{} cores, shared by client and server.\n", std::thread::available_parallelism().unwrap());
    runtime.block_on(async {
        starts(&ours, anchor.as_deref()).await;
        throughput(&ours, anchor.as_deref()).await;
    });
    drop(runtime);
    stock::memory();
    backups::times();
}

/// Ready time and memory when idle.
async fn starts(ours: &std::path::Path, anchor: Option<&std::path::Path>) {
    println!("| | ready after | resident when idle |\n|---|---|---|");
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let begin = Instant::now();
        let emulator = Emulator::free_running(Arc::new(SystemTime::now), Duration::from_secs(1));
        let server = Server::bind(emulator, SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        times.push(begin.elapsed());
        server.shutdown().await;
    }
    println!("| embedded | {} | |", milliseconds(median(times)));
    let row = |name: &str, start: &dyn Fn() -> Program| {
        let started: Vec<Program> = (0..STARTS).map(|_| start()).collect();
        let ready = median(started.iter().map(|program| program.ready).collect());
        let resident = median(started.iter().map(Program::resident).collect());
        let mebibytes = resident as f64 / 1024.0 / 1024.0;
        println!("| {name} | {} | {mebibytes:.1} MiB |", milliseconds(ready));
    };
    row("stand-alone", &|| Program::ours(ours));
    if let Some(anchor) = anchor {
        row("the vendor's", &|| Program::anchor(anchor));
    }
    println!();
}

/// Calls for each second, ours and the vendor's in turns.
async fn throughput(ours: &std::path::Path, anchor: Option<&std::path::Path>) {
    let ours = Program::ours(ours);
    let anchor = anchor.map(Program::anchor);
    client::seed(&ours).await;
    if let Some(anchor) = &anchor {
        client::seed(anchor).await;
    }
    println!(
        "| GetDatabase | connections × calls in flight | calls/s | p50 | p99 | the vendor's | p50 | p99 | ratio |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let anchored = GRPC.map(|load| (Wire::Grpc, load, anchor.as_ref()));
    // The vendor's emulator itself has no REST.
    let alone = REST.map(|load| (Wire::Rest, load, None));
    for (wire, load, anchor) in anchored.into_iter().chain(alone) {
        let mut rates = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            rates.0.push(client::load(&ours, wire, load, LASTS).await);
            if let Some(anchor) = anchor {
                rates.1.push(client::load(anchor, wire, load, LASTS).await);
            }
        }
        let ours = Rate::median(rates.0);
        let beside = match rates.1.is_empty() {
            true => " | | |".to_owned(),
            false => {
                let anchor = Rate::median(rates.1);
                format!("{anchor} | {:.2}", ours.per_second / anchor.per_second)
            }
        };
        println!("| {wire} | {load} | {ours} | {beside} |");
    }
    println!();
}

fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
