//! AlloyDB: clusters with their instances and users, and their backups, in the three versions of its API.
//!
//! Sources of the rules that the table of choices does not list: service.proto and resources.proto of
//! google/cloud/alloydb/v1beta, whose messages hold all that those of v1 do, and the AIPs that they refer to.

mod backups;
mod check;
mod choices;
mod clusters;
mod creation;
mod errors;
mod given;
mod instances;
mod listing;
mod name;
mod overwriting;
mod permissions;
mod request_id;
mod requests;
mod resources;
mod state;
mod table;
mod users;
mod verb;
mod version;
mod work;

use rescind_model::{BackupState, BackupView, Decision, RequestKind};

pub use self::choices::AlloyDbChoices;
pub use self::state::AlloyDb;
use self::state::{Resource, Store};
pub use self::table::{v1, v1alpha, v1beta};
use crate::kernel::choices::Choices;
use crate::kernel::hazard;
use crate::kernel::rpc::Method;
use crate::kernel::{Described, Hazard, InvalidSetup, ListName, OperationsPath, Service, Setup, Time};

impl Service for AlloyDb {
    const NAME: &'static str = "alloydb";
    type Choices = AlloyDbChoices;
    const METHODS: &'static [Method<AlloyDb>] = table::METHODS;

    /// Out of alloydb_v1.yaml, alloydb_v1alpha.yaml and alloydb_v1beta.yaml, where a list is asked for by the name of the
    /// location.
    const OPERATIONS: &'static [OperationsPath] = &[
        OperationsPath { parent: "/v1/{name=projects/*/locations/*", list: ListName::Parent },
        OperationsPath { parent: "/v1alpha/{name=projects/*/locations/*", list: ListName::Parent },
        OperationsPath { parent: "/v1beta/{name=projects/*/locations/*", list: ListName::Parent },
    ];

    fn new(choices: AlloyDbChoices) -> AlloyDb {
        AlloyDb::choosing(choices)
    }

    const GIVEN: &'static [Decision] = &[Decision::SameName, Decision::NoDatabase];

    fn hazards(kind: &RequestKind) -> &'static [Hazard] {
        hazard::of_longrunning(kind)
    }

    fn has_operations(parent: &str) -> bool {
        name::location(parent).is_ok()
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
        format!("projects/{project}/locations/{}/backups/{id}", setup.instance)
    }

    fn rename(store: &mut Store, backup: &str, wanted: &str) {
        store.state.backups.rename(backup, wanted);
    }

    fn backups(store: &Store) -> Vec<BackupView> {
        store.state.views().collect()
    }

    fn resources(store: &Store) -> Vec<Described> {
        resources::of(store)
    }

    fn backup_state(store: &Store, name: &str) -> Option<BackupState> {
        Some(store.state.backups.get(name)?.about.stage())
    }

    fn is_foreign(store: &Store, name: &str) -> bool {
        store.state.backups.get(name).is_some_and(|backup| backup.foreign)
    }
}
