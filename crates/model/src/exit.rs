//! The exit codes of `rescind`: part of its stable interface.

/// All as expected.
pub const OK: u8 = 0;
/// At least one finding, regression or unexpected pass.
pub const FINDINGS: u8 = 1;
/// The command line, a manifest, a scenario, a page or a results file is wrong; nothing was run.
pub const USAGE: u8 = 2;
/// A sample could not be set up, or the emulator failed: nothing is known about at least one case.
pub const SETUP: u8 = 3;
/// The selection matches no case.
pub const NOTHING_SELECTED: u8 = 4;
/// Interrupted (Ctrl-C); what was known by then has been written. 128 + SIGINT, as shells have it.
pub const INTERRUPTED: u8 = 130;
