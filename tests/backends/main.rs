//! The emulator back-ends: each gives the same verdicts and journals, and nothing of a container stays behind. A test
//! that needs Docker or curl is counted as ignored where they are missing, and says so.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod container;
mod same;

use std::process::ExitCode;

use libtest_mimic::Arguments;
use rescind_test_support::{need, trial};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They look at the containers that are there, and an image is built once.
    arguments.test_threads = Some(1);
    let curl = need("curl", "curl", &["--version"]);
    let docker = need("a Docker daemon", "docker", &["version"]);
    let tests = vec![
        trial("a_running_emulator_gives_what_the_embedded_one_gives", &[&curl], same::remote),
        trial(
            "an_emulator_with_a_unix_socket_gives_what_the_embedded_one_gives",
            &[&curl],
            same::remote_by_socket,
        ),
        trial(
            "an_emulator_that_wants_a_token_is_a_failure_of_the_set_up_without_it",
            &[],
            same::without_token,
        ),
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
