//! The emulator back-ends: each gives the same verdicts and journals, and nothing of a container stays behind. A test
//! that needs Docker or curl is counted as ignored where they are missing, and says so.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../e2e/support.rs"]
mod support;

mod container;
mod same;

use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};

/// Something that a test needs: what it is called, and whether it is there.
struct Need {
    name: &'static str,
    met: bool,
}

fn need(name: &'static str, program: &str, arguments: &[&str]) -> Need {
    let mut command = Command::new(program);
    let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    Need { name, met: status.is_ok_and(|status| status.success()) }
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
    // They look at the containers that are there, and an image is built once.
    arguments.test_threads = Some(1);
    let curl = need("curl", "curl", &["--version"]);
    let docker = need("a Docker daemon", "docker", &["version"]);
    let tests = vec![
        trial("a_running_emulator_gives_what_the_embedded_one_gives", &[&curl], same::remote),
        trial("a_container_gives_what_the_embedded_one_gives", &[&curl, &docker], same::container),
        trial("an_image_can_be_named", &[&docker], container::named_image),
        trial("a_container_is_gone_after_ctrl_c", &[&docker], container::interrupted),
        trial("a_container_ends_by_itself_when_rescind_is_killed", &[&docker], container::killed),
        trial("an_image_that_is_not_there_is_a_failure_of_the_set_up", &[&docker], container::no_image),
        trial("without_a_daemon_the_set_up_fails_and_says_what_to_do", &[], container::no_daemon),
        trial("where_nothing_listens_the_set_up_fails_and_says_what_to_do", &[], same::nobody),
    ];
    libtest_mimic::run(&arguments, tests).exit_code()
}
