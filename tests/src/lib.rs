//! What the end-to-end tests share: the program under test, and catalogues to run it on.
//!
//! * [`binary`](binary()), [`command`], [`rescind`](rescind()), [`results`]: the program, and what it did.
//! * [`TestCatalog`]: a root with one sample, a shell script, and one scenario, for one test.
//! * [`repository`], [`scratch`], [`cache`]: where things are.
//!
//! The tests are the targets of this package, a folder each. `e2e` needs nothing but a shell. `samples` runs the bundled
//! samples and published code, `mutants` runs changed samples that the judge has to catch, `clients` meets the emulator with official clients, `backends` runs against each kind of
//! emulator; their tests are counted as ignored, by name, where what they need is missing. `fresh` builds from an empty
//! `CARGO_HOME`, where `RESCIND_TEST_FRESH=1` asks for it. What tests of other packages also use is in
//! `rescind-test-support`.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod binary;
mod catalog;
mod places;
mod ran;

pub use binary::binary;
pub use catalog::{BEGIN, TestCatalog};
pub use places::{cache, common_folder, repository, scratch};
pub use ran::{Ran, command, rescind, results, rules};
