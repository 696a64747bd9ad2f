//! All that is there of Spanner in a project, with what clients can change of it.

use serde_json::Value;

use super::state::{Database, Instance, Store};
use crate::kernel::Described;

/// What the service changes of an instance, a configuration or a partition by itself, or with every change.
const OF_MANAGED: &[&str] = &["state", "updateTime", "reconciling", "etag"];
/// What it changes of a database by itself.
const OF_DATABASES: &[&str] = &["state", "reconciling"];
/// What it changes of a backup by itself.
const OF_BACKUPS: &[&str] = &["state", "referencingDatabases", "referencingBackups"];
/// What changes of a schedule with every change.
const OF_SCHEDULES: &[&str] = &["updateTime"];
/// What changes of a policy with every change.
const OF_POLICIES: &[&str] = &["etag"];

/// Everything but operations.
pub fn of(store: &Store) -> Vec<Described> {
    let state = &store.state;
    let mut found: Vec<Described> = state.instances.values().flat_map(of_instance).collect();
    found.extend(state.configs.values().map(|config| {
        let about = &config.about;
        Described::new("instance configuration", &about.name).with_fields_of(about, OF_MANAGED)
    }));
    found.extend(state.policies.iter().map(|(resource, policy)| {
        Described::new("IAM policy", resource).with_fields_of(policy, OF_POLICIES)
    }));
    found
}

fn of_instance(instance: &Instance) -> Vec<Described> {
    let about = &instance.managed.about;
    let mut found = vec![Described::new("instance", &about.name).with_fields_of(about, OF_MANAGED)];
    found.extend(instance.databases.values().flat_map(of_database));
    found.extend(instance.backups.latest_first(None).map(|backup| {
        let about = backup.to_proto(instance.name());
        Described::new("backup", &about.name).with_fields_of(&about, OF_BACKUPS)
    }));
    found.extend(instance.partitions.values().map(|partition| {
        let about = &partition.about;
        Described::new("instance partition", &about.name).with_fields_of(about, OF_MANAGED)
    }));
    found
}

fn of_database(database: &Database) -> Vec<Described> {
    let ddl = database.ddl.iter().cloned().map(Value::String).collect();
    let of_it = Described::new("database", &database.name)
        .with_fields_of(&database.about, OF_DATABASES)
        .with("ddl", Value::Array(ddl));
    let of_schedules = database.schedules.values().map(|schedule| {
        Described::new("backup schedule", &schedule.name).with_fields_of(schedule, OF_SCHEDULES)
    });
    std::iter::once(of_it).chain(of_schedules).collect()
}
