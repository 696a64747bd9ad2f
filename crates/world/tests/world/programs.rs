//! The programs that look at their own clocks.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use rescind_world::World;

use crate::support::{self, c, command, find, names, run, source};
use crate::trial;

/// How a program of tests is started.
struct Suite {
    name: String,
    program: Option<PathBuf>,
    arguments: Vec<String>,
}

impl Suite {
    fn new(name: &str, program: Option<PathBuf>, arguments: Vec<String>) -> Suite {
        Suite { name: name.to_owned(), program, arguments }
    }

    fn trials(self) -> Vec<Trial> {
        let Suite { name, program, arguments } = self;
        let Some(program) = program else { return vec![trial(name, true, || Ok(()))] };
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let each = names(&program, &words).into_iter().map(|test| {
            let (program, mut arguments) = (program.clone(), arguments.clone());
            arguments.push(test.clone());
            trial(format!("{name}::{test}"), false, move || {
                let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
                run(&World::new(), command(&program, &words))?.expect_success()
            })
        });
        each.collect()
    }
}

fn suites() -> Vec<Suite> {
    let mut suites = Vec::new();
    for name in ["waits", "timers", "processes"] {
        suites.push(Suite::new(&format!("c::{name}"), c(name, false), vec![]));
        suites.push(Suite::new(&format!("c-static::{name}"), c(name, true), vec![]));
    }
    let script = |path| vec![source(path).to_string_lossy().into_owned()];
    suites.push(Suite::new("go::waits", support::go("waits"), vec![]));
    suites.push(Suite::new("python::waits", support::python(), script("python/waits.py")));
    suites.push(Suite::new("nodejs::waits", find("node"), script("nodejs/waits.js")));
    let (java, class) = support::java("Waits").unzip();
    suites.push(Suite::new("java::waits", java, class.unwrap_or_default()));
    suites
}

/// Polling in turn goes on to no effect, and is late for it: 300 s would be 6,000 polls.
fn turns(program: &Path) -> Result<(), Failed> {
    let outcome = run(&World::new(), command(program, &[]))?;
    outcome.expect_success()?;
    let jumps = outcome.report.jumps;
    if jumps < 1_000 { Ok(()) } else { Err(format!("the clock jumped {jumps} times").into()) }
}

pub fn trials() -> Vec<Trial> {
    let raw = c("raw", true);
    let mut trials = vec![trial("c-static::raw", raw.is_none(), move || {
        run(&World::new(), command(&raw.unwrap(), &[]))?.expect_success()
    })];
    let polling = c("turns", false);
    trials.push(trial("c::turns", polling.is_none(), move || turns(&polling.unwrap())));
    trials.extend(suites().into_iter().flat_map(Suite::trials));
    trials
}
