//! Emulator.
pub mod proto;
