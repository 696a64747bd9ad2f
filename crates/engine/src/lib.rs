//! The rules of the services, as a pure state machine.
//!
//! [`Project::handle`] takes a request and the time, and answers: no sockets, no threads, no clock. All that may vary
//! is asked of one object, [`Decisions`], and all that nobody published stands in one table, [`Choices`].

mod alloydb;
mod choices;
mod decision;
mod fault;
mod filter;
pub mod geminidb;
mod given;
mod longrunning;
mod name;
mod operation;
mod operations;
mod page;
mod project;
pub mod proto;
mod reflect;
pub mod rpc;
mod spanner;
mod status;
mod time;
mod turn;
mod world;

pub use choices::{AlloyDbChoices, Choices, Fate, GeminiDbChoices, InvalidSetting, Settings, Switch};
pub use decision::{Decisions, FreeRunning, Point};
pub use fault::Delivery;
pub use given::{InvalidSetup, SERVICES, Setup};
pub use name::project as project_of;
pub use project::Project;
pub use status::{Detail, Status};
pub use time::{Span, Time};
pub use turn::{Arrival, Turn};
pub use world::World;
