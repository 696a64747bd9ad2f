//! What the tests and benches of several packages share. Nothing that is released uses it, and it uses nothing but the
//! vocabulary, so that every package may have it for its tests.
//!
//! * [`trial`](trial()) and [`Need`]: tests that are counted as ignored where what they need is missing, by name.
//! * [`every`]: one fixed results object with every verdict and every rule, and [`attack`]: the same with an attack in
//!   every field.
//! * [`release`]: the program as users have it, for what measures it.
//!
//! What only tests of the whole program share is in the library of `rescind-tests`.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod attack;
pub mod every;
pub mod release;
mod trial;

pub use trial::{IntoCompletion, Need, need, need_version, trial};
