//! A managed service: what it has, what can be done with it, and by which rules.

use rescind_model::{BackupState, BackupView, Decision, RequestKind, Touched};

use super::call::Call;
use super::choices::{Choices, Table};
use super::hazard::{self, Hazard};
use super::inventory::Described;
use super::operation::Operation;
use super::rest::{RestReply, RestRequest};
use super::rpc::Method;
use super::setup::{InvalidSetup, Setup};
use super::status::Status;
use super::store::Store;
use super::time::Time;

/// A call of a REST API that no proto describes.
pub type RestCall<S> = Box<dyn Call<S, Reply = RestReply>>;

/// A managed service with backups whose creation can be cancelled.
///
/// The type that implements this is what the service keeps in one project. All else that is known of a service is here,
/// and nowhere but in its own module: the kernel, the transports and the control API work with whatever is
/// [registered](super::Services).
pub trait Service: Send + Sized + 'static {
    /// The name by which set-ups and manifests call it.
    const NAME: &'static str;

    /// What it does where nobody published what the service does.
    type Choices: Table;

    /// What it keeps in a project at first.
    fn new(choices: Self::Choices) -> Self;

    /// The RPCs of the official protos that it serves: over gRPC, and over HTTP by the rules in the protos.
    const METHODS: &'static [Method<Self>] = &[];

    /// How the operations of `google.longrunning` are reached over HTTP; the proto does not say it.
    const OPERATIONS: &'static [OperationsPath] = &[];

    /// What a case with it may begin with besides nothing, each a decision on what is [given](RequestKind::Given).
    const GIVEN: &'static [Decision];

    /// The faults that a kind of request may meet, where schedules are explored.
    fn hazards(kind: &RequestKind) -> &'static [Hazard] {
        hazard::of_any(kind)
    }

    /// True for the name of a resource below which there can be operations.
    fn has_operations(_parent: &str) -> bool {
        false
    }

    /// The text of PERMISSION_DENIED for a request, where the service says more than that the caller does not have
    /// permission: which one, and on what.
    fn denial(_rpc: &str, _resource: &str) -> Option<String> {
        None
    }

    /// Reads a request to a REST API of its own that no proto describes; none if the path is none of it.
    fn rest(_request: &RestRequest<'_>) -> Option<RestCall<Self>> {
        None
    }

    /// An error as that API has it.
    fn rest_error(status: &Status) -> RestReply {
        RestReply::error(status)
    }

    /// The number that its own API has for an error, where it numbers them.
    fn own_code(_status: &Status) -> Option<&'static str> {
        None
    }

    /// Gives a store, which may hold something already, what a set-up says that is there before a case begins.
    ///
    /// # Errors
    /// The set-up asks for what the service could not be in, or for what is there already. The store is then of no use
    /// any more.
    fn give(
        store: &mut Store<Self>,
        setup: &Setup,
        clock: Time,
        choices: &Choices,
    ) -> Result<(), InvalidSetup>;

    /// Whether the service could have given the ids in a set-up. Cases may have shorter ones; what people begin with should
    /// be what they can have.
    ///
    /// # Errors
    /// It could not: which id, and what form it must have.
    fn check_ids(_setup: &Setup) -> Result<(), InvalidSetup> {
        Ok(())
    }

    /// The full name of a backup that a set-up is about, by its id.
    fn backup_name(project: &str, setup: &Setup, id: &str) -> String;

    /// Gives a backup another full name, as if it had always had it. Its id alone changes, and no backup has the new name.
    fn rename(store: &mut Store<Self>, backup: &str, wanted: &str);

    /// All backups, as snapshots show them, by full name and in any order.
    fn backups(store: &Store<Self>) -> Vec<BackupView>;

    /// Everything that is there but operations, with what clients can change of it: for what a case changes beside its own
    /// backup. A backup that is being made is there as any other.
    fn resources(store: &Store<Self>) -> Vec<Described> {
        Self::backups(store).iter().map(|backup| Described::new("backup", &backup.name)).collect()
    }

    /// The state of the backup of this full name.
    fn backup_state(store: &Store<Self>, name: &str) -> Option<BackupState>;

    /// True if the backup of this full name was there before the case began.
    fn is_foreign(store: &Store<Self>, name: &str) -> bool;

    /// The state of the backup that a name is about, and of the operation that it names or that creates the backup.
    fn touched(store: &Store<Self>, resource: &str) -> Touched {
        let operation = store.operations.find(resource).ok();
        let named = operation.and_then(|key| store.operations.get(key)).map(Operation::target);
        let target =
            named.unwrap_or_else(|| store.operations.split(resource).map_or(resource, |(parent, _)| parent));
        let operation = operation
            .or_else(|| store.operations.creation_of(target))
            .and_then(|key| store.operations.get(key));
        Touched {
            backup: Self::backup_state(store, target),
            operation: operation.map(Operation::state),
            foreign: Self::is_foreign(store, target) || operation.is_some_and(|operation| operation.foreign),
        }
    }
}

/// Where the operations of some resources are over HTTP, as an API says it in its service configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationsPath {
    /// The part of a path before `/operations`, as in an HTTP rule that is cut there: `/v1/{name=projects/*/instances/*`.
    pub parent: &'static str,
    /// What `ListOperationsRequest.name` is.
    pub list: ListName,
}

/// What `ListOperationsRequest.name` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListName {
    /// The collection of the operations, `.../operations`.
    Collection,
    /// What the operations are of.
    Parent,
}
