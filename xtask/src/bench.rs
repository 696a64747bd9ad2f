//! `cargo xtask bench`.

use anyhow::{Result, bail};

use crate::commands;

/// The benches: a name, the package, the bench in it, and what it measures.
const BENCHES: [(&str, &str, &str, &str); 5] = [
    (
        "emulator",
        "rescind-emulator",
        "load",
        "requests a second and memory of the emulator, beside the vendor's",
    ),
    ("runner", "rescind-runner", "overhead", "what a case costs beside its sample"),
    (
        "container",
        "rescind-runner",
        "container",
        "how soon the emulator is ready in a container; needs Docker",
    ),
    ("world", "rescind-world", "overhead", "what a closed world costs"),
    ("report", "rescind-report", "formats", "how long each report of 10,000 cases takes"),
];

/// Which benches.
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// Only these: emulator, runner, container, world, report [default: all but container]
    names: Vec<String>,
}

/// Runs the benches one after the other, as each wants the machine for itself.
pub fn run(args: &BenchArgs) -> Result<()> {
    if let Some(unknown) = args.names.iter().find(|name| !BENCHES.iter().any(|(known, ..)| known == name)) {
        bail!("`{unknown}` is no bench; they are {}", BENCHES.map(|(name, ..)| name).join(", "));
    }
    for (name, package, bench, what) in BENCHES {
        let chosen =
            if args.names.is_empty() { name != "container" } else { args.names.iter().any(|it| it == name) };
        if chosen {
            println!("## {name}: {what}\n");
            commands::succeed(&mut commands::cargo(&[
                "bench",
                "--locked",
                "--package",
                package,
                "--bench",
                bench,
            ])?)?;
        }
    }
    Ok(())
}
