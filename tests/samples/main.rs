//! End-to-end tests that run real samples. A test whose toolchain, or whose packages, are missing is counted as ignored,
//! and says what is missing; nothing that did not run counts as passed.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod again;
mod archive;
mod explored;
mod mistakes;
mod names;
mod needs;
mod page;
mod plain;
mod rows;
mod story;

use std::process::ExitCode;

use libtest_mimic::Arguments;
use rescind_test_support::trial;

use needs::Needs;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // While one waits for a registry, another one's cases fill the cores; more at once would only take memory.
    arguments.test_threads.get_or_insert(2);
    let needs = Needs::look();
    let Needs { python, node, npm, ruby, bundle, php_curl, php_bcmath, composer, dotnet, .. } = &needs;
    let Needs { cmake, cxx, pkg_config, libcurl, json, go, curl, jq, git, world, counter, .. } = &needs;
    let mut tests = rows::trials(&needs);
    tests.extend(explored::trials(&needs));
    tests.extend([
        trial("a_second_run_gives_the_same_journals", &[python, node, npm], again::same_journals),
        trial("a_wait_beyond_a_real_deadline_is_undecided", &[python], again::long_wait),
        trial("the_mistakes_of_a_page_are_found", &[python, node, npm], page::mistakes),
        trial("languages_of_a_page_without_a_manifest_are_named", &[python], page::uncovered),
        trial("only_what_a_pull_request_breaks_fails_it", &[git, go, python], story::pull_requests),
        trial(
            "cpp_without_its_library_is_unsupported",
            &[cmake, cxx, pkg_config],
            mistakes::cpp_without_its_library,
        ),
        trial(
            "cpp_with_a_wrong_library_path_says_which",
            &[cmake, cxx, pkg_config],
            mistakes::cpp_with_a_wrong_library_path,
        ),
        trial("cpp_with_an_old_compiler_is_unsupported", &[cmake], mistakes::cpp_with_an_old_compiler),
        trial("ruby_with_a_broken_lock_says_so", &[ruby, bundle], mistakes::ruby_with_a_broken_lock),
        trial("ruby_without_a_registry_is_unsupported", &[ruby, bundle], mistakes::ruby_without_a_registry),
        trial(
            "php_with_a_broken_lock_says_so",
            &[php_curl, php_bcmath, composer],
            mistakes::php_with_a_broken_lock,
        ),
        trial(
            "php_without_a_registry_is_unsupported",
            &[php_curl, php_bcmath, composer],
            mistakes::php_without_a_registry,
        ),
        trial("csharp_with_broken_pins_says_so", &[dotnet], mistakes::csharp_with_broken_pins),
        trial("csharp_without_a_registry_is_unsupported", &[dotnet], mistakes::csharp_without_a_registry),
        trial(
            "published_cpp_that_does_not_build_is_a_finding",
            &[cmake, cxx, libcurl, json],
            mistakes::published_cpp_that_does_not_build,
        ),
        trial(
            "published_csharp_that_does_not_build_is_a_finding",
            &[dotnet],
            mistakes::published_csharp_that_does_not_build,
        ),
        trial(
            "published_php_that_does_not_build_is_a_finding",
            &[php_curl],
            mistakes::published_php_that_does_not_build,
        ),
        trial(
            "published_ruby_that_does_not_build_is_a_finding",
            &[ruby, bundle],
            mistakes::published_ruby_that_does_not_build,
        ),
        trial(
            "published_plain_ruby_that_does_not_build_is_a_finding",
            &[ruby],
            mistakes::published_plain_ruby_that_does_not_build,
        ),
        trial("plain_cpp_passes_every_scenario", &[cmake, cxx, libcurl, json, world], plain::cpp),
        trial("plain_csharp_passes_every_scenario", &[dotnet, world], plain::csharp),
        trial("plain_php_passes_every_scenario", &[php_curl, world], plain::php),
        trial("plain_ruby_passes_every_scenario", &[ruby, world], plain::ruby),
        trial(
            "both_ways_to_the_service_have_the_same_verdicts",
            &[python, curl, jq, world],
            names::same_verdicts,
        ),
        trial("no_packet_leaves_the_machine", &[python, curl, jq, world, counter], names::nothing_leaves),
        trial("the_archive_of_a_release_checks_a_page", &[python], archive::checks_a_page),
    ]);
    libtest_mimic::run(&arguments, tests).exit_code()
}
