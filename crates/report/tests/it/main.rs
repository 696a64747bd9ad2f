//! The reports as their readers see them: golden files of one fixed results object, and hostile input.

// Clippy takes only functions with `#[test]` for tests, not what they are built of.
#![allow(clippy::unwrap_used)]

mod compare;
mod complete;
mod explored;
mod github;
mod hostile;
mod html;
mod json;
mod junit;
mod markdown;
mod merge;
mod sarif;
mod terminal;

use rescind_test_support::{attack, every};
