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
mod store;

use rescind_model::{BackupState, BackupView, Decision, Touched};

pub use self::choices::GeminiDbChoices;
pub use self::problem::Problem;
pub use self::store::GeminiDb;
use self::store::World;
use crate::kernel::choices::Choices;
use crate::kernel::operation::Operation;
use crate::kernel::{InvalidSetup, RestCall, RestReply, RestRequest, Service, Setup, Status, Time};

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

    fn give(world: &mut World, setup: &Setup, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
        given::give(setup, world, clock, choices)
    }

    fn backup_name(project: &str, setup: &Setup, id: &str) -> String {
        store::full_name(project, &setup.database, id)
    }

    fn rename(world: &mut World, backup: &str, wanted: &str) {
        if let (Some(key), Some((_, wanted))) = (world.state.key_in(backup), wanted.rsplit_once('/')) {
            world.state.rename(key, wanted);
        }
    }

    fn backups(world: &World) -> Vec<BackupView> {
        world.state.views(&world.id).collect()
    }

    fn backup_state(world: &World, name: &str) -> Option<BackupState> {
        world.state.get(world.state.key_in(name)?).map(|backup| backup.state)
    }

    fn is_foreign(world: &World, name: &str) -> bool {
        world.state.key_in(name).and_then(|key| world.state.get(key)).is_some_and(|backup| backup.foreign)
    }

    /// A backup is known by its name, by its id, and by its job, which has the same key.
    fn touched(world: &World, resource: &str) -> Touched {
        let operation = world.state.key_in(resource).and_then(|key| world.operations.get(key));
        Touched {
            backup: Self::backup_state(world, resource),
            operation: operation.map(Operation::state),
            foreign: Self::is_foreign(world, resource)
                || operation.is_some_and(|operation| operation.foreign),
        }
    }
}
