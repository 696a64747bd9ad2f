//! `rescind doctor`.

use std::path::PathBuf;

use anyhow::Context as _;
use rescind_catalog::Manifest;
use rescind_model::{ClockKind, Verdict, exit};
use rescind_runner::{RunClock, Toolchain, is_installed};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::args::DoctorArgs;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::print;
use crate::runtime;
use crate::signals::Signals;

/// What was found for one sample.
#[derive(Serialize)]
struct Diagnosis {
    /// `spanner/go`.
    id: String,
    /// True if its cases can be run here.
    usable: bool,
    /// The programs that were found, with their versions.
    found: Vec<String>,
    /// What is missing, each with the command that installs it.
    missing: Vec<String>,
    /// Whether its dependencies are there.
    dependencies: Dependencies,
}

/// Whether what a sample depends on is there.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Dependencies {
    /// It needs nothing but its programs.
    None,
    /// They are in the cache.
    Cached,
    /// The first run installs them.
    NotInstalled,
    /// Without its programs that cannot be told.
    Unknown,
}

/// Where the manifests and samples are from.
#[derive(Serialize)]
struct Catalogue {
    /// True if the program carries them with it.
    built_in: bool,
    /// The folder that they lie in.
    folder: PathBuf,
}

/// All that was found.
#[derive(Serialize)]
struct Checkup {
    /// `linux/x86_64`.
    platform: String,
    /// Where the manifests and samples are from.
    catalogue: Catalogue,
    /// The clock that runs go by here.
    clock: ClockKind,
    /// Why it is the real one.
    clock_reason: Option<String>,
    /// One for each manifest.
    samples: Vec<Diagnosis>,
}

/// Tells which samples can be run here, and how to get what is missing.
///
/// # Errors
/// Manifests that are wrong.
pub fn doctor(machine: &Machine, args: &DoctorArgs) -> Result<u8, Failure> {
    let catalog = machine.catalog()?;
    let samples = runtime::start()?.block_on(async {
        let mut signals = Signals::catch()?;
        let cancel = CancellationToken::new();
        let diagnoses = async {
            let mut samples = Vec::new();
            for manifest in &catalog.manifests {
                samples.push(diagnose(machine, manifest, &cancel).await?);
            }
            Ok::<_, Failure>(samples)
        };
        tokio::pin!(diagnoses);
        tokio::select! {
            samples = &mut diagnoses => samples,
            () = signals.next() => {
                cancel.cancel();
                diagnoses.await
            }
        }
    })?;
    let context = &machine.context;
    let time = RunClock::of_run(None);
    let report = Checkup {
        platform: context.platform.name.clone(),
        catalogue: Catalogue { built_in: machine.built_in, folder: machine.places.root.clone() },
        clock: time.kind(),
        clock_reason: time.reason().map(str::to_owned),
        samples,
    };
    let text = if args.json {
        let json = serde_json::to_string_pretty(&report).context("cannot write JSON");
        json.map_err(Failure::setup)? + "\n"
    } else {
        text(&report)
    };
    print(&text)?;
    Ok(exit::OK)
}

async fn diagnose(
    machine: &Machine,
    manifest: &Manifest,
    cancel: &CancellationToken,
) -> Result<Diagnosis, Failure> {
    let context = &machine.context;
    // Nothing else keeps it from an answer.
    let toolchain = Toolchain::find(context, manifest, cancel).await.map_err(|_| Failure::interrupted())?;
    let usable = toolchain.missing.is_empty();
    let dependencies = if manifest.prepare.steps.is_empty() {
        Dependencies::None
    } else if !usable {
        Dependencies::Unknown
    } else if is_installed(context, manifest, &toolchain).map_err(Failure::setup)? {
        Dependencies::Cached
    } else {
        Dependencies::NotInstalled
    };
    Ok(Diagnosis {
        id: manifest.id.to_string(),
        usable,
        found: toolchain.found.iter().map(ToString::to_string).collect(),
        missing: toolchain.missing.iter().map(ToString::to_string).collect(),
        dependencies,
    })
}

/// One line for each sample, one for the catalogue and one for the clock.
fn text(report: &Checkup) -> String {
    let names = report.samples.iter().map(|sample| sample.id.len());
    let width = names.chain(["catalogue".len()]).max().unwrap_or(0);
    let mut text = String::new();
    for sample in &report.samples {
        let found = sample.found.join(", ");
        let state = match sample.dependencies {
            _ if !sample.usable => format!("missing: {}", sample.missing.join("; ")),
            Dependencies::Cached => format!("ready: {found}; dependencies are cached"),
            Dependencies::NotInstalled => {
                format!("ready: {found}; dependencies are installed by the first run")
            }
            Dependencies::None | Dependencies::Unknown => format!("ready: {found}"),
        };
        text.push_str(&format!("{:width$}  {state}\n", sample.id));
    }
    let clock = match (report.clock, &report.clock_reason) {
        (ClockKind::Virtual, _) => "virtual: the samples' waiting takes no time".to_owned(),
        (ClockKind::Real, reason) => format!(
            "real: {}; what still waits at its deadline is {}",
            reason.as_deref().unwrap_or("nobody has said why"),
            Verdict::Undecided
        ),
    };
    let folder = report.catalogue.folder.display();
    let catalogue = if report.catalogue.built_in {
        format!("built in, unpacked in {folder}")
    } else {
        folder.to_string()
    };
    text.push_str(&format!("{:width$}  {catalogue}\n", "catalogue"));
    text.push_str(&format!("{:width$}  {clock}\n", "clock"));
    text
}
