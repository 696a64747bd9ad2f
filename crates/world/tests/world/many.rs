//! Many worlds, at once and one after another, on a machine that has other things to do.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use rescind_world::{Command, TimeLimits, World, WorldEnd};

use crate::server::SlowServer;
use crate::support::{alive, c, command, find, mark, run};
use crate::trial;

/// The argument that makes this program run worlds until it is killed, instead of trials.
pub const HELPER: &str = "--run-eight-worlds";
const WORLDS: usize = 8;

/// How many short cases there are, and how many of them at once.
const CASES: u64 = 1_000;
const AT_ONCE: u64 = 64;

pub fn trials() -> Vec<Trial> {
    let (plan, processes, clock) = (c("plan", false), c("processes", false), c("monotonic", false));
    let (busy, helper) = (processes.clone(), processes);
    let (sleep, again, head) = (find("sleep"), find("sleep"), find("head"));
    let beside = busy.clone();
    vec![
        trial("many::idle-is-exact", plan.is_none() || busy.is_none(), move || {
            idle_is_exact(&plan.unwrap(), &busy.unwrap())
        }),
        trial("many::output-is-waited-for", head.is_none() || beside.is_none(), move || {
            output_is_waited_for(&head.unwrap(), &beside.unwrap())
        }),
        trial("many::clocks-never-go-back", clock.is_none(), move || never_back(&clock.unwrap())),
        trial("many::at-once", sleep.is_none(), move || short_cases(&sleep.unwrap(), AT_ONCE)),
        trial("many::one-after-another", again.is_none(), move || short_cases(&again.unwrap(), 1)),
        trial("many::nothing-is-left-after-kill", helper.is_none(), kill_a_maker),
    ]
}

/// Processes that are busy, and end with this.
struct Busy(Vec<Child>);

impl Busy {
    fn start(program: &Path, count: usize) -> Result<Busy, Failed> {
        let start = || process::Command::new(program).arg("busy").stdin(Stdio::null()).spawn();
        Ok(Busy((0..count).map(|_| start()).collect::<Result<_, _>>()?))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that has ended by itself is what was wanted.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// One step of a plan: mostly waits of a minute and more, and what takes real time.
fn step() -> impl Strategy<Value = String> {
    prop_oneof![
        (60_000u32..400_000).prop_map(|time| format!("s{time}")),
        (60_000u32..400_000).prop_map(|time| format!("e{time}")),
        (60_000u32..400_000).prop_map(|time| format!("c{time}")),
        (0u32..25).prop_map(|time| format!("b{time}")),
        (0u32..40).prop_map(|time| format!("r{time}")),
        (0u32..40).prop_map(|time| format!("w{time}")),
        (0u32..40).prop_map(|time| format!("s{time}")),
    ]
}

/// Whatever programs wait for and work at, and however busy the machine is: the clock never moves on while anybody works
/// or a request is being answered.
fn idle_is_exact(plan: &Path, busy: &Path) -> Result<(), Failed> {
    let _busy = Busy::start(busy, 8)?;
    let threads = proptest::collection::vec(proptest::collection::vec(step(), 1..6), 1..5);
    let config = Config { cases: 32, failure_persistence: None, max_shrink_iters: 30, ..Config::default() };
    TestRunner::new(config)
        .run(&threads, |threads| {
            let plans: Vec<String> = threads.iter().map(|steps| steps.join(",")).collect();
            let words: Vec<&str> = plans.iter().map(String::as_str).collect();
            let server = SlowServer::start().map_err(|error| TestCaseError::fail(error.to_string()))?;
            let world = World::new().serve(["api.example"], server);
            run(&world, command(plan, &words))
                .and_then(|outcome| outcome.expect_success())
                .map_err(|error| TestCaseError::fail(format!("{words:?}: {error:?}")))
        })
        .map_err(|error| error.to_string().into())
}

/// However long it takes until what a program prints is read: it is never taken for one that waits for ever.
fn output_is_waited_for(head: &Path, busy: &Path) -> Result<(), Failed> {
    let _busy = Busy::start(busy, 8)?;
    side_by_side(8, 4, |_| {
        let outcome = run(&World::new(), command(head, &["-c", "20000000", "/dev/zero"]))?;
        outcome.expect_success()
    })
}

/// Runs this many times, so many at once, each with its number.
fn side_by_side(
    times: u64,
    at_once: u64,
    each: impl Fn(u64) -> Result<(), Failed> + Sync,
) -> Result<(), Failed> {
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        let worker = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= times {
                    return Ok(());
                }
                each(number)?;
            }
        };
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a worker panicked")?)
    })
}

fn never_back(program: &Path) -> Result<(), Failed> {
    side_by_side(32, 16, |number| {
        run(&World::new(), command(program, &[&number.to_string()]))?.expect_success()
    })
}

fn short_cases(sleep: &Path, at_once: u64) -> Result<(), Failed> {
    side_by_side(CASES, at_once, |number| {
        let mut command = Command::new(sleep);
        command.argument((300 + number).to_string());
        let report = World::new().spawn(command)?.wait()?;
        let time = Duration::from_secs(300 + number);
        let fits = (time..time + Duration::from_secs(10)).contains(&report.virtual_time);
        if report.end == WorldEnd::Exited(0) && fits {
            Ok(())
        } else {
            Err(format!("{number}: {report:?}").into())
        }
    })
}

/// Runs eight worlds with many processes in each, says so, and waits for the end.
pub fn run_eight_worlds(program: &Path, mark: &str) {
    let limits = TimeLimits { processor_time: Duration::from_secs(600), ..TimeLimits::NONE };
    let start = |test: &str| {
        let mut command = command(program, &[test]);
        command.variable("WORLD_MARK", mark);
        World::new().limits(limits).spawn(command)
    };
    let tests = ["busy", "busy-tree"].into_iter().cycle().take(WORLDS);
    let worlds: Vec<_> = tests.map(start).collect();
    // Whoever started this waits for the line.
    let told = writeln!(std::io::stdout(), "ready").and_then(|()| std::io::stdout().flush());
    if told.is_ok() {
        worlds.into_iter().flatten().for_each(|world| drop(world.wait()));
    }
}

fn kill_a_maker() -> Result<(), Failed> {
    let mark = mark();
    let mut maker = process::Command::new(std::env::current_exe()?)
        .args([HELPER, &mark])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(maker.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    // Each of the trees has grown.
    let grown = wait_until(Duration::from_secs(20), || alive(&mark).len() >= WORLDS * 2);
    maker.kill()?;
    let gone = wait_until(Duration::from_secs(1), || alive(&mark).is_empty());
    maker.wait()?;
    if line == "ready\n" && grown && gone {
        return Ok(());
    }
    Err(format!("{line:?}, grown: {grown}, gone: {gone}: {:?}", alive(&mark)).into())
}

/// Looks again and again until it is so, or the time is over.
fn wait_until(time: Duration, is_so: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < time {
        if is_so() {
            return true;
        }
        thread::yield_now();
    }
    is_so()
}

/// The program of the helper.
pub fn helper_program() -> Option<PathBuf> {
    c("processes", false)
}
