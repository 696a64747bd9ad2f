//! An emulator of managed databases with backups whose creation can be cancelled.
//!
//! * [`rescind_engine`]: the rules of the services, a pure state machine;
//! * [`Emulator`]: projects by id, set up for cases, with their journals;
//! * [`wire`]: the server, which speaks gRPC and HTTP on one port;
//! * [`control`]: the API by which tests set projects up and look at them, on a listener of its own.

mod clock;
pub mod control;
mod emulator;
pub mod wire;

pub use clock::WallClock;
pub use emulator::{ControlError, Emulator, EmulatorOptions, Observed, Observer, Scope};
pub use rescind_engine::{InvalidSetup, Setup};
pub use wire::{ServeError, Server};
