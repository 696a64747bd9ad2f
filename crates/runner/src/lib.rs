//! Runs samples: toolchains, preparation, supervised processes, the schedule of cases, emulator back-ends.

mod context;
pub mod process;
mod warp;

pub use context::{Clock, Context, ContextError, Platform};
