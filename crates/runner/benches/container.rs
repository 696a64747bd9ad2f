//! How soon the emulator is ready in a container of its own: `cargo bench -p rescind-runner --bench container`, with a
//! Docker daemon. A line of the table in `docs/performance.md`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use rescind_runner::{Backend, Container};

/// How often a start is repeated. The median counts.
const STARTS: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let rescind = build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // The image is built by the first start, if it is not there yet.
    let mut times = Vec::new();
    for _ in 0..=STARTS {
        let begin = Instant::now();
        let container = runtime.block_on(Container::of_executable(&rescind))?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
        runtime.block_on(container.close())?;
    }
    let first = times.remove(0);
    times.sort_by(f64::total_cmp);
    println!("| container | {:.0} ms (the first, with its image: {first:.0} ms) | |", times[STARTS / 2]);
    Ok(())
}

/// Builds `rescind`, as users have it.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--package", "rescind"]).current_dir(root);
    if !cargo.status()?.success() {
        return Err("rescind cannot be built".into());
    }
    // The program of this measurement lies in the folder `deps` beside it.
    let deps = std::env::current_exe()?;
    let folder = deps.ancestors().nth(2).ok_or("this program lies in no folder of Cargo's")?;
    Ok(folder.join("rescind"))
}
