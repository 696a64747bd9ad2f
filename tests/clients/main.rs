//! The emulator, as the official clients meet it. Each client library has a script below this folder, and each check of
//! a script is a test; [`gcloud`] and [`curl`] have theirs in Rust. Where a language, its package registry or a program is
//! missing, the tests are counted as ignored, and say what is missing; nothing that did not run counts as passed.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod curl;
mod emulators;
mod gcloud;
mod install;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::thread;

use client::{Client, Language};
use emulators::Emulators;
use install::{Absence, install};
use libtest_mimic::{Arguments, Failed, Trial};

/// The clients of one language.
struct Family {
    clients: Vec<Client>,
    /// Where they are installed; nothing if none of their tests is to be run.
    installed: Option<Result<PathBuf, Absence>>,
}

impl Family {
    fn new(language: Language, arguments: &Arguments) -> Family {
        let scripts = rescind_tests::repository().join("tests/clients").join(language.name());
        let clients = Client::all(language, &scripts);
        let wanted = clients.iter().flat_map(names).any(|name| is_wanted(arguments, &name));
        Family { clients, installed: wanted.then(|| install(language, &scripts)) }
    }

    /// What this machine lacks for them.
    fn missing(&self) -> Option<&str> {
        match &self.installed {
            Some(Err(Absence::Missing(what))) => Some(what),
            _ => None,
        }
    }

    fn folder(&self) -> Result<&Path, Failed> {
        match self.installed.as_ref().expect("a test that runs was wanted") {
            Ok(folder) => Ok(folder),
            Err(Absence::Missing(why) | Absence::Failed(why)) => Err(Failed::from(why)),
        }
    }
}

/// The names of a client's tests: that of its script, and one for each check.
fn names(client: &Client) -> impl Iterator<Item = String> {
    let checks = client.checks.iter().map(|check| format!("{}/{check}", client.name));
    std::iter::once(format!("{}/runs_all_its_checks", client.name)).chain(checks)
}

fn is_wanted(arguments: &Arguments, name: &str) -> bool {
    let matches = |pattern: &String| if arguments.exact { name == pattern } else { name.contains(pattern) };
    !arguments.list && arguments.filter.as_ref().is_none_or(matches) && !arguments.skip.iter().any(matches)
}

/// What all tests share.
struct Shared {
    families: Vec<Family>,
    emulators: OnceLock<Emulators>,
}

impl Shared {
    fn emulators(&self) -> &Emulators {
        self.emulators.get_or_init(Emulators::start)
    }

    /// Runs the test of a script, or of one of its checks.
    fn test(&self, family: usize, client: usize, check: Option<&str>) -> Result<(), Failed> {
        let family = &self.families[family];
        let client = &family.clients[client];
        let outcome = match check {
            None => client.run(family.folder()?, self.emulators()),
            Some(check) => client.outcome(check, family.folder()?, self.emulators()),
        };
        outcome.map_err(Failed::from)
    }
}

fn trials(shared: &Arc<Shared>) -> Vec<Trial> {
    // The scripts first, side by side: what came of their checks is then known.
    let mut scripts = Vec::new();
    let mut checks = Vec::new();
    for (f, family) in shared.families.iter().enumerate() {
        for (c, client) in family.clients.iter().enumerate() {
            let tests = std::iter::once(None).chain(client.checks.iter().cloned().map(Some));
            for (mut name, check) in names(client).zip(tests) {
                if let Some(missing) = family.missing() {
                    name = format!("{name} (needs {missing})");
                }
                let list = if check.is_none() { &mut scripts } else { &mut checks };
                let shared = shared.clone();
                let test = move || shared.test(f, c, check.as_deref());
                list.push(Trial::test(name, test).with_ignored_flag(family.missing().is_some()));
            }
        }
    }
    let gcloud = gcloud::CHECKS.iter().map(|check| {
        let shared = shared.clone();
        program_trial("gcloud", check.name, move || (check.run)(shared.emulators()))
    });
    let curl = curl::CHECKS.iter().map(|check| {
        let shared = shared.clone();
        program_trial("curl", check.name, move || (check.run)(shared.emulators()))
    });
    // Those that wait the most begin the earliest.
    gcloud.chain(scripts).chain(curl).chain(checks).collect()
}

/// The test of a program that the tests do not install.
fn program_trial(program: &str, check: &str, run: impl FnOnce() + Send + 'static) -> Trial {
    let is_there = which::which(program).is_ok();
    let lack = if is_there { String::new() } else { format!(" (needs {program})") };
    let test = move || {
        run();
        Ok(())
    };
    Trial::test(format!("{program}/{check}{lack}"), test).with_ignored_flag(!is_there)
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Installing mostly waits for the registries.
    let families = thread::scope(|scope| {
        let arguments = &arguments;
        let families = Language::ALL.map(|language| scope.spawn(move || Family::new(language, arguments)));
        families.into_iter().map(|family| family.join().unwrap()).collect()
    });
    let shared = Arc::new(Shared { families, emulators: OnceLock::new() });
    let conclusion = libtest_mimic::run(&arguments, trials(&shared));
    // The emulators end with the last that holds them.
    drop(shared);
    conclusion.exit_code()
}
