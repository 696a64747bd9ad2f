//! A project: its world, its decisions, its journal. Projects share nothing.

use std::sync::Arc;

use rescind_model::{BackupView, Entry, OperationView, RequestKind, Schedule, Snapshot, Transport};

use super::choices::Choices;
use super::decision::{Decisions, Desk};
use super::fault::Delivery;
use super::rpc::{Arriving, Rpc};
use super::status::Status;
use super::time::Time;
use super::turn::Arrival;
use super::world::World;
use crate::proto::longrunning;

/// A project.
pub struct Project {
    pub(super) world: World,
    pub(super) choices: Arc<Choices>,
    pub(super) desk: Desk,
    pub(super) journal: Option<Vec<Entry>>,
    /// How the latest reply is delivered.
    pub(super) delivery: Delivery,
    /// True if somebody wants to see each request.
    pub(super) observed: bool,
    /// The latest request, for whoever observes.
    pub(super) latest: Option<Entry>,
}

impl Project {
    /// A project with these contents, whose decisions are taken by `decisions`. It keeps a journal if told to.
    pub fn new(world: World, choices: Arc<Choices>, decisions: Box<dyn Decisions>, journal: bool) -> Project {
        Project {
            world,
            choices,
            desk: Desk::new(decisions),
            journal: journal.then(Vec::new),
            delivery: Delivery::AtOnce,
            observed: false,
            latest: None,
        }
    }

    /// Keeps the latest request for [`take_latest`](Self::take_latest) from now on, even without a journal.
    pub fn observe(&mut self) {
        self.observed = true;
    }

    /// The latest request, if it was observed and not taken yet.
    pub fn take_latest(&mut self) -> Option<Entry> {
        self.latest.take()
    }

    /// Lets requests meet faults from now on, in the place of those that were put before. Of the schedule only the
    /// faults count, and requests are counted anew.
    pub fn put_faults(&mut self, faults: Schedule) {
        self.desk.put_faults(faults);
    }

    /// How the reply to the latest request is delivered.
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Serves a request of an RPC, received when the clock said `clock`.
    ///
    /// # Errors
    /// What the rules of the service answer, or a fault.
    pub fn handle<R: Rpc>(
        &mut self,
        request: R::Request,
        transport: Transport,
        clock: Time,
    ) -> Result<R::Reply, Status> {
        let kind = match R::arrive(&mut self.world, &request) {
            Arriving::As(kind) => kind,
            Arriving::ByName => RequestKind::Rpc(R::NAME.to_owned()),
        };
        let resource = R::resource(&request).into_owned();
        let arrival = Arrival { transport, rpc: R::NAME, resource: &resource, kind };
        self.serve(
            &arrival,
            clock,
            |turn| R::serve(turn, request),
            |reply| {
                let reply: &dyn std::any::Any = reply;
                reply.downcast_ref::<longrunning::Operation>().map(|operation| operation.name.as_str())
            },
        )
    }

    /// The requests since the project was prepared; empty if it keeps no journal.
    pub fn journal(&self) -> &[Entry] {
        self.journal.as_deref().unwrap_or_default()
    }

    /// True if it keeps a journal.
    pub fn keeps_journal(&self) -> bool {
        self.journal.is_some()
    }

    /// The backups and the operations that create them, as they are now.
    pub fn snapshot(&self) -> Snapshot {
        let mut backups: Vec<BackupView> = (self.world.spanner.instances.values())
            .flat_map(|instance| instance.backups.latest_first(None).map(move |backup| (instance, backup)))
            .map(|(instance, backup)| BackupView {
                name: format!("{}/backups/{}", instance.name(), backup.id),
                state: backup.state,
                foreign: backup.foreign,
            })
            .collect();
        backups.extend(self.world.alloydb.views());
        backups.extend(self.world.geminidb.views(&self.world.id));
        backups.sort_by(|a, b| a.name.cmp(&b.name));
        let mut operations: Vec<OperationView> = (self.world.operations.iter())
            .filter(|(_, operation)| operation.task.creates_backup())
            .map(|(key, operation)| OperationView {
                name: operation.name(key),
                state: operation.state(),
                foreign: operation.foreign,
            })
            .collect();
        operations.sort_by(|a, b| a.name.cmp(&b.name));
        Snapshot { backups, operations }
    }
}
