//! End-to-end tests that run real samples. A test whose toolchain is missing is counted as ignored, and says what is
//! missing; nothing that did not run counts as passed.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../e2e/support.rs"]
mod support;
#[path = "../trial.rs"]
mod trial;

mod bundled;
mod page;
mod story;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use trial::{Need, need, trial};

fn program(name: &'static str) -> Need {
    need(name, name, &["--version"])
}

/// A test that takes too long to be run each time.
fn on_request(name: &str, test: fn()) -> Trial {
    trial(name, &[], test).with_ignored_flag(true)
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // The samples fill the cores by themselves.
    arguments.test_threads.get_or_insert(1);
    let python = program("python3");
    let (node, npm) = (program("node"), program("npm"));
    let (curl, jq, gcloud) = (program("curl"), program("jq"), program("gcloud"));
    let (git, go) = (program("git"), need("go", "go", &["version"]));
    let tests = vec![
        trial("python_passes_every_scenario", &[&python], bundled::python),
        trial("nodejs_passes_every_scenario", &[&node, &npm], bundled::nodejs),
        trial("alloydb_curl_passes_every_scenario", &[&curl, &jq], bundled::alloydb_curl),
        trial("alloydb_python_passes_where_cancel_or_create_matters", &[&python], bundled::alloydb_python),
        trial("geminidb_curl_passes_every_scenario", &[&curl, &jq], bundled::geminidb_curl),
        trial("geminidb_python_passes_where_stop_matters", &[&python], bundled::geminidb_python),
        trial("gcloud_cancels_a_backup", &[&gcloud], bundled::gcloud_cancels),
        on_request("gcloud_passes_every_scenario (takes minutes; run it with --ignored)", bundled::gcloud),
        trial("a_second_run_gives_the_same_journals", &[&python, &node], bundled::same_journals),
        trial("a_wait_beyond_a_real_deadline_is_undecided", &[&python], bundled::long_wait),
        trial("the_mistakes_of_a_page_are_found", &[&python, &node], page::mistakes),
        trial("only_what_a_pull_request_breaks_fails_it", &[&git, &go, &python], story::pull_requests),
        trial("languages_of_a_page_without_a_manifest_are_named", &[&python], page::uncovered),
    ];
    libtest_mimic::run(&arguments, tests).exit_code()
}
