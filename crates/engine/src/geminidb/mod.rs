//! GeminiDB (Huawei GaussDB for NoSQL): backups of instances, which only a Cassandra instance can stop, and jobs.
//!
//! Source of every rule that the table of choices does not list: the API reference of GeminiDB and the models of the
//! vendor's SDK (huaweicloudsdkgaussdbfornosql 3.1.219).

mod api;
mod backups;
mod choices;
mod given;
mod job;
mod jobs;
mod message;
mod problem;
mod query;
mod request;
mod resources;
mod state;

use rescind_model::{BackupState, BackupView, Decision, Touched};

pub use self::choices::GeminiDbChoices;
pub use self::problem::Problem;
pub use self::state::GeminiDb;
use self::state::Store;
use crate::kernel::choices::Choices;
use crate::kernel::operation::Operation;
use crate::kernel::{
    Described, InvalidSetup, RestCall, RestReply, RestRequest, Service, Setup, Status, Time,
};

impl Service for GeminiDb {
    const NAME: &'static str = "geminidb";
    type Choices = GeminiDbChoices;
    const GIVEN: &'static [Decision] =
        &[Decision::SameName, Decision::AnotherPending, Decision::NoDatabase, Decision::NotCassandra];

    fn new(choices: GeminiDbChoices) -> GeminiDb {
        GeminiDb::choosing(choices)
    }

    fn rest(request: &RestRequest<'_>) -> Option<RestCall<GeminiDb>> {
        api::read(request)
    }

    fn rest_error(status: &Status) -> RestReply {
        api::error(status)
    }

    fn own_code(status: &Status) -> Option<&'static str> {
        Some(problem::Problem::of(status).0.number)
    }

    fn give(store: &mut Store, setup: &Setup, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
        given::give(setup, store, clock, choices)
    }

    fn backup_name(project: &str, setup: &Setup, id: &str) -> String {
        state::full_name(project, &setup.database, id)
    }

    fn rename(store: &mut Store, backup: &str, wanted: &str) {
        if let (Some(key), Some((_, wanted))) = (store.state.key_in(backup), wanted.rsplit_once('/')) {
            store.state.rename(key, wanted);
        }
    }

    fn backups(store: &Store) -> Vec<BackupView> {
        store.state.views(&store.id).collect()
    }

    fn resources(store: &Store) -> Vec<Described> {
        resources::of(store)
    }

    fn backup_state(store: &Store, name: &str) -> Option<BackupState> {
        store.state.get(store.state.key_in(name)?).map(|backup| backup.state)
    }

    fn is_foreign(store: &Store, name: &str) -> bool {
        store.state.key_in(name).and_then(|key| store.state.get(key)).is_some_and(|backup| backup.foreign)
    }

    /// A backup is known by its name, by its id, and by its job, which has the same key.
    fn touched(store: &Store, resource: &str) -> Touched {
        let operation = store.state.key_in(resource).and_then(|key| store.operations.get(key));
        Touched {
            backup: Self::backup_state(store, resource),
            operation: operation.map(Operation::state),
            foreign: Self::is_foreign(store, resource)
                || operation.is_some_and(|operation| operation.foreign),
        }
    }
}
