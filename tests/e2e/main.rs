//! End-to-end tests: each runs the real `rescind` binary and reads what a user would read.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accept;
mod bad_input;
mod covered;
mod diverged;
mod emulator;
mod explore;
mod getting_started;
mod github;
mod hostile;
mod interrupt;
mod kept;
mod known;
mod listing;
mod outputs;
mod pages;
mod places;
mod published;
mod reports;
mod scarce;
mod shards;
mod team;
mod terminal;
mod toolchain;
mod unplayed;
