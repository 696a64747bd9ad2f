//! The rules of the services, as a pure state machine.
//!
//! [`Project::call`] takes a request and the time, and answers: no sockets, no threads, no clock. All that may vary is
//! asked of one object, [`Decisions`], and all that nobody published stands in tables of [`choices`](kernel::choices).
//!
//! * [`kernel`]: what the services have in common, and the trait that makes a [`Service`];
//! * [`spanner`], [`alloydb`], [`geminidb`]: a service each, with all that is known of it;
//! * [`services`]: the three of them.

pub mod alloydb;
pub mod geminidb;
pub mod kernel;
pub mod proto;
pub mod spanner;

pub use kernel::choices::{Choices, InvalidSetting, Settings, Switch};
pub use kernel::decision::{Decisions, FreeRunning, Point};
pub use kernel::longrunning::operations;
pub use kernel::name::project as project_of;
pub use kernel::rpc::{Rpc, describe};
pub use kernel::{
    Addressed, Arrival, Delivery, Detail, Hazard, InvalidSetup, ListName, Met, Noting, OperationsPath,
    Points, Project, Recorded, Recording, Replied, RestReply, RestRequest, RpcName, Service, Services, Setup,
    Span, Spell, Status, Time,
};

/// The services that there are. Those of an emulator may be others: whatever is a [`Service`].
pub fn services() -> Services {
    Services::new().and::<spanner::Spanner>().and::<alloydb::AlloyDb>().and::<geminidb::GeminiDb>()
}
