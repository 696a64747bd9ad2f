//! The closed world, shown by small programs that wait, hide, reach out and end in every way there is.
//!
//! The programs lie in `tests/programs`, by language, and look at their own clocks; what a program cannot see of itself is
//! looked at here. A language that is not installed has its trials counted as ignored. `MANY=1000000` in the environment
//! scales the number of threads and processes that are started one after another.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod elsewhere;
mod ends;
mod many;
mod network;
mod programs;
mod server;
mod support;

use libtest_mimic::{Arguments, Failed, Trial};

/// A trial of this name; ignored where something is missing.
fn trial(
    name: impl Into<String>,
    missing: bool,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    Trial::test(name, run).with_ignored_flag(missing)
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if let ([_, helper, mark], Some(program)) = (words.as_slice(), many::helper_program())
        && helper == many::HELPER
    {
        return many::run_eight_worlds(&program, mark);
    }
    let arguments = Arguments::from_args();
    let possible = rescind_world::support();
    if let Err(reason) = &possible {
        eprintln!("no closed worlds here: {reason}");
    }
    let mut trials = Vec::new();
    trials.extend(programs::trials());
    trials.extend(ends::trials());
    trials.extend(network::trials());
    trials.extend(many::trials());
    trials.extend(elsewhere::trials());
    if possible.is_err() {
        trials = trials.into_iter().map(|trial| trial.with_ignored_flag(true)).collect();
    }
    libtest_mimic::run(&arguments, trials).exit();
}
