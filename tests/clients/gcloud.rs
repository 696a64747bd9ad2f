//! gcloud, as its documentation and the page on long-running operations use it. It is not installed by the tests.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::emulators::Emulators;

/// A test of gcloud, which gets a project of its own.
pub struct Check {
    pub name: &'static str,
    pub run: fn(&Emulators, &str),
}

/// The project of each check.
pub fn projects() -> impl Iterator<Item = String> {
    (1..=CHECKS.len()).map(|number| format!("gcloud-{number}"))
}

/// All of them.
pub const CHECKS: &[Check] = &[
    Check { name: "three_settings_lead_to_the_emulator", run: settings },
    Check { name: "backups_are_made_listed_changed_copied_and_deleted", run: backups },
    Check { name: "a_backup_that_is_being_made_is_listed_described_and_cancelled", run: running_backup },
    Check { name: "a_change_of_a_schema_is_listed_described_and_cancelled", run: running_schema_change },
    Check { name: "databases_are_created_changed_restored_and_deleted", run: databases },
    Check { name: "instances_are_created_listed_and_deleted", run: instances },
    Check { name: "operations_of_partitions_and_configurations_have_types_of_their_own", run: other_types },
    Check { name: "refusals_have_their_codes_and_texts", run: refusals },
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

    /// With settings that lead to a project on an emulator.
    fn at(address: SocketAddr, project: &str) -> Gcloud {
        Gcloud::new(vec![
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_SPANNER", format!("http://{address}/")),
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
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients/gcloud-pycache")
}

/// The id at the end of the name of an operation.
fn id(operation: &Value) -> &str {
    operation["name"].as_str().unwrap().rsplit('/').next().unwrap()
}

fn settings(emulators: &Emulators, project: &str) {
    let gcloud = Gcloud::new(Vec::new());
    gcloud.done("config set auth/disable_credentials true");
    gcloud.done(&format!("config set project {project}"));
    gcloud.done(&format!("config set api_endpoint_overrides/spanner http://{}/", emulators.brief()));
    assert!(fs::exists(gcloud.folder.path().join("configurations/config_default")).unwrap());
    assert_eq!(
        gcloud.done("spanner databases list --instance=test-instance --format='value(name)'"),
        "test-database\n"
    );
}

fn backups(emulators: &Emulators, project: &str) {
    let gcloud = Gcloud::at(emulators.brief(), project);
    gcloud.done("spanner backups create first --instance=test-instance --database=test-database --retention-period=2d");
    let copy = "--source-instance=test-instance --source-backup=first --destination-instance=test-instance";
    gcloud.done(&format!("spanner backups copy {copy} --destination-backup=second --retention-period=3d"));
    let listed =
        gcloud.done("spanner backups list --instance=test-instance --format='value(name.basename(),state)'");
    assert_eq!(listed, "second\tREADY\nfirst\tREADY\n");
    let of_database = "--instance=test-instance --database=test-database --format='value(name.basename())'";
    assert_eq!(gcloud.done(&format!("spanner backups list {of_database}")), "second\nfirst\n");
    let before = gcloud.json("spanner backups describe first --instance=test-instance");
    let after =
        gcloud.json("spanner backups update-metadata first --instance=test-instance --retention-period=20d");
    assert_eq!(
        before["database"],
        format!("projects/{project}/instances/test-instance/databases/test-database")
    );
    assert!(
        before["expireTime"].as_str().unwrap() < after["expireTime"].as_str().unwrap(),
        "{before} {after}"
    );
    gcloud.done("spanner backups delete second --instance=test-instance");
    gcloud.refused(
        "spanner backups describe second --instance=test-instance",
        "NOT_FOUND",
        "Backup not found",
    );
}

fn running_backup(emulators: &Emulators, project: &str) {
    let gcloud = Gcloud::at(emulators.lasting(), project);
    let create = "spanner backups create first --instance=test-instance --database=test-database";
    let operation = gcloud.json(&format!("{create} --retention-period=2d --async"));
    let id = id(&operation);
    let row = [id, "False", "CreateBackupMetadata", "first", "test-database"].map(str::to_owned);
    for selection in [
        "--database=test-database --type=BACKUP",
        "--type=BACKUP",
        "--backup=first",
        "--backup=first --type=BACKUP",
    ] {
        let list = format!("spanner operations list --instance=test-instance {selection}");
        assert_eq!(gcloud.table(&list), std::slice::from_ref(&row), "{selection}");
    }
    let describe = format!("spanner operations describe {id} --instance=test-instance --backup=first");
    assert_eq!(gcloud.json(&describe), operation);
    gcloud.done(&format!("spanner operations cancel {id} --instance=test-instance --backup=first"));
    let cancelled = gcloud.json(&describe);
    assert_eq!((&cancelled["done"], &cancelled["error"]["code"]), (&Value::Bool(true), &Value::from(1)));
    assert_eq!(gcloud.done("spanner backups list --instance=test-instance"), "");
}

fn running_schema_change(emulators: &Emulators, project: &str) {
    let gcloud = Gcloud::at(emulators.lasting(), project);
    let statement = "CREATE TABLE T (Id INT64) PRIMARY KEY (Id)";
    gcloud.done(&format!(
        "spanner databases ddl update test-database --instance=test-instance --ddl='{statement}' --async"
    ));
    let place = "--instance=test-instance --database=test-database";
    let rows = gcloud.table(&format!("spanner operations list {place} --type=DATABASE_UPDATE_DDL"));
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(row[1..], [statement, "False", "UpdateDatabaseDdlMetadata", "test-database"]);
    let id = &row[0];
    let listed = gcloud.done(&format!("spanner operations list {place} --format='value(name.basename())'"));
    assert_eq!(listed.trim(), id);
    gcloud.done(&format!("spanner operations cancel {id} {place}"));
    let cancelled = gcloud.json(&format!("spanner operations describe {id} {place}"));
    assert_eq!((&cancelled["done"], &cancelled["error"]["code"]), (&Value::Bool(true), &Value::from(1)));
}

fn databases(emulators: &Emulators, project: &str) {
    let gcloud = Gcloud::at(emulators.brief(), project);
    let place = "--instance=test-instance";
    gcloud.done(&format!(
        "spanner databases create shop {place} --ddl='CREATE TABLE T (Id INT64) PRIMARY KEY (Id)'"
    ));
    gcloud.done(&format!("spanner databases ddl update shop {place} --ddl='CREATE INDEX I ON T (Id)'"));
    let ddl = gcloud.done(&format!("spanner databases ddl describe shop {place}"));
    assert!(ddl.contains("CREATE TABLE T") && ddl.contains("CREATE INDEX I"), "{ddl}");
    // What the page shows of an operation that is done.
    let rows =
        gcloud.table(&format!("spanner operations list {place} --database=shop --type=DATABASE_UPDATE_DDL"));
    let change = gcloud.json(&format!("spanner operations describe {} {place} --database=shop", rows[0][0]));
    assert_eq!(
        (&change["done"], &change["metadata"]["progress"][0]["progressPercent"]),
        (&Value::Bool(true), &Value::from(100))
    );
    gcloud.done(&format!("spanner backups create first {place} --database=shop --retention-period=2d"));
    let from = "--source-instance=test-instance --source-backup=first";
    gcloud.done(&format!(
        "spanner databases restore {from} --destination-instance=test-instance --destination-database=again"
    ));
    let kinds = |selection: &str| {
        let rows = gcloud.table(&format!("spanner operations list {place} {selection}"));
        let kind = |row: Vec<String>| row.into_iter().find(|word| word.ends_with("Metadata")).unwrap();
        rows.into_iter().map(kind).collect::<Vec<_>>()
    };
    let (created, changed) = ("CreateDatabaseMetadata", "UpdateDatabaseDdlMetadata");
    let (restored, optimized) = ("RestoreDatabaseMetadata", "OptimizeRestoredDatabaseMetadata");
    assert_eq!(kinds("--type=DATABASE"), [optimized, restored, changed, created]);
    assert_eq!(kinds("--database=shop --type=DATABASE"), [changed, created]);
    assert_eq!(kinds("--type=DATABASE_CREATE"), [created]);
    assert_eq!(kinds("--database=again --type=DATABASE_RESTORE"), [optimized, restored]);
    assert!(kinds("--type=DATABASE_CHANGE_QUORUM").is_empty());
    gcloud.done(&format!("spanner databases delete again {place}"));
    gcloud.refused(&format!("spanner databases describe again {place}"), "NOT_FOUND", "Database not found");
}

fn instances(emulators: &Emulators, project: &str) {
    let gcloud = Gcloud::at(emulators.brief(), project);
    gcloud.done(
        "spanner instances create another --config=regional-us-central1 --description=Another --nodes=1",
    );
    let listed = gcloud.done("spanner instances list --format='value(name.basename(),state)'");
    assert_eq!(listed, "another\tREADY\ntest-instance\tREADY\n");
    let rows = gcloud.table("spanner operations list --instance=another --type=INSTANCE");
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(row[1..], ["True", "CreateInstanceMetadata"]);
    let operation = gcloud.json(&format!("spanner operations describe {} --instance=another", row[0]));
    assert_eq!(operation["response"]["displayName"], "Another");
    gcloud.done("spanner instances delete another");
    gcloud.refused("spanner instances describe another", "NOT_FOUND", "Instance not found");
}

fn other_types(emulators: &Emulators, project: &str) {
    let gcloud = Gcloud::at(emulators.lasting(), project);
    let create = "spanner instance-partitions create part --instance=test-instance --config=nam3 --nodes=1";
    gcloud.done(&format!("{create} --description=Part --async"));
    let list = "spanner operations list --instance=test-instance --type=INSTANCE_PARTITION";
    let rows = gcloud.table(list);
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(row[1..], ["False", "CreateInstancePartitionMetadata", "part"]);
    assert_eq!(gcloud.table(&format!("{list} --instance-partition=part")), rows);
    gcloud.done(&format!(
        "spanner operations cancel {} --instance=test-instance --instance-partition=part",
        row[0]
    ));
    assert_eq!(gcloud.table(list)[0][1], "True");
    gcloud.done("spanner instance-configs create custom-one --clone-config=nam3 --display-name=One --async");
    let rows =
        gcloud.table("spanner operations list --instance-config=custom-one --type=INSTANCE_CONFIG_CREATE");
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(row[1..], ["False", "CreateInstanceConfigMetadata"]);
    let updates =
        gcloud.table("spanner operations list --instance-config=custom-one --type=INSTANCE_CONFIG_UPDATE");
    assert!(updates.is_empty(), "{updates:?}");
}

fn refusals(emulators: &Emulators, project: &str) {
    let gcloud = Gcloud::at(emulators.lasting(), project);
    let create = |id: &str, rest: &str| {
        format!("spanner backups create {id} --instance=test-instance --database={rest} --async")
    };
    gcloud.refused(&create("first", "missing --retention-period=2d"), "NOT_FOUND", "Database not found");
    gcloud.refused(
        &create("first", "test-database --retention-period=1h"),
        "INVALID_ARGUMENT",
        "Invalid request for backup",
    );
    gcloud.done(&create("first", "test-database --retention-period=2d"));
    gcloud.refused(
        &create("first", "test-database --retention-period=2d"),
        "ALREADY_EXISTS",
        "Backup already exists",
    );
    gcloud.refused(
        &create("second", "test-database --retention-period=2d"),
        "FAILED_PRECONDITION",
        "Cannot create backup",
    );
    let missing = "spanner operations cancel missing --instance=test-instance --backup=first";
    gcloud.refused(missing, "NOT_FOUND", "Operation not found");
}
