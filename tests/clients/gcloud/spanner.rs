//! gcloud spanner: backups, databases, instances and their operations.

use serde_json::{Value, json};
use std::fs;

use super::{Gcloud, id};
use crate::emulators::{Emulator, Emulators};

/// Puts a project with `test-instance`, and in it `test-database`.
pub fn put(emulator: &Emulator, project: &str) {
    let setup = json!({ "service": "spanner", "instance": "test-instance", "database": "test-database" });
    emulator.put(project, &setup);
}

pub fn settings(emulators: &Emulators) {
    let project = "gcloud-settings";
    put(emulators.brief(), project);
    let gcloud = Gcloud::new(Vec::new());
    gcloud.done("config set auth/disable_credentials true");
    gcloud.done(&format!("config set project {project}"));
    gcloud.done(&format!("config set api_endpoint_overrides/spanner http://{}/", emulators.brief().address));
    assert!(fs::exists(gcloud.folder.path().join("configurations/config_default")).unwrap());
    assert_eq!(
        gcloud.done("spanner databases list --instance=test-instance --format='value(name)'"),
        "test-database\n"
    );
    // With `--access-token-file`, credentials are there, and anything will do.
    let token = gcloud.folder.path().join("token");
    fs::write(&token, "any").unwrap();
    gcloud.done("config unset auth/disable_credentials");
    gcloud.done(&format!("config set auth/access_token_file {}", token.display()));
    assert_eq!(
        gcloud.done("spanner databases list --instance=test-instance --format='value(name)'"),
        "test-database\n"
    );
}

pub fn backups(emulators: &Emulators) {
    let project = "gcloud-backups";
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

pub fn running_backup(emulators: &Emulators) {
    let gcloud = Gcloud::at(emulators.lasting(), "gcloud-running-backup");
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

pub fn running_schema_change(emulators: &Emulators) {
    let gcloud = Gcloud::at(emulators.lasting(), "gcloud-running-schema");
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

pub fn databases(emulators: &Emulators) {
    let gcloud = Gcloud::at(emulators.brief(), "gcloud-databases");
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

pub fn instances(emulators: &Emulators) {
    let gcloud = Gcloud::at(emulators.brief(), "gcloud-instances");
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

pub fn other_types(emulators: &Emulators) {
    let gcloud = Gcloud::at(emulators.lasting(), "gcloud-other-types");
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
    gcloud.done("spanner instance-configs create custom-one --clone-config=nam3 --add-replicas=location=us-west1,type=READ_ONLY --display-name=One --async");
    let rows =
        gcloud.table("spanner operations list --instance-config=custom-one --type=INSTANCE_CONFIG_CREATE");
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(row[1..], ["False", "CreateInstanceConfigMetadata"]);
    let updates =
        gcloud.table("spanner operations list --instance-config=custom-one --type=INSTANCE_CONFIG_UPDATE");
    assert!(updates.is_empty(), "{updates:?}");
}

pub fn refusals(emulators: &Emulators) {
    let gcloud = Gcloud::at(emulators.lasting(), "gcloud-refusals");
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
