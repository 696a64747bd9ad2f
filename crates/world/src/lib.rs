//! Runs a command in a closed world.
//!
//! * Its **clock** runs as the machine's does while anything goes on, and jumps over waiting: when every thread of every
//!   process sleeps and nothing is on its way, it moves to the next moment that somebody waits for. Time is never scaled.
//! * Its **names and sockets** are its own: the names that it is given lead to one server on this machine, over the ports
//!   that programs expect; everything else is out of reach, at once, and what was asked for is known.
//! * Its **processes** are all known, whatever they do to hide, and none outlives the world, even if the process that made
//!   it is killed.
//!
//! ```
//! use std::time::{Duration, Instant};
//! use rescind_world::{Command, World, WorldEnd};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # if rescind_world::support().is_err() { return Ok(()); }
//! let began = Instant::now();
//! let mut command = Command::new("/bin/sleep");
//! command.argument("300");
//! let report = World::new().spawn(command)?.wait()?;
//! assert_eq!(report.end, WorldEnd::Exited(0));
//! assert!(report.virtual_time >= Duration::from_secs(300));
//! assert!(began.elapsed() < Duration::from_secs(30));
//! # Ok(())
//! # }
//! ```
//!
//! It works on Linux on x86-64, without any privilege: as an ordinary user, and in a container of Docker's defaults.
//! [`support`] says whether it does here, and why not.

mod asked;
mod command;
mod error;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod linux;
mod report;
mod running;
mod server;
mod session;
mod spawn;
mod support;
mod world;

pub use asked::Asked;
pub use command::Command;
pub use error::{SpawnError, Unsupported};
pub use report::{WorldEnd, WorldReport};
pub use running::{Killer, Running};
pub use server::{Look, WorldServer};
pub use session::in_own_session;
pub use support::support;
pub use world::{TimeLimits, World};
