//! The programs that look at their own clocks.

use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use rescind_world::World;

use crate::support::{self, build, c, command, find, names, run, source};
use crate::trial;

/// How a program of tests is started.
struct Suite {
    name: String,
    program: Option<PathBuf>,
    arguments: Vec<String>,
}

impl Suite {
    fn new(name: &str, program: Option<PathBuf>, arguments: &[&Path]) -> Suite {
        let arguments = arguments.iter().map(|path| path.to_string_lossy().into_owned()).collect();
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
        suites.push(Suite::new(&format!("c::{name}"), c(name, false), &[]));
        suites.push(Suite::new(&format!("c-static::{name}"), c(name, true), &[]));
    }
    let go = build("go-waits", &["go/waits.go"], "go", &["build", "-o"]);
    suites.push(Suite::new("go::waits", go, &[]));
    suites.push(Suite::new("python::waits", support::python(), &[&source("python/waits.py")]));
    suites.push(Suite::new("nodejs::waits", find("node"), &[&source("nodejs/waits.js")]));
    let classes = support::built("java");
    // `javac` wants the folder first, and that it is there.
    let folder = std::fs::create_dir_all(&classes);
    let built = folder.is_ok().then(|| build("java", &["java/Waits.java"], "javac", &["-d"])).flatten();
    let java = built.and_then(|_| find("java"));
    suites.push(Suite::new("java::waits", java, &[Path::new("-cp"), &classes, Path::new("Waits")]));
    suites
}

pub fn trials() -> Vec<Trial> {
    let raw = c("raw", true);
    let mut trials = vec![trial("c-static::raw", raw.is_none(), move || {
        run(&World::new(), command(&raw.unwrap(), &[]))?.expect_success()
    })];
    trials.extend(suites().into_iter().flat_map(Suite::trials));
    trials
}
