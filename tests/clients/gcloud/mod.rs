//! gcloud, as its documentation and the page on long-running operations use it. It is not installed by the tests.

mod alloydb;
mod spanner;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::Value;

use crate::emulators::{Emulator, Emulators};

/// A test of gcloud, which makes a project of its own.
pub struct Check {
    pub name: &'static str,
    pub run: fn(&Emulators),
}

/// All of them.
pub const CHECKS: &[Check] = &[
    Check { name: "three_settings_lead_to_the_emulator", run: spanner::settings },
    Check { name: "backups_are_made_listed_changed_copied_and_deleted", run: spanner::backups },
    Check {
        name: "a_backup_that_is_being_made_is_listed_described_and_cancelled",
        run: spanner::running_backup,
    },
    Check {
        name: "a_change_of_a_schema_is_listed_described_and_cancelled",
        run: spanner::running_schema_change,
    },
    Check { name: "databases_are_created_changed_restored_and_deleted", run: spanner::databases },
    Check { name: "instances_are_created_listed_and_deleted", run: spanner::instances },
    Check {
        name: "operations_of_partitions_and_configurations_have_types_of_their_own",
        run: spanner::other_types,
    },
    Check { name: "refusals_have_their_codes_and_texts", run: spanner::refusals },
    Check { name: "backups_of_alloydb_are_made_listed_and_deleted", run: alloydb::backups },
    Check { name: "a_backup_of_alloydb_that_is_being_made_is_cancelled", run: alloydb::running_backup },
];

/// gcloud with settings of its own.
struct Gcloud {
    folder: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
}

/// What a command did.
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Gcloud {
    fn new(settings: Vec<(&'static str, String)>) -> Gcloud {
        Gcloud { folder: tempfile::tempdir().unwrap(), settings }
    }

    /// With settings that lead to a project on an emulator, in which there is `test-instance` with `test-database`.
    fn at(emulator: &Emulator, project: &str) -> Gcloud {
        spanner::put(emulator, project);
        Gcloud::lead_to(emulator.address, project)
    }

    fn lead_to(address: SocketAddr, project: &str) -> Gcloud {
        let address = format!("http://{address}/");
        Gcloud::new(vec![
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_SPANNER", address.clone()),
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_ALLOYDB", address),
            ("CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "true".to_owned()),
            ("CLOUDSDK_CORE_PROJECT", project.to_owned()),
        ])
    }

    /// Runs a command as one types it, without the first word.
    fn run(&self, line: &str) -> Ran {
        let output = duct::cmd("gcloud", shlex::split(line).unwrap())
            .full_env(
                [
                    ("PATH", std::env::var("PATH").unwrap_or_default()),
                    ("HOME", self.folder.path().display().to_string()),
                    ("CLOUDSDK_CONFIG", self.folder.path().display().to_string()),
                    ("CLOUDSDK_CORE_DISABLE_PROMPTS", "true".to_owned()),
                    ("CLOUDSDK_CORE_DISABLE_FILE_LOGGING", "true".to_owned()),
                    ("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "true".to_owned()),
                    // Three quarters of a command's time are compiling, where gcloud's own folder cannot be written to.
                    ("PYTHONPYCACHEPREFIX", bytecode().display().to_string()),
                ]
                .into_iter()
                .chain(self.settings.iter().cloned()),
            )
            .stdin_null()
            .stdout_capture()
            .stderr_capture()
            .unchecked()
            .run()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Runs a command that must succeed; what it printed.
    #[track_caller]
    fn done(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, Some(0), "gcloud {line}\n{}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// Runs a command that must be refused with this status and this text.
    #[track_caller]
    fn refused(&self, line: &str, status: &str, text: &str) {
        let ran = self.run(line);
        assert_eq!(ran.code, Some(1), "gcloud {line}\n{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(status) && ran.stderr.contains(text), "gcloud {line}\n{}", ran.stderr);
    }

    #[track_caller]
    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.done(&format!("{line} --format=json"))).unwrap()
    }

    /// The table that a command prints, without the columns that hold times.
    #[track_caller]
    fn table(&self, line: &str) -> Vec<Vec<String>> {
        let is_time = |word: &str| word.starts_with("202") && word.ends_with('Z');
        let words = |line: &str| {
            line.split("  ")
                .map(str::trim)
                .filter(|word| !word.is_empty() && !is_time(word))
                .map(str::to_owned)
                .collect()
        };
        self.done(line).lines().skip(1).map(words).collect()
    }
}

/// Where Python keeps what it compiles, for all runs of the tests.
fn bytecode() -> PathBuf {
    rescind_tests::scratch().join("clients/gcloud-pycache")
}

/// The id at the end of the name of an operation.
fn id(operation: &Value) -> &str {
    operation["name"].as_str().unwrap().rsplit('/').next().unwrap()
}
