//! The judge catches what samples get wrong, and nothing else: bundled samples with one change each. A patch names the rules
//! that have to catch it, or that it is harmless; a rule that it does not name is a failure as well as one that misses it.
//!
//! `SERVICE/LANGUAGE/NAME.patch` is one; `mutant.rs` has its form. Those in curl start fast and are always run; those in
//! other languages where `RESCIND_TEST_MUTANTS` has their language, as in `python,nodejs`, or is `all`. One whose toolchain
//! or whose packages are missing is counted as ignored.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod enough;
mod files;
mod mutant;
mod run;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use rescind_catalog::Catalog;
use rescind_runner::RunClock;
use rescind_test_support::{Need, trial};
use rescind_tests::repository;

use files::PatchFile;

/// The variable that asks for the languages that take minutes.
const ASKED: &str = "RESCIND_TEST_MUTANTS";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // The cases of each fill the cores; more at once would only take memory.
    arguments.test_threads.get_or_insert(2);
    let catalog = Catalog::load(&repository()).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    let catalog = Arc::new(catalog);
    let patches = Arc::new(files::patches(&catalog));
    let world = Need { name: "a closed world", met: RunClock::of_run(None) == RunClock::Virtual };
    let asked = std::env::var(ASKED).unwrap_or_default();
    let is_asked =
        |language: &str| language == "curl" || asked.split(',').any(|it| it == language || it == "all");
    let mut trials: Vec<Trial> = Vec::new();
    for index in 0..patches.len() {
        let PatchFile { sample, path } = &patches[index];
        let name = format!("{sample}/{}", path.file_stem().unwrap().display());
        let asked = Need {
            name: "its language in RESCIND_TEST_MUTANTS, as it takes minutes",
            met: is_asked(&sample.language),
        };
        let (patches, catalog) = (Arc::clone(&patches), Arc::clone(&catalog));
        let check = move || run::check(&patches[index].path, &patches[index].sample, &catalog);
        trials.push(trial(&name, &[&asked, &world], check));
    }
    trials.extend([
        trial("a_header_says_what_has_to_come_of_it", &[], mutant::tests::headers),
        trial("a_mistake_in_a_header_is_told", &[], mutant::tests::mistakes),
        trial("a_patch_that_no_longer_applies_says_so", &[], mutant::tests::applying),
        trial("every_language_and_every_rule_has_enough_of_them", &[], move || {
            enough::enough(&patches, &catalog)
        }),
    ]);
    libtest_mimic::run(&arguments, trials).exit_code()
}
