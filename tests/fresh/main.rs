//! A machine that has never built this project: each way in which Cargo gets at the sources of its dependencies, from
//! an empty `CARGO_HOME`.
//!
//! What has such needs is the engine's build script, which looks for the official protos, so that only the engine is
//! checked. This takes minutes, and is done where it is asked for, as `.ci/run` does; elsewhere, and where no registry is
//! reached, these tests are counted as ignored.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod machine;

use std::process::ExitCode;

use libtest_mimic::Arguments;
use rescind_test_support::{Need, trial};

use machine::Machine;

/// The variable that asks for these tests.
const ASKED: &str = "RESCIND_TEST_FRESH";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They share a target folder, so that what one has compiled is there for the next.
    arguments.test_threads = Some(1);
    let asked = std::env::var_os(ASKED).is_some_and(|value| value == "1") && !arguments.list;
    let asked = Need { name: "RESCIND_TEST_FRESH=1, as it takes minutes", met: asked };
    let registry =
        Need { name: "a registry of crates", met: asked.met && Machine::fresh().reaches_a_registry() };
    // Without the first nobody has looked for the second.
    let needs: &[&Need] = if asked.met { &[&registry] } else { &[&asked] };
    let tests = vec![
        trial("an_empty_cargo_home_is_enough", needs, from_the_registry),
        trial("what_cargo_fetch_brings_is_enough_offline", needs, fetched),
        trial("what_cargo_vendor_brings_is_enough_offline", needs, vendored),
    ];
    let conclusion = libtest_mimic::run(&arguments, tests);
    machine::clean_up();
    conclusion.exit_code()
}

/// What is checked: the build script is run, and what it has written is compiled.
const CHECK: [&str; 4] = ["check", "--locked", "--package", "rescind-engine"];

fn from_the_registry() {
    Machine::fresh().cargo(&CHECK);
}

fn fetched() {
    let machine = Machine::fresh();
    machine.cargo(&["fetch", "--locked"]);
    machine.without_network().cargo(&[&CHECK[..], &["--offline"]].concat());
}

fn vendored() {
    let machine = Machine::fresh();
    let configuration = machine.cargo(&["vendor", "--locked", "vendor"]);
    machine.configure(&configuration);
    machine.forget_registry();
    machine.without_network().cargo(&[&CHECK[..], &["--offline"]].concat());
}
