//! The control API: projects with given state and schedule, faults, journals and final states, as JSON.
//!
//! It has a [listener](ControlServer) of its own, which no sample is told of, and a [guard](Guard) at its door.
//! `docs/control-api.md` shows every call.

mod answer;
mod document;
mod guard;
mod refusal;
mod server;

pub use self::document::{
    ChangesDocument, Done, ErrorBody, ErrorDocument, FaultsDocument, Health, JournalDocument, Progress,
    ProjectDocument, ProjectList,
};
pub use self::guard::Guard;
pub use self::refusal::PREFIX;
pub use self::server::{ControlAddress, ControlServeError, ControlServer};
