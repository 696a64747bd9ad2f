//! Spanner: instances, databases, backups, and the RPCs that deal with them.
//!
//! `table.rs` says which function has the rules of which RPC. Sources of the rules that the table of choices does not
//! list: the protos and the documentation, as the functions name them.

mod backup;
mod backups;
mod base_configs;
mod bystanders;
mod change;
mod choices;
mod configs;
mod copies;
mod cron;
mod databases;
mod ddl;
mod encryption;
mod errors;
mod family;
mod given;
mod given_backups;
mod iam;
mod instances;
mod labels;
mod managed;
mod moves;
mod name;
mod operations;
mod partitions;
mod permissions;
mod progress;
mod resources;
mod restores;
mod roles;
mod schedules;
mod sessions;
mod sql;
mod state;
mod table;

use rescind_model::{BackupState, BackupView, Decision, RequestKind};

pub use self::choices::SpannerChoices;
pub use self::state::Spanner;
use self::state::Store;
pub use self::table::{data, database_admin, instance_admin};
use crate::kernel::choices::Choices;
use crate::kernel::hazard;
use crate::kernel::rpc::Method;
use crate::kernel::{Described, Hazard, InvalidSetup, ListName, OperationsPath, Service, Setup, Time};

impl Service for Spanner {
    const NAME: &'static str = "spanner";
    type Choices = SpannerChoices;
    const METHODS: &'static [Method<Spanner>] = table::METHODS;

    /// Out of spanner.yaml (google/spanner/admin/database/v1), where a list is asked for by a name that ends in
    /// `/operations`.
    const OPERATIONS: &'static [OperationsPath] = &[
        collection("/v1/{name=projects/*/instances/*/databases/*"),
        collection("/v1/{name=projects/*/instances/*"),
        collection("/v1/{name=projects/*/instances/*/backups/*"),
        collection("/v1/{name=projects/*/instances/*/instancePartitions/*"),
        collection("/v1/{name=projects/*/instanceConfigs/*"),
    ];

    fn new(choices: SpannerChoices) -> Spanner {
        Spanner { choices, ..Spanner::default() }
    }

    const GIVEN: &'static [Decision] = &[Decision::SameName, Decision::AnotherPending, Decision::NoDatabase];

    fn hazards(kind: &RequestKind) -> &'static [Hazard] {
        hazard::of_longrunning(kind)
    }

    fn has_operations(parent: &str) -> bool {
        name::has_operations(parent)
    }

    fn denial(rpc: &str, resource: &str) -> Option<String> {
        permissions::denial(rpc, resource)
    }

    fn give(store: &mut Store, setup: &Setup, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
        given::give(setup, store, clock, choices)
    }

    fn check_ids(setup: &Setup) -> Result<(), InvalidSetup> {
        given::check_ids(setup)
    }

    fn backup_name(project: &str, setup: &Setup, id: &str) -> String {
        format!("projects/{project}/instances/{}/backups/{id}", setup.instance)
    }

    fn rename(store: &mut Store, backup: &str, wanted: &str) {
        if let (Ok([_, instance, id]), Ok([.., wanted])) = (name::backup(backup), name::backup(wanted))
            && let Some(instance) = store.state.instances.get_mut(instance)
        {
            instance.backups.rename(id, wanted);
        }
    }

    fn backups(store: &Store) -> Vec<BackupView> {
        let of_instance = |instance: &state::Instance| -> Vec<BackupView> {
            let view = |backup: &backup::Backup| BackupView {
                name: format!("{}/backups/{}", instance.name(), backup.id),
                state: backup.state,
                foreign: backup.foreign,
            };
            instance.backups.latest_first(None).map(view).collect()
        };
        store.state.instances.values().flat_map(of_instance).collect()
    }

    fn resources(store: &Store) -> Vec<Described> {
        resources::of(store)
    }

    fn backup_state(store: &Store, name: &str) -> Option<BackupState> {
        Some(backup_of(store, name)?.state)
    }

    fn is_foreign(store: &Store, name: &str) -> bool {
        backup_of(store, name).is_some_and(|backup| backup.foreign)
    }
}

/// The backup of this full name.
fn backup_of<'a>(store: &'a Store, name: &str) -> Option<&'a backup::Backup> {
    let [_, instance, id] = name::backup(name).ok()?;
    store.state.instances.get(instance)?.backups.get(id)
}

const fn collection(parent: &'static str) -> OperationsPath {
    OperationsPath { parent, list: ListName::Collection }
}
