//! What the services have in common: operations (AIP-151), decisions, faults, the journal, lists, errors. It knows no
//! service by name.
//!
//! The walk of a request: [`Services::address`] (services.rs) finds the service and the project; [`Project::call`]
//! (project.rs) gives it its moment; `serve` (part.rs) counts it, lets it meet a fault, gives the rules of the service
//! their [`Turn`] (turn.rs), and writes it down (journal.rs). The rules start and end operations in their [`Store`]
//! (store.rs), and ask for what they may not know by [`Turn::choose`] (decision.rs).

mod addressed;
mod call;
pub mod choices;
pub mod decision;
mod fault;
pub mod filter;
pub mod hazard;
mod inventory;
mod journal;
pub mod longrunning;
mod moments;
pub mod name;
mod noting;
pub mod operation;
mod operations;
pub mod pagination;
mod part;
mod playback;
mod project;
mod recording;
pub mod reflect;
mod rest;
pub mod rpc;
mod service;
mod services;
mod setup;
pub mod status;
mod store;
mod time;
pub mod turn;

pub use addressed::Addressed;
pub use call::Call;
pub use fault::Delivery;
pub use hazard::{Hazard, Spell};
pub use inventory::Described;
pub use journal::Arrival;
pub use noting::{Met, Noting, Points};
pub use operations::Operations;
pub use playback::Replied;
pub use project::Project;
pub use recording::{Recorded, Recording};
pub use rest::{RestReply, RestRequest};
pub use service::{ListName, OperationsPath, RestCall, Service};
pub use services::{RpcName, Services};
pub use setup::{BYSTANDER, InvalidSetup, Setup};
pub use status::{Detail, Status};
pub use store::Store;
pub use time::{Span, Time};
pub use turn::Turn;
