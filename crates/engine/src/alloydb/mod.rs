//! AlloyDB: clusters and their backups, in the two versions of its API.
//!
//! Sources of the rules that [`Choices`](super::Choices) does not list: service.proto and resources.proto of
//! google/cloud/alloydb/v1beta, whose messages hold all that those of v1 do, and the AIPs that they refer to.

pub mod backups;
mod check;
pub mod clusters;
mod errors;
mod given;
mod listing;
mod requests;
mod state;
mod version;
mod work;

pub use given::furnish;
pub use state::{AlloyDb, Resource};
pub use version::{V1, V1Beta};
