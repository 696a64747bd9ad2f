//! End-to-end tests that run real samples. A test whose toolchain is missing is counted as ignored, and says what is
//! missing; nothing that did not run counts as passed.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../e2e/support.rs"]
mod support;
#[path = "../trial.rs"]
mod trial;

mod archive;
mod bundled;
mod mistakes;
mod names;
mod page;
mod plain;
mod story;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use rescind_runner::Time;
use trial::{Need, need, trial};

fn program(name: &'static str) -> Need {
    need(name, name, &["--version"])
}

/// A test that takes too long to be run each time.
fn on_request(name: &str, test: fn()) -> Trial {
    trial(name, &[], test).with_ignored_flag(true)
}

/// Asks Bundler for the library, by whatever mirror the user has set.
const RESOLVES_THE_RUBY_LIBRARY: &str = r#"
folder=$(mktemp -d) && trap 'rm -r "$folder"' EXIT && cd "$folder" &&
printf 'source "https://rubygems.org"\ngem "google-cloud-spanner"\n' > Gemfile && bundle lock --print
"#;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // The samples fill the cores by themselves.
    arguments.test_threads.get_or_insert(1);
    let python = program("python3");
    let (node, npm) = (program("node"), program("npm"));
    let (curl, jq, gcloud) = (program("curl"), program("jq"), program("gcloud"));
    let (ruby, bundle) = (program("ruby"), program("bundle"));
    let php_curl = need("PHP's curl extension", "php", &["--ri", "curl"]);
    let php_bcmath = need("PHP's bcmath extension", "php", &["--ri", "bcmath"]);
    let php_library = need(
        "a registry with google/cloud-spanner for PHP",
        "composer",
        &["show", "--available", "--no-interaction", "--no-plugins", "google/cloud-spanner"],
    );
    let ruby_library =
        need("a registry with google-cloud-spanner for Ruby", "sh", &["-c", RESOLVES_THE_RUBY_LIBRARY]);
    let (composer, pkg_config) = (program("composer"), program("pkg-config"));
    let (cmake, cxx) = (program("cmake"), need("c++", "c++", &["--version"]));
    let libcurl = need("libcurl's headers", "curl-config", &["--version"]);
    let json = need(
        "nlohmann-json's headers",
        "c++",
        &["-fsyntax-only", "-include", "nlohmann/json.hpp", "-x", "c++", "/dev/null"],
    );
    let google_cloud_cpp = need(
        "google-cloud-cpp",
        "pkg-config",
        &["--maximum-traverse-depth=1", "--modversion", "google_cloud_cpp_spanner"],
    );
    // The programs reach the service by its own name, and only a closed world leads that to the emulator.
    let world = Need { name: "a closed world", met: Time::of_run(None) == Time::Virtual };
    let dotnet = need("dotnet", "dotnet", &["--version"]);
    let (git, go) = (program("git"), need("go", "go", &["version"]));
    let counter = Need { name: "root, unshare and ip", met: names::can_count() };
    let tests = vec![
        trial("python_passes_every_scenario", &[&python], bundled::python),
        trial("nodejs_passes_every_scenario", &[&node, &npm], bundled::nodejs),
        trial("ruby_passes_every_scenario", &[&ruby, &bundle, &ruby_library], bundled::ruby),
        trial("php_passes_every_scenario", &[&php_curl, &php_bcmath, &php_library, &world], bundled::php),
        trial("cpp_passes_every_scenario", &[&cmake, &cxx, &google_cloud_cpp], bundled::cpp),
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
        trial(
            "cpp_without_its_library_is_unsupported",
            &[&cmake, &cxx, &pkg_config],
            mistakes::cpp_without_its_library,
        ),
        trial(
            "cpp_with_a_wrong_library_path_says_which",
            &[&cmake, &cxx, &pkg_config],
            mistakes::cpp_with_a_wrong_library_path,
        ),
        trial("cpp_with_an_old_compiler_is_unsupported", &[&cmake], mistakes::cpp_with_an_old_compiler),
        trial("ruby_with_a_broken_lock_says_so", &[&ruby, &bundle], mistakes::ruby_with_a_broken_lock),
        trial("ruby_without_a_registry_is_unsupported", &[&ruby, &bundle], mistakes::ruby_without_a_registry),
        trial(
            "php_with_a_broken_lock_says_so",
            &[&php_curl, &php_bcmath, &composer],
            mistakes::php_with_a_broken_lock,
        ),
        trial(
            "php_without_a_registry_is_unsupported",
            &[&php_curl, &php_bcmath, &composer],
            mistakes::php_without_a_registry,
        ),
        trial("csharp_with_broken_pins_says_so", &[&dotnet], mistakes::csharp_with_broken_pins),
        trial("csharp_without_a_registry_is_unsupported", &[&dotnet], mistakes::csharp_without_a_registry),
        trial(
            "published_cpp_that_does_not_build_is_a_finding",
            &[&cmake, &cxx, &libcurl, &json],
            mistakes::published_cpp_that_does_not_build,
        ),
        trial(
            "published_csharp_that_does_not_build_is_a_finding",
            &[&dotnet],
            mistakes::published_csharp_that_does_not_build,
        ),
        trial(
            "published_php_that_does_not_build_is_a_finding",
            &[&php_curl],
            mistakes::published_php_that_does_not_build,
        ),
        trial(
            "published_ruby_that_does_not_build_is_a_finding",
            &[&ruby, &bundle, &ruby_library],
            mistakes::published_ruby_that_does_not_build,
        ),
        trial(
            "published_plain_ruby_that_does_not_build_is_a_finding",
            &[&ruby],
            mistakes::published_plain_ruby_that_does_not_build,
        ),
        trial("plain_cpp_passes_every_scenario", &[&cmake, &cxx, &libcurl, &json, &world], plain::cpp),
        trial("plain_csharp_passes_every_scenario", &[&dotnet, &world], plain::csharp),
        trial("plain_php_passes_every_scenario", &[&php_curl, &world], plain::php),
        trial("plain_ruby_passes_every_scenario", &[&ruby, &world], plain::ruby),
        trial(
            "both_ways_to_the_service_have_the_same_verdicts",
            &[&python, &curl, &jq, &world],
            names::same_verdicts,
        ),
        trial(
            "no_packet_leaves_the_machine",
            &[&python, &curl, &jq, &world, &counter],
            names::nothing_leaves,
        ),
        trial("the_archive_of_a_release_checks_a_page", &[&python], archive::checks_a_page),
        trial("languages_of_a_page_without_a_manifest_are_named", &[&python], page::uncovered),
    ];
    libtest_mimic::run(&arguments, tests).exit_code()
}
