//! What a stand-alone emulator begins with: `--seed` and `--database`.

use std::sync::Arc;
use std::time::SystemTime;

use rescind_catalog::{Seed, Seeds};
use rescind_emulator::{ControlError, Emulator, Setup};
use rescind_engine::Settings;
use rescind_model::{Given, InvalidId, Schedule, ServiceId};

use crate::args::{DatabasePath, EmulatorArgs};
use crate::failure::Failure;

/// Gives the emulator what the command line asks for.
///
/// # Errors
/// A file that is wrong, or asks for what no service could be in.
pub fn seed(emulator: &Emulator, args: &EmulatorArgs) -> Result<(), Failure> {
    let mut setups: Vec<(String, Setup)> =
        args.database.iter().map(of_path).collect::<Result<_, _>>().map_err(Failure::setup)?;
    // By itself first, so that a mistake in an option is not looked for in the file.
    emulator.seed(setups.clone()).map_err(Failure::usage)?;
    if let Some(file) = &args.seed {
        let services = emulator.services().names().map(str::parse).collect::<Result<Vec<ServiceId>, _>>();
        let seeds = Seeds::read(file, &services.map_err(Failure::setup)?).map_err(Failure::usage)?;
        let mut tried: Vec<(String, Setup)> = setups.clone();
        for seed in &seeds.seeds {
            tried.push((seed.project.clone(), of_seed(seed)));
            // One by one, so that the wrong one is known.
            let trial = Emulator::free_running(Arc::new(SystemTime::now), args.operation_time);
            trial.seed(tried.clone()).map_err(|error| {
                let message = match error {
                    ControlError::InvalidSetup { source, .. } => source.to_string(),
                    error => error.to_string(),
                };
                Failure::usage(seeds.wrong(seed, message))
            })?;
        }
        setups = tried;
    }
    emulator.seed(setups).map_err(Failure::usage)
}

/// A database of Spanner, as `--database` names one.
fn of_path(path: &DatabasePath) -> Result<(String, Setup), InvalidId> {
    let setup = Setup {
        service: "spanner".parse()?,
        instance: path.instance.clone(),
        database: path.database.clone(),
        backup: String::new(),
        given: Given::default(),
        bystanders: false,
        schedule: Schedule::default(),
        choices: Settings::default(),
    };
    Ok((path.project.clone(), setup))
}

fn of_seed(seed: &Seed) -> Setup {
    Setup {
        service: seed.service.clone(),
        instance: seed.instance.clone(),
        database: seed.database.clone(),
        backup: String::new(),
        given: seed.given.clone(),
        bystanders: false,
        schedule: Schedule::default(),
        choices: Settings::default(),
    }
}
