//! The options of `emulator`.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use rescind_emulator::control::ControlAddress;
use rescind_engine::{InvalidSetting, Settings, services};

use super::duration::{duration, duration_with_unit};
use super::host::ListenHost;
use super::http_address::http_address;
use super::token::token;

/// What `--help` says of the control API. docs/control-api.md has all of it.
const CONTROL_HELP: &str = "\
The control API, for other test suites: JSON over HTTP, with `Authorization: Bearer TOKEN`. Below /rescind/v1/:
  GET    health                       whether the emulator is there
  GET    projects                     the projects
  PUT    projects/PROJECT             makes a project: {\"setup\": {...}, \"progress\": \"free-running\"}
  DELETE projects/PROJECT             forgets it
  PUT    projects/PROJECT/faults      lets requests meet faults: {\"faults\": \"get2:unavailable\"}
  GET    projects/PROJECT/journal     every request since the project was put
  GET    projects/PROJECT/snapshot    its backups, and the operations that create them
  GET    projects/PROJECT/changes     what is not as it was when it was put
  POST   projects/PROJECT/settle      lets operations run to their end; the snapshot then
  POST   reset                        begins again with what the emulator was started with";

/// The options of `emulator`.
#[derive(Debug, Args)]
#[command(after_long_help = CONTROL_HELP)]
pub struct EmulatorArgs {
    /// The address to listen on: `127.0.0.1`, `[::1]`, or `localhost`, which is both
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub host: ListenHost,
    /// The port for gRPC; 0 takes a free one. (Both ports answer both.)
    #[arg(long, value_name = "PORT", default_value_t = 9010)]
    pub grpc_port: u16,
    /// The port for REST; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 9020)]
    pub rest_port: u16,
    /// Where the control API listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT|unix:PATH", default_value = "127.0.0.1:9030")]
    pub control: ControlAddress,
    /// The token that the control API wants [default: a new one, which is printed; none at a Unix socket]
    #[arg(long, value_name = "TOKEN", env = "RESCIND_CONTROL_TOKEN", hide_env_values = true, value_parser = token)]
    pub control_token: Option<String>,
    /// How long an operation takes, with its unit: `2s`, `10m`
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration_with_unit)]
    pub operation_time: Duration,
    /// What is there from the start: a YAML file with projects, their databases and backups
    #[arg(long, value_name = "FILE.yaml")]
    pub seed: Option<PathBuf>,
    /// A database that is there from the start, with its instance; may be repeated
    #[arg(long, value_name = "PROJECT/INSTANCE/DATABASE")]
    pub database: Vec<DatabasePath>,
    /// Write an access token to this file, for clients that want one; the emulator takes any, and none
    #[arg(long, value_name = "FILE")]
    pub access_token_file: Option<PathBuf>,
    /// Write a line for each request to standard error
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub log: Option<LogFormat>,
    /// Decide what nobody has published about the services otherwise than by default; may be repeated
    #[arg(long, value_name = "NAME=VALUE", long_help = choices_help(), value_parser = choice)]
    pub choice: Vec<Settings>,
    /// Listen on addresses that other machines can reach, and let the control API be called by any name; the services
    /// have no authentication
    #[arg(long)]
    pub allow_remote: bool,
    /// Only tell, by the exit code, whether an emulator of this version serves at this address
    #[arg(long, value_name = "HOST:PORT", value_parser = http_address)]
    pub check: Option<String>,
    /// Stop when nobody has asked anything for so long [default: never]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub stop_when_idle: Option<Duration>,
}

/// The form of the lines of `--log`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A JSON object on each line
    Json,
    /// For the eye
    Pretty,
}

/// The names of the choices, what each is about, and its default.
fn choices_help() -> String {
    let mut text =
        "Decide what nobody has published about the services otherwise than by default; may be repeated.\n\
                    The choices, with their defaults:\n"
            .to_owned();
    for switch in services().switches() {
        let about: Vec<&str> = switch.about.split_whitespace().collect();
        text += &format!("  {}={}: {}\n", switch.name, switch.value, about.join(" "));
    }
    text
}

/// A choice that there is, with a value that it can have.
fn choice(text: &str) -> Result<Settings, InvalidSetting> {
    let settings: Settings = text.parse()?;
    services().with(&settings)?;
    Ok(settings)
}

/// The ids that lead to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabasePath {
    /// The project.
    pub project: String,
    /// The instance in it.
    pub instance: String,
    /// The database in that.
    pub database: String,
}

impl FromStr for DatabasePath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ids: Vec<&str> = text.split('/').collect();
        match ids.as_slice() {
            [project, instance, database] if ids.iter().all(|id| !id.is_empty()) => Ok(DatabasePath {
                project: (*project).to_owned(),
                instance: (*instance).to_owned(),
                database: (*database).to_owned(),
            }),
            _ => Err("expected PROJECT/INSTANCE/DATABASE".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_by_three_ids() {
        let path: DatabasePath = "p/i/d".parse().unwrap();
        assert_eq!((path.project.as_str(), path.instance.as_str(), path.database.as_str()), ("p", "i", "d"));
        for bad in ["", "p/i", "p//d", "p/i/d/x"] {
            assert!(bad.parse::<DatabasePath>().is_err(), "{bad}");
        }
    }
}
