//! Runs samples: toolchains, preparation, supervised processes, the schedule of cases, emulator back-ends.
//!
//! The binary makes a [`Context`], a [`Backend`] and a [`Plan`](rescind_catalog::Plan), and [`run()`] gives the results:
//!
//! * [`Toolchain`]: is there what a sample needs?
//! * [`prepare()`]: dependencies and builds, once, kept by content;
//! * [`process`]: one supervised process;
//! * [`run()`]: every case, side by side, with [events](Event) as it goes on;
//! * [`explore()`]: every legal schedule up to a bound.
//!
//! Nothing here reads the environment or a clock but through the context.

mod backend;
mod clock;
mod context;
mod event;
mod explore;
mod front;
mod options;
mod prepare;
pub mod process;
mod remove;
mod run;
mod scarcity;
mod source_map;
#[cfg(test)]
mod testing;
mod time;
mod toolchain;

pub use backend::{
    Backend, BackendError, ConnectError, Container, ContainerError, Control, ControlAt, Embedded, ImageError,
    Remote, find_emulator,
};
pub use clock::MonotonicClock;
pub use context::{Context, ContextError, Platform};
pub use event::{Event, Events};
pub use explore::{Bounds, Exploring, explore, scenario_of};
pub use front::{Front, Pki, PkiError, Upstream};
pub use options::RunOptions;
pub use prepare::{FailedStep, PrepareError, Prepared, ProjectError, is_installed, prepare};
pub use rescind_emulator::Setup;
pub use run::attempt::names;
pub use run::{FinishedRun, Timing, run};
pub use time::RunClock;
pub use toolchain::{FoundTool, MissingTool, ToolProblem, Toolchain};
