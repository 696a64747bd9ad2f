//! End-to-end tests that run real samples. A test whose toolchain is missing is counted as ignored, and says what is
//! missing; nothing that did not run counts as passed.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../e2e/support.rs"]
mod support;

mod bundled;
mod page;
mod story;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};

/// Something that a test needs: how to see whether it is there, and what it is called.
struct Need {
    name: &'static str,
    met: bool,
}

fn program(name: &'static str) -> Need {
    program_with(name, "--version")
}

/// A program that is asked for its version in a way of its own.
fn program_with(name: &'static str, version: &str) -> Need {
    let status = Command::new(name).arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status();
    Need { name, met: status.is_ok_and(|status| status.success()) }
}

fn library(name: &'static str) -> Need {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
    Need { name, met: folders.iter().any(|folder| Path::new(folder).join("faketime").join(name).exists()) }
}

/// A test that runs where its needs are met, and is counted as ignored elsewhere.
fn trial(name: &str, needs: &[&Need], test: fn()) -> Trial {
    let missing: Vec<&str> = needs.iter().filter(|need| !need.met).map(|need| need.name).collect();
    let name = match missing.as_slice() {
        [] => name.to_owned(),
        missing => format!("{name} (needs {})", missing.join(", ")),
    };
    Trial::test(name, move || {
        std::panic::catch_unwind(test).map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Failed::from(text.unwrap_or_else(|| "panicked".to_owned()))
        })
    })
    .with_ignored_flag(!missing.is_empty())
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // The samples fill the cores by themselves.
    arguments.test_threads.get_or_insert(1);
    let python = program("python3");
    let (node, npm) = (program("node"), program("npm"));
    let (git, go) = (program("git"), program_with("go", "version"));
    let faketime = library("libfaketime.so.1");
    let tests = vec![
        trial("python_passes_every_scenario", &[&python, &faketime], bundled::python),
        trial("nodejs_passes_every_scenario", &[&node, &npm, &faketime], bundled::nodejs),
        trial("a_second_run_gives_the_same_journals", &[&python, &node, &faketime], bundled::same_journals),
        trial("without_time_warp_a_long_wait_is_a_finding", &[&python], bundled::without_time_warp),
        trial("the_mistakes_of_a_page_are_found", &[&python, &node, &faketime], page::mistakes),
        trial(
            "only_what_a_pull_request_breaks_fails_it",
            &[&git, &go, &python, &faketime],
            story::pull_requests,
        ),
        trial("languages_of_a_page_without_a_manifest_are_named", &[&python, &faketime], page::uncovered),
    ];
    libtest_mimic::run(&arguments, tests).exit_code()
}
